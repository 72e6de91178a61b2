import type { Kernel } from '../../kernel/kernel.ts';

/**
 * The address that a word means: a symbol, a symbol and an offset (`schedule+90`, `schedule+0x5a`), both in parentheses too, or a number in
 * hexadecimal. Undefined where it means none.
 */
export function addressOf(kernel: Kernel, word: string): bigint | undefined {
  const text = word.replace(/^\((.*)\)$/, '$1').replace(/\s/g, '');
  const [, name, sign, offset] = /^([^+-]+)(?:([+-])(0x[0-9a-f]+|\d+))?$/i.exec(text) ?? [];
  if (name === undefined) return undefined;
  // Only a whole address is not taken for a name first.
  const base = (/^(0x)?[0-9a-f]{16}$/i.test(name) ? undefined : kernel.symbols.named(name)[0]?.address) ?? hexadecimal(name);
  if (base === undefined || offset === undefined) return base;
  return BigInt.asUintN(64, sign === '-' ? base - BigInt(offset) : base + BigInt(offset));
}

const hexadecimal = (text: string): bigint | undefined =>
  /^(0x)?[0-9a-f]{1,16}$/i.test(text) ? BigInt(`0x${text.replace(/^0x/i, '')}`) : undefined;
