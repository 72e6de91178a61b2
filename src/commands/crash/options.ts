import { UsageError } from './command.ts';

/** A command's arguments taken apart as getopt does: letters with their values, in order, and the rest. */
export interface Parsed {
  /** Letters that were given, in order. */
  readonly given: readonly { readonly letter: string; readonly value: string }[];
  has(letter: string): boolean;
  /** The last value of a letter. */
  value(letter: string): string | undefined;
  readonly rest: readonly string[];
}

/**
 * `letters` as getopt's optstring: a colon after a letter means that it takes a value. Options may follow arguments, as GNU getopt
 * permits. Throws UsageError with getopt's words.
 */
export function parseOptions(args: readonly string[], letters: string): Parsed {
  const given: { letter: string; value: string }[] = [];
  const rest: string[] = [];
  for (let index = 0; index < args.length; index++) {
    const word = args[index];
    if (word === '--') {
      rest.push(...args.slice(index + 1));
      break;
    }
    if (!/^-./.test(word)) {
      rest.push(word);
      continue;
    }
    for (let at = 1; at < word.length; at++) {
      const letter = word[at];
      const found = letter === ':' ? -1 : letters.indexOf(letter);
      if (found < 0) throw new UsageError(`invalid option -- '${letter}'`);
      if (letters[found + 1] !== ':') {
        given.push({ letter, value: '' });
        continue;
      }
      const value = word.slice(at + 1) || args[++index];
      if (value === undefined) throw new UsageError(`option requires an argument -- '${letter}'`);
      given.push({ letter, value });
      break;
    }
  }
  return {
    given,
    rest,
    has: (letter) => given.some((option) => option.letter === letter),
    value: (letter) => given.findLast((option) => option.letter === letter)?.value,
  };
}
