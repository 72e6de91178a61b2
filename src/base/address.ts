/**
 * A 64-bit address of the program under study. Always a non-negative bigint below 2**64:
 * kernel addresses and (void *) -1 must be exact, which a double cannot promise.
 *
 * Not branded: every addition would lose the brand and need a cast that teaches nothing.
 * Hot loops may use numbers inside one buffer and convert at the door.
 */
export type Address = bigint;

const mask64 = (1n << 64n) - 1n;

/** Wraps to 64 bits, as pointer arithmetic does. */
export const wrap64 = (value: bigint): Address => value & mask64;

/** `0x` and lower-case digits without padding: gdb's `hex_string`/`paddress`. */
export const hex = (value: bigint | number): string => `0x${value.toString(16)}`;

/** `0x` and 16 digits, as in `info breakpoints` and `backtrace`: gdb's `core_addr_to_string`. */
export const hex16 = (value: bigint): string => `0x${value.toString(16).padStart(16, '0')}`;
