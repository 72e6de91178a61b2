import type { Language } from '../symbols.ts';

/**
 * The order in which gdb lists the symbols of a nested block: by bucket of a hash table of `n/5 + 1` buckets over their names, in
 * declaration order within one. Users see it in `info locals`.
 */
export function inDictionaryOrder<T extends { readonly name: string }>(symbols: readonly T[], language: Language): readonly T[] {
  if (symbols.length < 2) return symbols;
  const buckets = Math.trunc(symbols.length / 5) + 1;
  const hash = language === 'c++' ? scopedHash : plainHash;
  const keyed = symbols.map((symbol, index) => ({ symbol, index, bucket: hash(symbol.name) % buckets }));
  return keyed.sort((a, b) => a.bucket - b.bucket || a.index - b.index).map(({ symbol }) => symbol);
}

const next = (hash: number, character: string): number => (Math.imul(hash, 67) + character.toLowerCase().charCodeAt(0) - 113) >>> 0;

function wholeHash(name: string): number {
  let hash = 0;
  for (const character of name) if (character !== ' ') hash = next(hash, character);
  return hash;
}

/** Made for Ada's encoded names: what follows `__`, and is not cut off by a suffix, counts. It holds for C as well. */
function plainHash(name: string): number {
  let rest = name;
  if (name.startsWith('_')) {
    if (!name.startsWith('_ada_')) return wholeHash(name);
    rest = name.slice(5);
  }
  let hash = 0;
  for (let i = 0; i < rest.length; i++) {
    const character = rest[i];
    if (character === '$' || character === '.' || character === 'X') return i === 0 && rest === name ? wholeHash(name) : hash;
    if (character === ' ' || character === '(') return wholeHash(name);
    if (character === '_' && rest[i + 1] === '_' && (i > 0 || rest !== name)) {
      if (!/[a-zO]/.test(rest[i + 2] ?? '')) return hash;
      hash = 0;
      i++;
      continue;
    }
    if (character === 'T' && rest.slice(i) === 'TKB') return hash;
    hash = next(hash, character);
  }
  return hash;
}

/** C++: the last component, without its parameters. */
function scopedHash(name: string): number {
  const last = name.slice(name.lastIndexOf('::') + (name.includes('::') ? 2 : 0));
  return wholeHash(last.split('(')[0]);
}
