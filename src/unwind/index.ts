export type { DummyFrame } from './context.ts';
export { type Frame, type FrameId, sameFrame } from './frame.ts';
export { callerOf, inlinedFunctionsStartingAt, normalFrame } from './inlined.ts';
export { innermostFrame } from './stack.ts';
