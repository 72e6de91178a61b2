import { SondeError } from '../../base/errors.ts';
import type { Session } from '../../session/session.ts';

/**
 * Numbers as gdb's lists of breakpoints, displays and threads spell them: `1 3-5 $n`. A word ends the list in silence; what only begins as
 * a number ends it too and `warn` is told `bad … number at or near '1x'`.
 */
export function parseNumbers(text: string, what: string, session: Session, warn: (message: string) => void): number[] {
  const numbers: number[] = [];
  const words = text
    .trim()
    .split(/[\s,]+/)
    .filter((word) => word !== '');
  for (const [index, word] of words.entries()) {
    const range = /^(\d+|\$\w+)(?:-(\d+|\$\w+))?$/.exec(word);
    const from = range && numberOf(range[1], session);
    if (/^[a-z_]/i.test(word)) return numbers;
    if (/^-\d/.test(word)) throw new SondeError('negative value');
    if (!range || from === undefined || from === null || from === 0) {
      warn(`bad ${what} number at or near '${words.slice(index).join(' ')}'`);
      return numbers;
    }
    const to = range[2] === undefined ? from : (numberOf(range[2], session) ?? from);
    if (to < from) throw new SondeError('inverted range');
    for (let number = from; number <= to; number++) numbers.push(number);
  }
  return numbers;
}

/** A literal, or a convenience variable that holds an integer. */
function numberOf(word: string, session: Session): number | undefined {
  if (/^\d+$/.test(word)) return Number(word);
  const value = session.values.convenience(word.slice(1));
  if (!value || value.bytes.length > 8) return undefined;
  return Number(
    BigInt.asIntN(
      64,
      [...value.bytes].reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n),
    ),
  );
}
