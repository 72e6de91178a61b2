import { type Address, hex } from '../base/address.ts';
import { symbolicText } from '../program/symbolic.ts';
import type { EvaluationContext } from './context.ts';

/** `0x1149 <add>`, `0x4188 <g_arr+8>`, or the number alone where no symbol covers it. */
export function symbolicAddress(address: Address, context: Pick<EvaluationContext, 'program' | 'limits'>): string {
  const symbol = symbolicText(context.program, address);
  const number = context.limits.address ? hex(address) : '';
  return [number, symbol].filter((part) => part !== undefined && part !== '').join(' ');
}
