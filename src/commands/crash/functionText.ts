import type { Kernel } from '../../kernel/kernel.ts';

export interface FunctionPlace {
  readonly name: string;
  readonly offset: bigint;
  readonly module?: string;
}

/**
 * The function that an address of code is in. A return address right at a function's beginning belongs to the one before, which ends with a
 * call that never returns.
 */
export function functionAt(kernel: Kernel, ip: bigint, isReturn = false): FunctionPlace {
  const found = kernel.symbols.nearest(ip);
  if (!found) return { name: '(unknown)', offset: 0n };
  const before = isReturn && found.offset === 0n ? kernel.symbols.nearest(ip - 1n) : undefined;
  const { symbol, offset } = before ? { symbol: before.symbol, offset: before.offset + 1n } : found;
  return { name: symbol.name, offset, module: symbol.module };
}

/** `schedule+90`, `schedule+0x5a`; `schedule` alone at its beginning. */
export function placeText({ name, offset }: FunctionPlace, radix: 10 | 16): string {
  return offset === 0n ? name : `${name}+${radix === 16 ? '0x' : ''}${offset.toString(radix)}`;
}
