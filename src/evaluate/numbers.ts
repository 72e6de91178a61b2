import { SondeError } from '../base/errors.ts';
import type { FloatType, IntegerType } from '../program/types.ts';
import { builtin } from './builtinTypes.ts';
import { ExtendedFloat } from './extendedFloat.ts';
import { integerValue, valueFrom } from './makeValue.ts';
import { packFloat } from './scalars.ts';
import type { Value } from './value.ts';

/** A C number, integer or floating, with its suffix; digits without a prefix are in `inputRadix`. */
export function parseNumber(text: string, inputRadix: number): Value {
  const isHexadecimal = /^0x/i.test(text);
  if (!isHexadecimal && (text.includes('.') || (/^[0-9]+e[+-]?[0-9]*$/i.test(text) && inputRadix <= 14))) return parseFloating(text);
  if (isHexadecimal && /[.p]/i.test(text)) return parseFloating(text);
  const match = /^(?:0x([0-9a-f]+)|0b([01]+)|0[t d]([0-9]+)|([0-9a-z]+?))(u?l{0,2}|l{1,2}u|)$/i.exec(text);
  const bad = new SondeError(`Invalid number "${text}".`);
  if (!match) throw bad;
  const [, hexadecimal, binary, decimal, plain, suffix] = match;
  let value: bigint;
  let isDecimal = false;
  if (hexadecimal !== undefined) value = BigInt(`0x${hexadecimal}`);
  else if (binary !== undefined) value = BigInt(`0b${binary}`);
  else if (decimal !== undefined) {
    value = BigInt(decimal);
    isDecimal = true;
  } else {
    const radix = plain.length > 1 && plain[0] === '0' ? 8 : inputRadix;
    isDecimal = radix === 10;
    value = 0n;
    for (const digit of plain.toLowerCase()) {
      const digitValue = Number.parseInt(digit, 36);
      if (digitValue >= radix) throw bad;
      value = value * BigInt(radix) + BigInt(digitValue);
    }
  }
  if (value >= 1n << 64n) throw new SondeError('Numeric constant too large.');
  return integerValue(literalType(value, suffix.toLowerCase(), isDecimal), value);
}

/** C 6.4.4.1: the first type that holds the value; unsigned ones only for hexadecimal, octal and `u`. */
function literalType(value: bigint, suffix: string, isDecimal: boolean): IntegerType {
  const unsigned = suffix.includes('u');
  const longs = suffix.replace('u', '').length;
  const rows: readonly [IntegerType, IntegerType, number][] = [
    [builtin.int, builtin.unsignedInt, 31],
    [builtin.long, builtin.unsignedLong, 63],
    [builtin.longLong, builtin.unsignedLongLong, 63],
  ];
  for (const [signedType, unsignedType, bits] of rows.slice(longs)) {
    if (!unsigned && value < 1n << BigInt(bits)) return signedType;
    if ((unsigned || !isDecimal || bits === 63) && value < 1n << BigInt(bits + 1)) return unsignedType;
  }
  return builtin.unsignedLongLong;
}

function parseFloating(text: string): Value {
  const match = /^(.*?)(f|l|)$/i.exec(/^0x/i.test(text) ? text.replace(/p/i, 'p') : text) as RegExpExecArray;
  const types: Record<string, FloatType> = { '': builtin.double, f: builtin.float, l: builtin.longDouble };
  const type = types[match[2].toLowerCase()];
  const value = parseDecimalFloat(match[1]) ?? parseHexadecimalFloat(match[1]);
  if (!value) throw new SondeError(`Invalid number "${text}".`);
  return valueFrom(type, packFloat(type, value));
}

function parseDecimalFloat(text: string): ExtendedFloat | undefined {
  const match = /^([0-9]*)\.?([0-9]*)(?:e([+-]?[0-9]{0,6}))?$/i.exec(text);
  if (!match || match[1] + match[2] === '') return undefined;
  const exponent = (Number.parseInt(match[3] ?? '0', 10) || 0) - match[2].length;
  const digits = BigInt(match[1] + match[2]);
  if (digits === 0n) return ExtendedFloat.fromInteger(0n);
  if (exponent > 5000) return ExtendedFloat.infinity(false);
  if (exponent < -10000) return ExtendedFloat.fromInteger(0n);
  if (exponent >= 0) return ExtendedFloat.fromInteger(digits * 10n ** BigInt(exponent));
  // Rounded once more to the type's precision: the margin makes double rounding harmless for literals people type.
  return ExtendedFloat.fromInteger(digits).divide(ExtendedFloat.fromInteger(10n ** BigInt(-exponent)), 256);
}

function parseHexadecimalFloat(text: string): ExtendedFloat | undefined {
  const match = /^0x([0-9a-f]*)\.?([0-9a-f]*)(?:p([+-]?[0-9]{1,5}))?$/i.exec(text);
  if (!match || match[1] + match[2] === '') return undefined;
  return ExtendedFloat.finite(false, BigInt(`0x${match[1]}${match[2]}`), Number(match[3] ?? 0) - 4 * match[2].length);
}
