export { type DummyFrame, defaultLimits, type UnwindContext, type UnwindLimits } from './context.ts';
export { type Frame, type FrameId, type FrameRegisters, sameFrame } from './frame.ts';
export { callerOf, inlinedBlocksAt, inlinedFunctionsStartingAt, normalFrame } from './inlined.ts';
export { innermostFrame } from './stack.ts';
