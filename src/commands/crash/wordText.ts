import type { Kernel } from '../../kernel/kernel.ts';
import { SlabPages } from '../../kernel/slabs.ts';
import { functionAt, placeText } from './functionText.ts';
import { pointer } from './taskText.ts';

/** A word as the symbol that it points to or behind; undefined where it points to none. */
export function symbolText(kernel: Kernel, word: bigint, radix: 10 | 16): string | undefined {
  return kernel.symbols.nearest(word) && placeText(functionAt(kernel, word), radix);
}

/** How a word is shown that may be the address of something with a name: of a symbol, or of a slab's object (`addresses`: with the address too). */
export function namedWords(kernel: Kernel, radix: 10 | 16, { addresses }: { addresses: boolean }): (word: bigint) => string {
  const slabs = new SlabPages(kernel);
  return (word) => {
    const symbol = symbolText(kernel, word, radix);
    if (symbol) return symbol;
    const cache = slabs.cacheOf(word);
    if (cache === undefined) return pointer(word);
    return addresses ? `[${pointer(word)}:${cache}]` : `[${cache}]`;
  };
}
