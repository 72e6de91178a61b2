/**
 * Where sonde speaks differently from gdb on purpose. gdb's text is rewritten into what sonde shall say; then both must be
 * equal. `npm test` fails for an entry that no script needs any more.
 */
export interface Difference {
  readonly reason: string;
  /** Which commands it may touch. */
  readonly command: RegExp;
  readonly gdb: RegExp;
  readonly sonde: string;
}

export const differences: readonly Difference[] = [];
