import { type Address, wrap64 } from '../base/address.ts';
import { SondeError } from '../base/errors.ts';
import type { FloatType, Type } from '../program/types.ts';
import { bare } from '../program/types.ts';
import { ExtendedFloat } from './extendedFloat.ts';
import type { Value } from './value.ts';

/** Little-endian bytes to a bigint; any size. */
export function unpackInteger(bytes: Uint8Array, signed: boolean): bigint {
  const size = bytes.length;
  if (size === 8 || size === 4 || size === 1 || size === 2) {
    const view = new DataView(bytes.buffer, bytes.byteOffset, size);
    if (size === 8) return signed ? view.getBigInt64(0, true) : view.getBigUint64(0, true);
    if (size === 4) return BigInt(signed ? view.getInt32(0, true) : view.getUint32(0, true));
    if (size === 2) return BigInt(signed ? view.getInt16(0, true) : view.getUint16(0, true));
    return BigInt(signed ? view.getInt8(0) : view.getUint8(0));
  }
  let value = 0n;
  for (let i = size - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[i]);
  return signed ? BigInt.asIntN(size * 8, value) : value;
}

/** A bigint to `size` little-endian bytes, cut to fit. */
export function packInteger(value: bigint, size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  let rest = BigInt.asUintN(size * 8, value);
  for (let i = 0; i < size; i++) {
    bytes[i] = Number(rest & 0xffn);
    rest >>= 8n;
  }
  return bytes;
}

export function isSigned(type: Type): boolean {
  const plain = bare(type);
  return (plain.kind === 'integer' || plain.kind === 'enum') && plain.signed;
}

/** Types whose bytes are an integer: gdb's is_integral_type. */
export const isIntegral = (type: Type): boolean => ['integer', 'boolean', 'enum', 'flags'].includes(bare(type).kind);
export const isFloat = (type: Type): type is FloatType => bare(type).kind === 'float';

/** The integer in a value's bytes, bit-fields extracted; pointers are unsigned. */
export function integerOf(value: Value): bigint {
  const { bits } = value;
  if (!bits) return unpackInteger(value.bytes, isSigned(value.type));
  const field = (unpackInteger(value.bytes, false) >> BigInt(bits.offset)) & ((1n << BigInt(bits.size)) - 1n);
  return isSigned(value.type) ? BigInt.asIntN(bits.size, field) : field;
}

/** gdb's value_as_long: any scalar as an integer, floats truncated. */
export function asInteger(value: Value): bigint {
  const type = bare(value.type);
  switch (type.kind) {
    case 'integer':
    case 'boolean':
    case 'enum':
    case 'flags':
    case 'pointer':
    case 'reference':
    case 'memberPointer':
    case 'unspecified':
      return integerOf(value);
    case 'float':
      return floatOf(value).truncated();
    default:
      throw new SondeError("Value can't be converted to integer.");
  }
}

/** gdb's value_as_address: where an array or function in memory is, else the value itself. */
export function addressOfValue(value: Value): Address {
  const type = bare(value.type);
  if ((type.kind === 'array' || type.kind === 'function') && value.place.kind === 'memory') return value.place.address;
  return wrap64(asInteger(value));
}

/** The floating-point number in bytes of a float type, exact. */
export function unpackFloat(type: FloatType, bytes: Uint8Array): ExtendedFloat {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  switch (type.format) {
    case 'binary32':
      return ExtendedFloat.fromBinary(BigInt(view.getUint32(0, true)), 8, 23);
    case 'binary64':
      return ExtendedFloat.fromNumber(view.getFloat64(0, true));
    case 'x87-80':
      return ExtendedFloat.fromX87(view.getBigUint64(0, true), view.getUint16(8, true));
    case 'binary128':
      return ExtendedFloat.fromBinary(unpackInteger(bytes.subarray(0, 16), false), 15, 112);
    case 'binary16':
      return ExtendedFloat.fromBinary(BigInt(view.getUint16(0, true)), 5, 10);
    case 'bfloat16':
      return ExtendedFloat.fromBinary(BigInt(view.getUint16(0, true)), 8, 7);
  }
}

export function packFloat(type: FloatType, value: ExtendedFloat): Uint8Array {
  const bytes = new Uint8Array(type.size);
  const view = new DataView(bytes.buffer);
  switch (type.format) {
    case 'binary32':
      view.setUint32(0, Number(value.toBinary(8, 23)), true);
      break;
    case 'binary64':
      view.setFloat64(0, value.toNumber(), true);
      break;
    case 'x87-80': {
      const { significand, signExponent } = value.toX87();
      view.setBigUint64(0, significand, true);
      view.setUint16(8, signExponent, true);
      break;
    }
    case 'binary128':
      bytes.set(packInteger(value.toBinary(15, 112), 16));
      break;
    case 'binary16':
      bytes.set(packInteger(value.toBinary(5, 10), 2));
      break;
    case 'bfloat16':
      bytes.set(packInteger(value.toBinary(8, 7), 2));
  }
  return bytes;
}

/** A number of any arithmetic type as an exact float. */
export function floatOf(value: Value): ExtendedFloat {
  const type = bare(value.type);
  if (type.kind === 'float') return unpackFloat(type, value.bytes);
  return ExtendedFloat.fromInteger(asInteger(value));
}

/** C truth: not zero. */
export function isTrue(value: Value): boolean {
  const type = bare(value.type);
  if (type.kind === 'float') return !floatOf(value).isZero;
  if (value.bits) return integerOf(value) !== 0n;
  return value.bytes.some((byte) => byte !== 0);
}
