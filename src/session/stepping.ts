import { R } from '../arch/registers.ts';
import type { Address } from '../base/address.ts';
import { afterPrologue } from '../unwind/prologue.ts';
import { inlinedFunctionsStartingAt, sameFrame, type Frame, type FrameId } from '../unwind/index.ts';
import type { LiveTarget } from '../targets/target.ts';
import type { DebugSession } from './debugSession.ts';
import { type Engine, type Verdict, wordAt } from './engine.ts';
import type { InternalBreakpoint, Motion, StepState } from './motion.ts';

const finished: Verdict = { kind: 'step' };

/**
 * Decides after each instruction (or each stretch) whether a step is over: gdb's process_event_stop_test. Most instructions are decided by
 * pc and rsp alone; the stack is unwound only where execution leaves the line.
 */
export class Stepper {
  readonly #session: DebugSession;

  constructor(session: DebugSession) {
    this.#session = session;
  }

  /** Where a step of the selected thread begins. `lines`: by line; otherwise one instruction. */
  begin(frame: Frame, kind: 'line' | 'instruction', over: StepState['over'], forwardOnly = false): StepState {
    const stackFrame = normalFrame(frame).id;
    const state: StepState = {
      low: frame.pc,
      high: frame.pc,
      single: kind === 'instruction',
      over,
      frame: frame.id,
      stackFrame,
      startFunction: this.#session.program.functionAt(frame.pc),
      line: frame.line?.line ?? 0,
      file: frame.line?.file,
      forwardOnly,
      resume: undefined,
    };
    if (kind === 'line') this.#setRange(state, frame.pc);
    return state;
  }

  /** A function without lines is left as a whole. */
  wholeFunction(state: StepState, frame: Frame): void {
    const found = frame.symbol;
    const entry = frame.function?.entry ?? found?.symbol.address ?? frame.pc;
    const size = frame.function ? 0 : (found?.symbol.size ?? 0);
    state.low = entry;
    state.high = frame.function?.ranges[0]?.high ?? entry + BigInt(Math.max(size, 1));
    state.line = 0;
  }

  /** `finish` in an inlined function: everything of it is one range. */
  leaveInlined(state: StepState, frame: Frame): void {
    const range = frame.function?.ranges.find(({ low, high }) => frame.pc >= low && frame.pc < high);
    if (!range) return;
    state.low = range.low;
    state.high = range.high;
    if (frame.older) state.frame = frame.older.id;
  }

  #setRange(state: StepState, pc: Address): void {
    const entry = this.#session.program.lineAt(pc);
    if (!entry) return;
    state.low = state.forwardOnly ? (this.#session.program.functionAt(pc)?.entry ?? entry.low) : entry.low;
    state.high = entry.high;
  }

  reached(_breakpoint: InternalBreakpoint): void {
    this.#session.forgetFrames();
  }

  /** A handler runs first: go on when it has returned to where the signal came. */
  signalWhileStepping(live: LiveTarget, motion: Motion): void {
    const registers = live.registers(motion.tid);
    const pc = registers.get(R.rip) ?? 0n;
    if (motion.step) motion.step.resume = { address: pc, purpose: 'step resume', tid: motion.tid, leastStack: registers.get(R.rsp) };
  }

  afterStep(live: LiveTarget, motion: Motion, engine: Engine): Verdict {
    const state = motion.step as StepState;
    const registers = live.registers(motion.tid);
    const pc = registers.get(R.rip) ?? 0n;
    if (!state.single && this.#isInRange(state, pc, registers.get(R.rsp) ?? 0n)) return 'go on';
    this.#session.forgetFrames();
    this.#session.skippedInline.set(motion.tid, inlinedFunctionsStartingAt(this.#session.program, pc).length);
    const thread = this.#session.threadTable.byTid(motion.tid);
    const frame = thread && this.#session.innermostFrameOf(thread);
    if (!frame) return finished;
    const verdict = this.#leftRange(live, motion, state, frame, pc);
    if (verdict === 'go on') {
      this.#session.skippedInline.clear();
      engine.reinsert(live, motion);
    }
    return verdict;
  }

  /** Still the same line of the same activation. A function's entry inside the range is a recursive call; rsp above the frame is a return. */
  #isInRange(state: StepState, pc: Address, stack: Address): boolean {
    if (pc < state.low || pc >= state.high) return false;
    if (state.startFunction?.entry === pc) return false;
    return stack < state.stackFrame.stack || state.stackFrame.stack === 0n;
  }

  #leftRange(live: LiveTarget, motion: Motion, state: StepState, frame: Frame, pc: Address): Verdict {
    const { program } = this.#session;
    const inSameStackFrame = sameFrame(normalFrame(frame).id, state.stackFrame);
    if (!state.single && pc >= state.low && pc < state.high && sameFrame(frame.id, state.frame)) return 'go on';

