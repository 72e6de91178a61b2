import { SondeError } from '../../base/errors.ts';
import { Op } from './opcodes.ts';

/** What the machine needs of a base type; a `Type` of the program is one. Undefined: the generic type, 64 bits, "of unspecified signedness". */
export interface StackType {
  readonly kind: string;
  /** Bytes. */
  readonly size: number;
  readonly signed?: boolean;
}

/** An entry of the stack: its bits, never negative, cut to the size of its type. */
export interface StackValue {
  readonly bits: bigint;
  readonly type: StackType | undefined;
}

const addressBits = 64;
const bitSize = (type: StackType | undefined): number => (type ? type.size * 8 : addressBits);
const isFloat = (type: StackType | undefined): boolean => type?.kind === 'float';
const isSigned = (type: StackType | undefined): boolean => type?.signed === true;

export const generic = (bits: bigint): StackValue => ({ bits: BigInt.asUintN(addressBits, bits), type: undefined });
export const typed = (bits: bigint, type: StackType | undefined): StackValue => ({ bits: BigInt.asUintN(bitSize(type), bits), type });

/** The number that the bits stand for, integers only. */
const integer = ({ bits, type }: StackValue): bigint => (isSigned(type) ? BigInt.asIntN(bitSize(type), bits) : bits);
/** As an operand of what DWARF 5 §2.5.1.4 defines as signed on the generic type: abs, div, shra and comparisons. */
const signedInteger = (value: StackValue): bigint => (value.type ? integer(value) : BigInt.asIntN(addressBits, value.bits));

export function binary(op: number, left: StackValue, right: StackValue): StackValue {
  const { type } = left;
  const shifts = op === Op.shl || op === Op.shr || op === Op.shra;
  if (!shifts && !sameType(type, right.type)) throw new SondeError('Incompatible types on DWARF stack');
  if (isFloat(type)) return floatBinary(op, left, right);
  switch (op) {
    case Op.and:
      return typed(left.bits & right.bits, type);
    case Op.or:
      return typed(left.bits | right.bits, type);
    case Op.xor:
      return typed(left.bits ^ right.bits, type);
    case Op.plus:
      return typed(left.bits + right.bits, type);
    case Op.minus:
      return typed(left.bits - right.bits, type);
    case Op.mul:
      return typed(left.bits * right.bits, type);
    case Op.div:
      return typed(signedInteger(left) / nonZero(signedInteger(right)), type);
    case Op.mod:
      return typed(integer(left) % nonZero(integer(right)), type);
    case Op.shl:
      return typed(right.bits >= bitSize(type) ? 0n : left.bits << right.bits, type);
    case Op.shr:
      return typed(right.bits >= bitSize(type) ? 0n : left.bits >> right.bits, type);
    case Op.shra: {
      const limit = BigInt(bitSize(type) - 1);
      return typed(BigInt.asIntN(bitSize(type), left.bits) >> (right.bits > limit ? limit : right.bits), type);
    }
    default:
      return truth(compare(op, signedInteger(left), signedInteger(right)));
  }
}

export function unary(op: number, value: StackValue): StackValue {
  const { type } = value;
  if (isFloat(type)) {
    const number = toDouble(value);
    if (op === Op.not) throw new SondeError('Invalid operation on a DWARF floating-point value');
    return fromDouble(op === Op.neg ? -number : Math.abs(number), type!);
  }
  if (op === Op.not) return typed(~value.bits, type);
  if (op === Op.neg) return typed(-value.bits, type);
  const number = type && !type.signed ? value.bits : BigInt.asIntN(bitSize(type), value.bits);
  return typed(number < 0n ? -number : number, type);
}

/** DW_OP_convert: the same number in another type. */
export function convert(value: StackValue, type: StackType | undefined): StackValue {
  if (isFloat(type)) return fromDouble(isFloat(value.type) ? toDouble(value) : Number(integer(value)), type!);
  if (!isFloat(value.type)) return typed(integer(value), type);
  const number = Math.trunc(toDouble(value));
  return typed(Number.isFinite(number) ? BigInt(number) : 0n, type);
}

/** DW_OP_reinterpret: the same bits in another type of the same size. */
export function reinterpret(value: StackValue, type: StackType | undefined): StackValue {
  if (bitSize(value.type) !== bitSize(type)) throw new SondeError('DW_OP_reinterpret has wrong size');
  return { bits: value.bits, type };
}

const sameType = (a: StackType | undefined, b: StackType | undefined): boolean =>
  a === b || (a?.kind === b?.kind && a?.size === b?.size && a?.signed === b?.signed);

const truth = (value: boolean): StackValue => generic(value ? 1n : 0n);

function nonZero(value: bigint): bigint {
  if (value === 0n) throw new SondeError('Division by zero');
  return value;
}

function compare<T extends bigint | number>(op: number, left: T, right: T): boolean {
  switch (op) {
    case Op.eq:
      return left === right;
    case Op.ne:
      return left !== right;
    case Op.lt:
      return left < right;
    case Op.le:
      return left <= right;
    case Op.gt:
      return left > right;
    case Op.ge:
      return left >= right;
    default:
      throw new SondeError('Invalid operation on a DWARF floating-point value');
  }
}

function floatBinary(op: number, left: StackValue, right: StackValue): StackValue {
  const a = toDouble(left);
  const b = toDouble(right);
  const type = left.type!;
  switch (op) {
    case Op.plus:
      return fromDouble(a + b, type);
    case Op.minus:
      return fromDouble(a - b, type);
    case Op.mul:
      return fromDouble(a * b, type);
    case Op.div:
      return fromDouble(a / b, type);
    default:
      return truth(compare(op, a, b));
  }
}

const scratch = new DataView(new ArrayBuffer(8));

/** Only binary32 and binary64: arithmetic in doubles would falsify the longer formats. */
function toDouble({ bits, type }: StackValue): number {
  scratch.setBigUint64(0, bits, true);
  if (type?.size === 8) return scratch.getFloat64(0, true);
  if (type?.size === 4) return scratch.getFloat32(0, true);
  throw new SondeError('Unhandled floating-point format on the DWARF stack');
}

function fromDouble(number: number, type: StackType): StackValue {
  scratch.setBigUint64(0, 0n, true);
  if (type.size === 8) scratch.setFloat64(0, number, true);
  else if (type.size === 4) scratch.setFloat32(0, number, true);
  else throw new SondeError('Unhandled floating-point format on the DWARF stack');
  return typed(scratch.getBigUint64(0, true), type);
}
