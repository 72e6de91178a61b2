import type { ArrayType, BooleanType, FloatType, FunctionType, IntegerType, PointerType, QualifiedType, Type } from '../program/types.ts';
import { voidType } from '../program/types.ts';

/** The types that C itself has on x86-64, for literals, results of operators and casts in programs without debug info. */
const integer = (name: string, size: number, signed: boolean, character = false): IntegerType => ({
  kind: 'integer',
  name,
  size,
  signed,
  character,
});
const float = (name: string, size: number, format: FloatType['format']): FloatType => ({ kind: 'float', name, size, format });
const boolean = (name: string): BooleanType => ({ kind: 'boolean', name, size: 1 });

export const builtin = {
  void: voidType,
  char: integer('char', 1, true, true),
  signedChar: integer('signed char', 1, true, true),
  unsignedChar: integer('unsigned char', 1, false, true),
  short: integer('short', 2, true),
  unsignedShort: integer('unsigned short', 2, false),
  int: integer('int', 4, true),
  unsignedInt: integer('unsigned int', 4, false),
  long: integer('long', 8, true),
  unsignedLong: integer('unsigned long', 8, false),
  longLong: integer('long long', 8, true),
  unsignedLongLong: integer('unsigned long long', 8, false),
  int128: integer('__int128', 16, true),
  unsignedInt128: integer('unsigned __int128', 16, false),
  float: float('float', 4, 'binary32'),
  double: float('double', 8, 'binary64'),
  longDouble: float('long double', 16, 'x87-80'),
  bool: boolean('bool'),
  wchar: integer('wchar_t', 4, true, true),
  char16: integer('char16_t', 2, false, true),
  char32: integer('char32_t', 4, false, true),
} as const;

export const pointerTo = (target: Type): PointerType => ({ kind: 'pointer', size: 8, target });

export const arrayOf = (element: Type, count: number | undefined, vector = false): ArrayType => ({
  kind: 'array',
  size: count === undefined ? 0 : element.size * count,
  element,
  count,
  vector,
});

export const qualified = (qualifier: QualifiedType['qualifier'], target: Type): QualifiedType => ({
  kind: 'qualified',
  qualifier,
  size: target.size,
  target,
});

/** `int name ()` without a prototype: what a symbol without debug info is called as. */
export const unprototyped = (returns: Type): FunctionType => ({
  kind: 'function',
  size: 1,
  returns,
  parameters: [],
  prototyped: false,
  varargs: false,
});

/** Integer types as gdb numbers them for `x` and `/x` by size. */
export function integerOfSize(size: number, signed: boolean): IntegerType {
  const name = { 1: 'int8_t', 2: 'int16_t', 4: 'int32_t', 8: 'int64_t', 16: 'int128_t' }[size] ?? `int${size * 8}_t`;
  return integer(signed ? name : `u${name}`, size, signed);
}
