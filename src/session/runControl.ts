import type { Address } from '../base/address.ts';
import type { CallNeeded } from '../evaluate/context.ts';
import type { Value } from '../evaluate/value.ts';
import type { Frame } from '../unwind/frame.ts';
import type { Stop } from './events.ts';
import type { ProcessControl } from './processControl.ts';
import type { SignalTable } from './signalTable.ts';

/** How `step`, `next`, `stepi` and `nexti` go. */
export interface StepRequest {
  readonly unit: 'line' | 'instruction';
  /** next, nexti: calls are run through. */
  readonly over: boolean;
  readonly count: number;
}

/**
 * Everything that makes the inferior move. Each promise is kept when execution has stopped and the stop has been emitted as an event;
 * they throw SondeError only for what could not be begun.
 */
export interface RunControl extends ProcessControl {
  /** What is done with signals. */
  readonly signals: SignalTable;
  /** The inferior moves now. */
  readonly running: boolean;
  /** The last stop; undefined before the first and after the process's end. */
  readonly lastStop: Stop | undefined;
  /** `continue`; `signal` replaces the one that the thread stopped with (0: none). */
  continue(options?: { signal?: number }): Promise<void>;
  step(request: StepRequest): Promise<void>;
  /** Until the frame's caller goes on; `announce` is called when it can begin. */
  finish(frame: Frame, announce: () => void): Promise<void>;
  /** `until` without argument: a `next` that does not go backward. */
  untilNext(): Promise<void>;
  /** `until LOCATION`, `advance LOCATION`: to one of the addresses, or the end of the selected frame. */
  untilLocation(addresses: readonly Address[], options: { anyFrame: boolean }): Promise<void>;
  /** Goes on at another address. */
  jump(address: Address): Promise<void>;
  /** Makes a call in the inferior that an expression needs. */
  call(needed: CallNeeded): Promise<Value>;
  /** Returns from frames by hand, without executing the rest of them: `return`. */
  popFrame(frame: Frame): void;
  /** ^C: stops the inferior with SIGINT. */
  interrupt(): void;
  /** Command lists of the breakpoints that the last stop hit; given once. The surface executes them after the command that led there. */
  takeBreakpointCommands(): readonly string[];
  /** Every breakpoint's places anew: after `file`, `run`, a library's coming. */
  resetBreakpoints(): void;
}
