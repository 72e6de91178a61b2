import { hex } from '../base/address.ts';
import type { FloatType, Type } from '../program/types.ts';
import { bare } from '../program/types.ts';
import { quotedCharacter } from './characters.ts';
import type { PrintLimits } from './context.ts';
import type { FormatLetter } from './format.ts';
import { unpackFloat, unpackInteger } from './scalars.ts';

/** Significant digits of `%g` for each format: enough to tell every two values apart, and what gdb uses. */
const digits: Record<FloatType['format'], number> = { binary16: 5, bfloat16: 4, binary32: 9, binary64: 17, 'x87-80': 21, binary128: 36 };

export const formatFloat = (type: FloatType, bytes: Uint8Array): string => unpackFloat(type, bytes).toPrecision(digits[type.format]);

/** An integer's bits by a format letter; `size` in bytes. A bit-field comes extended to the size of its type. */
export function formatInteger(
  value: bigint,
  size: number,
  letter: Exclude<FormatLetter, 'a' | 's' | 'i' | 'f'>,
  signed: boolean,
  limits: PrintLimits,
): string {
  const bitSize = size * 8;
  const unsigned = BigInt.asUintN(bitSize, value);
  switch (letter) {
    case 'x':
      return hex(unsigned);
    case 'z':
      return `0x${unsigned.toString(16).padStart(size * 2, '0')}`;
    case 'o':
      return unsigned === 0n ? '0' : `0${unsigned.toString(8)}`;
    case 't':
      return limits.nibbles ? inNibbles(unsigned.toString(2)) : unsigned.toString(2);
    case 'd':
      return BigInt.asIntN(bitSize, value).toString();
    case 'u':
      return unsigned.toString();
    case 'c': {
      const byte = signed ? BigInt.asIntN(8, value) : BigInt.asUintN(8, value);
      return `${byte} ${quotedCharacter(Number(BigInt.asUintN(8, value)), '', limits)}`;
    }
  }
}

/** `11111` → `0001 1111`; a single zero stays one. */
const inNibbles = (digits: string): string =>
  digits === '0' ? digits : (digits.padStart(Math.ceil(digits.length / 4) * 4, '0').match(/.{4}/g) ?? []).join(' ');

/** `/f`: an integer of a float's size is that float's bits; of another size it stays an integer. */
export function formatAsFloat(type: Type, bytes: Uint8Array): string {
  const plain = bare(type);
  if (plain.kind === 'float') return formatFloat(plain, bytes);
  const format = ({ 2: undefined, 4: 'binary32', 8: 'binary64', 16: 'x87-80' } as const)[bytes.length as 4];
  if (format === undefined) return unpackInteger(bytes, plain.kind === 'integer' && plain.signed).toString();
  return formatFloat({ kind: 'float', name: '', size: bytes.length, format }, bytes);
}
