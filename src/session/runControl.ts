import type { Address } from '../base/address.ts';
import type { CallNeeded } from '../evaluate/context.ts';
import type { Value } from '../evaluate/value.ts';
import type { Frame } from '../unwind/frame.ts';
import type { Stop } from './events.ts';
import type { ProcessControl } from './processControl.ts';

/**
 * Everything that makes the inferior move. Each promise is kept when execution has stopped and the stop was emitted as an event;
 * they throw SondeError only for what could not be begun.
 */
export interface RunControl extends ProcessControl {
  /** The last stop; undefined before the first one. */
  readonly lastStop: Stop | undefined;
  /** Lets the inferior run; a signal given replaces the one that the thread stopped with (0: none). */
  continue(signal?: number | 'as received'): Promise<Stop>;
  step(kind: 'step' | 'next' | 'stepi' | 'nexti', count: number): Promise<Stop>;
  /** `until` without argument: a `next` that does not go backward. */
  untilNextLine(): Promise<Stop>;
  /** `until LOCATION`, `advance LOCATION`: to one of the addresses, or out of the frame. */
  runTo(addresses: readonly Address[], frame: Frame): Promise<Stop>;
  /** Until the frame's caller goes on. */
  finish(frame: Frame): Promise<Stop>;
  /** `return`: the frame and those below it are gone, its caller goes on with the value. Nothing runs. Throws where there is no caller. */
  returnFrom(frame: Frame, value: Value | undefined): void;
  /** Goes on at another address. */
  jump(address: Address): Promise<Stop>;
  /** Makes a call in the inferior that an expression needs. */
  call(needed: CallNeeded): Promise<Value>;
  /** ^C: stops the inferior with SIGINT. */
  interrupt(): void;
  /** Commands of the breakpoint that the last stop hit; given once. The surface executes them after the command that led there. */
  takeBreakpointCommands(): readonly string[];
}
