import { SondeError } from '../base/errors.ts';

/** A parsed `/FMT` of print, output, display and x. */
export interface Format {
  /** What the letter says; undefined: as the type says. */
  readonly letter?: FormatLetter;
  /** b h w g: 1, 2, 4, 8 bytes. */
  readonly size?: 1 | 2 | 4 | 8;
  /** Repeat count; negative reads backwards. */
  readonly count?: number;
  /** `/r`: raw. */
  readonly raw?: boolean;
}

export type FormatLetter = 'x' | 'd' | 'u' | 'o' | 't' | 'z' | 'a' | 'c' | 'f' | 's' | 'i';

const letters = new Set('xduotzacfsi');
const sizes: Readonly<Record<string, 1 | 2 | 4 | 8>> = { b: 1, h: 2, w: 4, g: 8 };

/** Splits `/4xw expression` at the end of the format; a text without a slash has no format. */
export function splitFormat(args: string): { format: string | undefined; rest: string } {
  const match = /^\/(-?[0-9]*[a-z]*)\s*/.exec(args);
  return match ? { format: match[1], rest: args.slice(match[0].length) } : { format: undefined, rest: args };
}

/** Parses what follows the slash. Any small letter is taken: one that means nothing is an error when something is printed by it, as in gdb. */
export function parseFormat(text: string): Format {
  const match = /^(-?)([0-9]*)([a-z]*)/.exec(text) as RegExpExecArray;
  const digits = match[2] === '' ? undefined : Number(match[2]);
  const count = match[1] === '-' ? -(digits ?? 1) : digits;
  let letter: FormatLetter | undefined;
  let size: Format['size'];
  let raw = false;
  for (const character of match[3]) {
    if (character in sizes) size = sizes[character];
    else if (character === 'r') raw = true;
    else letter = character as FormatLetter;
  }
  return { letter, size, count, raw };
}

/** Of a letter that the user typed: is it one of ours? */
export function requireKnownLetter(letter: string | undefined): void {
  if (letter !== undefined && !letters.has(letter)) throw new SondeError(`Undefined output format "${letter}".`);
}

/** print, output, call and `info registers` take a letter, but no size and no count. */
export function parsePrintFormat(text: string, command: string): Format {
  const format = parseFormat(text);
  if (format.count !== undefined && format.count !== 1)
    throw new SondeError(`Item count other than 1 is meaningless in "${command}" command.`);
  if (format.size !== undefined) throw new SondeError(`Size letters are meaningless in "${command}" command.`);
  if (format.letter === 'i') throw new SondeError(`Format letter "${format.letter}" is meaningless in "${command}" command.`);
  return format;
}
