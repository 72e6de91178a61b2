import { type Address, wrap64 } from '../../base/address.ts';
import type { LinkRange } from '../../formats/dwarf/ranges.ts';
import type { Module } from '../module.ts';
import type { AddressRange } from '../symbols.ts';

/**
 * Inside debug info addresses are link-time ones as signed doubles, exact for every canonical address, which typed arrays hold and compare fast;
 * at the interface they are run-time bigints.
 */
export const toLink = (module: Module, address: Address): number => Number(BigInt.asIntN(64, address - module.bias));

/** Also of the infinite bounds of a default location. */
export function toRun(module: Module, link: number): Address {
  if (link === -Infinity) return 0n;
  return link === Infinity ? (1n << 64n) - 1n : wrap64(BigInt(link) + module.bias);
}

export const toRunRanges = (module: Module, ranges: readonly LinkRange[]): readonly AddressRange[] =>
  ranges.map(({ low, high }) => ({ low: toRun(module, low), high: toRun(module, high) }));

export const holds = (ranges: readonly LinkRange[], link: number): boolean => ranges.some(({ low, high }) => link >= low && link < high);