    // Signal handlers' trampolines and handlers are run through.
    if (frame.kind === 'signal handler called' && state.over !== 'none') {
      return this.#runToCaller(live, motion, state, frame);
    }
    if (!inSameStackFrame && this.#isCalledFrom(frame, state)) return this.#enteredFunction(live, motion, state, frame, pc);

    if (state.single) return finished;

    // Without a name and without lines (a PLT's resolver, for instance): get out of it.
    const line = program.lineAt(pc);
    if (state.over === 'undebuggable' && !line?.line && !frame.function && !frame.symbol) return this.#runToCaller(live, motion, state, frame);
    if (!line?.line) return isPlt(frame) ? this.#runToCaller(live, motion, state, frame) : finished;

    // At an inlined call: `step` goes in without running anything, `next` runs through it.
    const skipped = this.#session.skippedInline.get(motion.tid) ?? 0;
    if (skipped > 0 && inSameStackFrame && sameFrame(frame.id, state.frame)) {
      const callLine = frame.line;
      const isNewLine = callLine?.line !== state.line || callLine?.file !== state.file;
      if (isNewLine) return finished;
      if (state.over === 'undebuggable') {
        this.#session.skippedInline.set(motion.tid, skipped - 1);
        this.#session.forgetFrames();
        return finished;
      }
      return this.#keepStepping(state, pc);
    }
    // Inside a function that is inlined into the frame where the step began.
    if (inSameStackFrame && frame.kind === 'inline' && isInlinedInto(frame, state.frame)) {
      return state.over === 'all' ? this.#keepStepping(state, pc) : finished;
    }

    const differentLine = line.line !== state.line || line.file !== state.file;
    if (state.forwardOnly && inSameStackFrame && pc < state.low) return 'go on';
    if (pc === line.low && differentLine) {
      if (line.isStatement) return finished;
      if (sameFrame(frame.id, state.frame)) return this.#keepStepping(state, pc);
    } else if (!inSameStackFrame && !sameFrame(frame.id, state.frame)) {
      // Back in a caller, in the middle of a line.
      return finished;
    }
    state.frame = frame.id;
    state.stackFrame = normalFrame(frame).id;
    state.line = line.line;
    state.file = line.file;
    return this.#keepStepping(state, pc);
  }

  #keepStepping(state: StepState, pc: Address): Verdict {
    this.#setRange(state, pc);
    return 'go on';
  }

  #isCalledFrom(frame: Frame, state: StepState): boolean {
    const caller = normalFrame(frame).older;
    return caller !== undefined && (sameFrame(caller.id, state.frame) || sameFrame(normalFrame(caller).id, state.stackFrame));
  }

  #enteredFunction(live: LiveTarget, motion: Motion, state: StepState, frame: Frame, pc: Address): Verdict {
    if (state.over === 'none') return finished;
    if (state.over === 'all') return this.#runToCaller(live, motion, state, frame);
    const { program, memory } = this.#session;
    // Through the PLT the function proper is known by name.
    const target = isPlt(frame) ? this.#pltTarget(frame) : program.functionAt(pc);
    if (target && program.lineAt(target.entry)?.line) {
      const start = afterPrologue({ program, memory }, target).address;
      if (start === pc) return finished;
      const entry = program.functionAt(pc)?.entry;
      if (entry === target.entry && pc > start) return finished;
      state.resume = { address: start, purpose: 'step into', tid: motion.tid };
      state.low = start;
      state.high = start;
      state.line = -1;
      return 'go on';
    }
    if (this.#session.settings.boolean('step-mode')) return finished;
    return this.#runToCaller(live, motion, state, frame);
  }

  #pltTarget(frame: Frame) {
    const name = frame.symbol?.symbol.name.replace(/@plt$/, '');
    return name === undefined ? undefined : this.#session.program.functions(name)[0];
  }

  /** Lets the function return and goes on stepping there. */
  #runToCaller(live: LiveTarget, motion: Motion, state: StepState, frame: Frame): Verdict {
    const caller = normalFrame(frame).older;
    const registers = live.registers(motion.tid);
    const address = caller?.pc ?? wordAt(live, registers.get(R.rsp) ?? 0n);
    if (address === undefined) return finished;
    state.resume = { address, purpose: 'step resume', tid: motion.tid, leastStack: caller?.registers.get(R.rsp) };
    return 'go on';
  }
}

/** The frame that inline frames are part of. */
export function normalFrame(frame: Frame): Frame {
  let normal = frame;
  while (normal.kind === 'inline' && normal.older) normal = normal.older;
  return normal;
}

const isPlt = (frame: Frame): boolean => frame.symbol?.symbol.kind === 'plt';

function isInlinedInto(frame: Frame, outer: FrameId): boolean {
  for (let at: Frame | undefined = frame; at; at = at.kind === 'inline' ? at.older : undefined) if (at !== frame && sameFrame(at.id, outer)) return true;
  return false;
}
