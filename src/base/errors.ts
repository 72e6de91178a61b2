import { type Address, hex } from './address.ts';

/**
 * An error whose message is a sentence for the user, in the peer's wording. Everything that
 * user input or a damaged file can cause is one of these; anything else that is thrown is a bug.
 */
export class SondeError extends Error {
  override name: string;
  constructor(message: string, options?: ErrorOptions) {
    // Its reader is the user: collecting a stack trace would cost more than most of what throws it.
    const limit = Error.stackTraceLimit;
    Error.stackTraceLimit = 0;
    super(message, options);
    Error.stackTraceLimit = limit;
    this.name = 'SondeError';
  }
}

/** Why memory could not be read: only the target knows. */
export type MemoryFault = 'not mapped' | 'swapped out' | 'not in dump' | 'excluded from dump' | 'no process' | 'file not found';

/** `Cannot access memory at address 0x…`; `address` is the first bad byte. */
export class MemoryError extends SondeError {
  override name = 'MemoryError';
  constructor(
    readonly address: Address,
    readonly reason: MemoryFault = 'not mapped',
  ) {
    super(`Cannot access memory at address ${hex(address)}`);
  }
}

/** Bytes that do not follow their format (ELF, DWARF, core …). The message names what and where. */
export class FormatError extends SondeError {
  override name = 'FormatError';
}

/** A value that does not exist where it is asked for. The text is what gdb prints in its place. */
export class AbsentError extends SondeError {
  override name = 'AbsentError';
  constructor(readonly absence: Absence) {
    super(absenceText[absence]);
  }
}

export type Absence = 'optimized out' | 'not saved' | 'unavailable' | 'synthetic pointer';

const absenceText: Record<Absence, string> = {
  'optimized out': 'value has been optimized out',
  'not saved': 'value is not available',
  unavailable: 'value is not available',
  'synthetic pointer': 'Cannot take the address of a synthetic pointer',
};
