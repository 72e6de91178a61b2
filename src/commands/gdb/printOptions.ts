import { SondeError } from '../../base/errors.ts';
import type { PrintLimits } from '../../evaluate/context.ts';
import { printLimits } from '../../session/printLimits.ts';
import type { Session } from '../../session/session.ts';

type Flag = 'address' | 'array' | 'arrayIndexes' | 'nullStop' | 'pretty' | 'staticMembers' | 'symbol' | 'union';
type Count = 'elements' | 'repeats' | 'maxDepth';

/** Options of print by name; null: accepted, nothing here depends on it. */
const flags: Readonly<Record<string, Flag | null>> = {
  address: 'address',
  array: 'array',
  'array-indexes': 'arrayIndexes',
  'memory-tag-violations': null,
  'null-stop': 'nullStop',
  object: null,
  pretty: 'pretty',
  'raw-values': null,
  'static-members': 'staticMembers',
  symbol: 'symbol',
  union: 'union',
  vtbl: null,
};
const counts: Readonly<Record<string, Count>> = { elements: 'elements', repeats: 'repeats', 'max-depth': 'maxDepth' };

/** `-pretty -elements 3 -- EXP`. Without `--` a leading minus belongs to the expression. */
export function parsePrintOptions(args: string, session: Session): { limits: PrintLimits | undefined; rest: string } {
  const delimiter = /(?:^|\s)--(?:\s|$)/.exec(args);
  if (!args.startsWith('-') || !delimiter) return { limits: undefined, rest: args };
  const limits: { -readonly [K in keyof PrintLimits]: PrintLimits[K] } = { ...printLimits(session.settings) };
  let rest = args;
  for (;;) {
    rest = rest.trimStart();
    if (/^--(?:\s|$)/.test(rest)) return { limits, rest: rest.slice(2).trimStart() };
    const word = /^-([a-z-]+)\s*/.exec(rest);
    const name = word && findOption(word[1]);
    if (!word || !name) throw new SondeError(`Unrecognized option at: ${rest}`);
    rest = rest.slice(word[0].length);
    if (name in counts) rest = takeCount(counts[name], name, rest, limits);
    else rest = takeFlag(flags[name], rest, limits);
  }
}

function findOption(word: string): string | undefined {
  const names = [...Object.keys(flags), ...Object.keys(counts)];
  if (names.includes(word)) return word;
  const found = names.filter((name) => name.startsWith(word));
  if (found.length > 1)
    throw new SondeError(
      `-${word}: Ambiguous option.  Matches are: ${found
        .map((name) => `-${name}`)
        .sort()
        .join(', ')}`,
    );
  return found[0];
}

function takeFlag(flag: Flag | null, text: string, limits: { -readonly [K in keyof PrintLimits]: PrintLimits[K] }): string {
  const word = /^(on|yes|1|enable|off|no|0|disable)(?:\s+|$)/.exec(text);
  if (flag) limits[flag] = !word || ['on', 'yes', '1', 'enable'].includes(word[1]);
  return word ? text.slice(word[0].length) : text;
}

function takeCount(count: Count, name: string, text: string, limits: { -readonly [K in keyof PrintLimits]: PrintLimits[K] }): string {
  const word = /^(unlimited|-1|[0-9]+)(?:\s+|$)/.exec(text);
  if (!word)
    throw new SondeError(
      text.startsWith('--') ? `-${name} requires an argument` : `Value given for \`-${name}' is not a number: ${text.split(/\s/)[0]}`,
    );
  const isUnlimited = word[1] === 'unlimited' || word[1] === '-1' || (word[1] === '0' && count !== 'maxDepth');
  limits[count] = isUnlimited ? Number.POSITIVE_INFINITY : Number(word[1]);
  return text.slice(word[0].length);
}
