import type { Address } from '../base/address.ts';
import type { Program } from '../program/program.ts';
import type { Memory, RegisterFile } from '../targets/target.ts';

/** What unwinding looks at. Handed in, so the same code serves processes, cores and tests. */
export interface UnwindContext {
  readonly program: Program;
  readonly memory: Memory;
  /** Of the thread whose stack it is. */
  readonly registers: RegisterFile;
  readonly limits?: UnwindLimits;
  /**
   * Inlined functions that begin right at pc and that the user has not stepped into yet: so many innermost inline frames are left out
   * (gdb's `skip_inline_frames`). See `inlinedFunctionsStartingAt`.
   */
  readonly skippedInline?: number;
  /** Calls that sonde makes in the inferior now: their frames are the callers of the called functions. */
  readonly dummyFrames?: readonly DummyFrame[];
}

/** `set backtrace past-main|past-entry|limit`. */
export interface UnwindLimits {
  readonly pastMain: boolean;
  readonly pastEntry: boolean;
  /** Infinity for unlimited. */
  readonly frames: number;
}

export const defaultLimits: UnwindLimits = { pastMain: false, pastEntry: false, frames: Infinity };

/** A function called from sonde returns here; what was there before the call is `registers`. */
export interface DummyFrame {
  /** Where the called function returns to. */
  readonly pc: Address;
  /** rsp after that return. */
  readonly stackPointer: Address;
  /** The thread's registers as they were. */
  readonly registers: RegisterFile;
}
