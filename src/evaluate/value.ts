import type { RegisterNumber } from '../arch/registers.ts';
import type { Address } from '../base/address.ts';
import type { Absence } from '../base/errors.ts';
import type { Type } from '../program/types.ts';
import type { Frame } from '../unwind/frame.ts';

/** A typed value: bytes, and where they came from. Reading memory is put off until the bytes are asked for, so `p &huge` costs nothing. */
export interface Value {
  readonly type: Type;
  /** Throws MemoryError, or AbsentError for a value that is not there. Length = size of the type. */
  readonly bytes: Uint8Array;
  readonly place: Place;
  /** Set where the value (or a part of it) is not there: gdb's `<optimized out>`, `<unavailable>`. */
  readonly absence?: Absence;
  /** For a pointer to a variable that has no address (a synthetic pointer): the variable. */
  readonly pointsTo?: () => Value;
  /** A bit-field within `bytes`' storage unit. */
  readonly bits?: { readonly offset: number; readonly size: number };
  /** Ranges of the bytes that are absent, for a value in pieces. */
  readonly missing?: readonly { readonly from: number; readonly to: number; readonly absence: Absence }[];
}

/** Where a value lives; what `&` takes and assignment writes to. */
export type Place =
  | { readonly kind: 'none' }
  | { readonly kind: 'memory'; readonly address: Address }
  | {
      readonly kind: 'register';
      readonly register: RegisterNumber;
      readonly frame: Frame /** First byte within the register. */;
      readonly offset?: number;
    }
  | { readonly kind: 'pieces'; readonly pieces: readonly { readonly size: number; readonly place: Place }[] }
  /** `$name`, or a part of it. */
  | { readonly kind: 'convenience'; readonly name: string; readonly offset?: number };
