import type { Address } from '../base/address.ts';
import type { FunctionSymbol, SourceFile } from '../program/symbols.ts';
import type { FrameId } from '../unwind/frame.ts';

/**
 * What one command wants of the inferior: let it run, or step one thread through a range of instructions.
 * Mutable: stepping refreshes it as execution moves from line to line.
 */
export interface Motion {
  /** The thread that the command is about. */
  readonly tid: number;
  /** Signal that the thread gets when it goes on. */
  signal: number;
  /** Undefined: run until something stops it. */
  step: StepState | undefined;
  /** Places of finish, until, advance, a called function's return. */
  readonly targets: InternalBreakpoint[];
}

export interface StepState {
  /** Half-open; one instruction when `single`. */
  low: Address;
  high: Address;
  readonly single: boolean;
  /** What happens at a call: `next` steps over all, `step` over functions without lines, `stepi` over none. */
  readonly over: 'all' | 'undebuggable' | 'none';
  /** Frame at the last line that was reached, and the one that it is inlined in. */
  frame: FrameId;
  stackFrame: FrameId;
  /** Where the command began: decides how much of the frame is shown at the end. */
  readonly startFunction: FunctionSymbol | undefined;
  line: number;
  file: SourceFile | undefined;
  /** `until`: does not stop before it is past the line it began in. */
  readonly forwardOnly: boolean;
  /** Runs on until here, then steps again: a call is being stepped over. */
  resume: InternalBreakpoint | undefined;
}

/** A breakpoint of the debugger's own. */
export interface InternalBreakpoint {
  readonly address: Address;
  readonly purpose: 'step resume' | 'step into' | 'caller' | 'location' | 'call return' | 'libraries';
  /** Undefined: any thread. */
  readonly tid?: number;
  /** rsp must be at least this: a deeper recursion's return does not count. */
  readonly leastStack?: Address;
}
