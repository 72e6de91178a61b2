import { SondeError } from '../base/errors.ts';

/** A parsed `/FMT` of print, output, display and x. */
export interface Format {
  /** x d u o t z a c f s i; undefined: as the type says. */
  readonly letter?: FormatLetter;
  /** b h w g: 1, 2, 4, 8 bytes. */
  readonly size?: 1 | 2 | 4 | 8;
  /** Repeat count; negative reads backwards. */
  readonly count?: number;
  /** `/r`: raw. */
  readonly raw?: boolean;
}

export type FormatLetter = 'x' | 'd' | 'u' | 'o' | 't' | 'z' | 'a' | 'c' | 'f' | 's' | 'i';

const letters = 'xduotzacfsi';
const sizes: Record<string, 1 | 2 | 4 | 8> = { b: 1, h: 2, w: 4, g: 8 };

/** Parses what follows the slash; throws gdb's sentences. `command` is only for the message. */
export function parseFormat(text: string, command: string): Format {
  const match = /^(-?)(\d*)(.*)$/.exec(text) as RegExpExecArray;
  let count = match[2] === '' ? undefined : Number(match[2]);
  if (match[1] === '-') count = -(count ?? 1);
  let letter: FormatLetter | undefined;
  let size: Format['size'];
  let raw = false;
  for (const character of match[3]) {
    if (character in sizes) size = sizes[character];
    else if (character === 'r') raw = true;
    else if (letters.includes(character)) letter = character as FormatLetter;
    else if (/[a-z]/.test(character)) throw new SondeError(`Undefined output format "${character}".`);
    else throw new SondeError(`Invalid number "${text}".`);
  }
  void command;
  return { letter, size, count, raw };
}

/** print, output and call take a letter, but no size and no count. */
export function parsePrintFormat(text: string, command: string): Format {
  const format = parseFormat(text, command);
  if (format.count !== undefined && format.count !== 1) throw new SondeError(`Item count other than 1 is meaningless in "${command}" command.`);
  if (format.size !== undefined) throw new SondeError(`Size letters are meaningless in "${command}" command.`);
  if (format.letter === 'i') throw new SondeError(`Format letter "${format.letter}" is meaningless in "${command}" command.`);
  return format;
}
