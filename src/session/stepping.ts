import { R } from '../arch/registers.ts';
import type { Address } from '../base/address.ts';
import type { LiveTarget } from '../targets/target.ts';
import { callerOf, type Frame, type FrameId, inlinedFunctionsStartingAt, normalFrame, sameFrame } from '../unwind/index.ts';
import { type CodeContext, endOfPrologueForStep } from '../unwind/prologue.ts';
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

  /** `finish` in an inlined function is a step in its caller: an empty range ends it where no function called from there is being executed. */
  outOfInlined(caller: Frame): StepState {
    return { ...this.begin(caller, 'line', 'all'), low: caller.pc, high: caller.pc, line: 0, file: undefined, startFunction: undefined };
  }

  #setRange(state: StepState, pc: Address): void {
    const entry = this.#session.program.lineAt(pc);
    if (!entry) return;
    state.low = entry.low;
    state.high = entry.high;
    if (!state.forwardOnly) return;
    state.low = this.#session.program.functionAt(pc)?.entry ?? entry.low;
    // The jump back at a loop's end often has a row of its own that is no statement.
    for (
      let next = this.#session.program.lineAt(state.high);
      next?.line === entry.line && next.file === entry.file && !next.isStatement;
      next = this.#session.program.lineAt(state.high)
    ) {
      state.high = next.high;
    }
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

  /** The decision after one instruction of the stepping thread, or where a stretch without steps ended. */
  afterStep(live: LiveTarget, motion: Motion, engine: Engine): Verdict {
    const state = motion.step as StepState;
    const pc = live.registers(motion.tid).get(R.rip) ?? 0n;
    if (!state.single && pc >= state.low && pc < state.high) return 'go on';
    if (state.over === 'undebuggable' && this.#isInDynamicLinking(pc) && !this.#isFixup(pc)) return 'go on';
    this.#session.forgetFrames();
    // stepi shows the instruction's own function, be it inlined.
    this.#session.skippedInline.set(motion.tid, state.single ? 0 : inlinedFunctionsStartingAt(this.#session.program, pc).length);
    const thread = this.#session.threadTable.byTid(motion.tid);
    const frame = thread && this.#session.innermostFrameOf(thread);
    if (!frame) return finished;
    const verdict = this.#leftRange(live, motion, state, frame, pc);
    if (verdict === 'go on') {
      this.#session.skippedInline.clear();
      if (state.resume) engine.reinsert(live, motion);
    }
    return verdict;
  }

  /** A procedure linkage table, or the dynamic linker that it calls: between a call and the function called. */
  #isInDynamicLinking(pc: Address): boolean {
    const found = this.#session.program.sectionAt(pc);
    if (!found) return false;
    return found.section.name.startsWith('.plt') || found.module.path === this.#session.program.executable?.file.interpreter;
  }

  /** The linker's own function that looks a symbol up; run through as a whole. */
  #isFixup(pc: Address): boolean {
    const found = this.#session.program.minimalSymbolAt(pc);
    return found?.offset === 0 && found.symbol.name === '_dl_fixup';
  }

  #leftRange(live: LiveTarget, motion: Motion, state: StepState, frame: Frame, pc: Address): Verdict {
    const { program } = this.#session;
    if (state.over === 'undebuggable' && this.#isInDynamicLinking(pc)) return this.#runToCaller(live, motion, state, frame);
    // A signal handler's return trampoline is run through.
    if (!state.single && frame.kind === 'signal handler called') return 'go on';
    const stackFrame = normalFrame(frame);
    if (!sameFrame(stackFrame.id, state.stackFrame) && isCalledFrom(stackFrame, state))
      return this.#enteredFunction(live, motion, state, frame, pc);

    const line = program.lineAt(pc);
    if (state.over === 'undebuggable' && !line?.line && !frame.function && !frame.symbol)
      return this.#runToCaller(live, motion, state, frame);
    if (state.single || !line?.line) return finished;

    // At an inlined call. `step` goes in if the call is in the line that it began in, else stops before it; `next` runs through.
    const inSameFrame = sameFrame(frame.id, state.frame);
    const skipped = this.#session.skippedInline.get(motion.tid) ?? 0;
    if (skipped > 0 && inSameFrame) {
      const isSameLine = frame.line?.line === state.line && frame.line.file === state.file;
      if (state.over === 'all') return isSameLine ? 'go on' : finished;
      if (isSameLine) {
        this.#session.skippedInline.set(motion.tid, skipped - 1);
        this.#session.forgetFrames();
      }
      return finished;
    }
    // Inside a function that is inlined into the frame where the step began.
    if (!inSameFrame && frame.kind === 'inline' && isInlinedInto(frame, state.frame)) return state.over === 'all' ? 'go on' : finished;

    const isOtherLine = line.line !== state.line || line.file !== state.file;
    let refresh = true;
    let current = line.line;
    if (pc === line.low && isOtherLine) {
      if (line.isStatement) return finished;
      refresh = !inSameFrame;
      // Of another frame's line this is no beginning: its statement, which may follow, counts as another line.
      current = 0;
    }
    // In the middle of a line (back in the caller, perhaps): on to the end of it.
    state.low = line.low;
    state.high = line.high;
    if (refresh) {
      state.frame = frame.id;
      state.stackFrame = stackFrame.id;
      state.line = current;
      state.file = line.file;
    }
    return 'go on';
  }

  #enteredFunction(live: LiveTarget, motion: Motion, state: StepState, frame: Frame, pc: Address): Verdict {
    if (state.over === 'none') return finished;
    if (state.over === 'all') return this.#runToCaller(live, motion, state, frame);
    const { program, memory, settings } = this.#session;
    const entry = program.functionAt(pc)?.entry ?? frame.symbol?.symbol.address;
    if (entry !== undefined && program.lineAt(entry)?.line) {
      const start = bodyOf({ program, memory }, entry);
      if (start === pc) return finished;
      // Run to the end of the prologue, and stop there whatever line it is.
      state.resume = { address: start, purpose: 'step into', tid: motion.tid };
      state.high = state.low;
      return 'go on';
    }
    if (settings.boolean('step-mode')) return finished;
    return this.#runToCaller(live, motion, state, frame);
  }

  /** Lets the function return and goes on stepping there. */
  #runToCaller(live: LiveTarget, motion: Motion, state: StepState, frame: Frame): Verdict {
    const caller = callerOf(frame);
    const registers = live.registers(motion.tid);
    const address = caller?.pc ?? wordAt(live, registers.get(R.rsp) ?? 0n);
    if (address === undefined) return finished;
    state.resume = { address, purpose: 'step resume', tid: motion.tid, leastStack: caller?.registers.get(R.rsp) };
    return 'go on';
  }
}

function isCalledFrom(stackFrame: Frame, state: StepState): boolean {
  const caller = callerOf(stackFrame);
  return caller !== undefined && sameFrame(normalFrame(caller).id, state.stackFrame);
}

/** After the prologue, or at the end of the line that it ends in (gdb's handle_step_into_function). */
function bodyOf(context: CodeContext, entry: Address): Address {
  const { program } = context;
  if (program.unitAt(entry)?.language === 'asm') return entry;
  const start = endOfPrologueForStep(context, entry);
  const line = program.lineAt(start);
  const end = program.functionAt(entry)?.ranges[0]?.high ?? entry;
  return line && line.low !== start && line.high < end ? line.high : start;
}

function isInlinedInto(frame: Frame, outer: FrameId): boolean {
  for (let at: Frame | undefined = frame; at; at = at.kind === 'inline' ? at.older : undefined)
    if (at !== frame && sameFrame(at.id, outer)) return true;
  return false;
}
