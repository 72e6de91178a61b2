import { type Address, hex } from '../base/address.ts';
import { printName } from '../program/printName.ts';
import { symbolicAddress as findSymbol } from '../program/symbolic.ts';
import type { EvaluationContext } from './context.ts';

/**
 * `0x1149 <add>`, `0x4188 <g_arr+8>`, or the number alone where no symbol covers it. As `print` shows a pointer, a symbol goes by its name
 * for people (`counter`); as `x` and `/a` show an address, by the linker's (`counter.0`).
 */
export function symbolicAddress(
  address: Address,
  context: Pick<EvaluationContext, 'program' | 'limits'>,
  names: 'people' | 'linker' = 'people',
): string {
  const found = findSymbol(context.program, address, { names });
  const number = context.limits.address ? hex(address) : '';
  if (!found) return number;
  const name = names === 'people' ? printName(found.name) : found.name;
  const symbol = `<${name}${found.offset ? `+${found.offset}` : ''}>`;
  return number === '' ? symbol : `${number} ${symbol}`;
}
