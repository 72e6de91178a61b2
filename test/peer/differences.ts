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
  /** What sonde prints there, where that is no constant: this too becomes `sonde`. */
  readonly ours?: RegExp;
}

export const differences: readonly Difference[] = [
  {
    reason: 'the vsyscall page cannot be read by anyone and holds nothing of the program: no warning about it',
    command: /^(gcore|generate-core-file)/,
    gdb: /^warning: Memory read failed for corefile section, 4096 bytes at 0xffffffffff600000\.\n/gm,
    sonde: '',
  },
  {
    reason: 'gdb 13 tells where the current process was left last, 0x0 if it never was; sonde tells where it is',
    command: /^info ch/,
    gdb: /^(\* \d+ .*) at 0x[0-9a-f]+(, file .*, line \d+)?$/gm,
    ours: /^(\* \d+ .*) at 0x[0-9a-f]+(, file .*, line \d+)?$/gm,
    sonde: '$1 at HERE',
  },
];
