import type { Address } from '../base/address.ts';
import { SondeError } from '../base/errors.ts';
import { bare, type Member, type StructType, type Type } from '../program/types.ts';
import { arrayOf, builtin, pointerTo } from './builtinTypes.ts';
import { allocate } from './calls.ts';
import type { EvaluationContext } from './context.ts';
import { withKnownBounds } from './dynamicTypes.ts';
import { integerValue, memoryValue, partOf, valueFrom } from './makeValue.ts';
import { asInteger, integerOf, isIntegral } from './scalars.ts';
import { completed, findMinimal } from './scope.ts';
import type { Value } from './value.ts';

/** What `*`, `[]`, `.`, `->` and `&` do. */

/** A reference stands for what it refers to. */
export function dereferenced(value: Value, context: EvaluationContext): Value {
  const type = bare(value.type);
  if (type.kind !== 'reference') return value;
  return value.pointsTo ? value.pointsTo() : atAddress(type.target, integerOf(value), context);
}

/** Where a value in memory is; an error for any other. */
export function addressOf(value: Value): Address {
  if (value.place.kind !== 'memory') throw new SondeError('Attempt to take address of value not located in memory.');
  return value.place.address;
}

/** C's decay: arrays to a pointer to their first element, functions to a pointer to themselves. */
export function arrayToPointer(value: Value, context: EvaluationContext): Value {
  const type = bare(value.type);
  if (type.kind === 'array' && !type.vector) return integerValue(pointerTo(type.element), addressOf(inMemory(value, context)));
  if (type.kind === 'function') return integerValue(pointerTo(value.type), addressOf(value));
  return value;
}

/** A value that the inferior can point to: one that exists only here is copied into its heap. */
export function inMemory(value: Value, context: EvaluationContext): Value {
  if (value.place.kind !== 'none') return value;
  if (bare(value.type).kind !== 'array') return value;
  return {
    type: value.type,
    place: { kind: 'memory', address: allocate(value.type.size, () => value.bytes, context) },
    bytes: value.bytes,
  };
}

/** `*value` */
export function indirect(operand: Value, context: EvaluationContext): Value {
  const value = dereferenced(operand, context);
  const type = bare(value.type);
  switch (type.kind) {
    case 'pointer': {
      if (value.pointsTo) return value.pointsTo();
      if (bare(type.target).kind === 'void') throw new SondeError('Attempt to take contents of a non-pointer value.');
      return atAddress(type.target, integerOf(value), context);
    }
    case 'array':
      return subscript(value, 0n, context);
    case 'function':
      return value;
    case 'struct':
      throw new SondeError('Structure has no component named operator*.');
    default:
      if (isIntegral(type)) return memoryValue(builtin.long, BigInt.asUintN(64, integerOf(value)), context.memory);
      throw new SondeError('Attempt to take contents of a non-pointer value.');
  }
}

/** A value in memory, its type made whole: definitions for declarations, run-time array bounds. */
export function atAddress(type: Type, address: Address, context: EvaluationContext): Value {
  const wrapped = BigInt.asUintN(64, address);
  return memoryValue(withKnownBounds(type, context, wrapped), wrapped, context.memory);
}

/** `value[index]` */
export function subscript(object: Value, index: bigint, context: EvaluationContext): Value {
  const value = dereferenced(object, context);
  const type = bare(value.type);
  if (type.kind === 'array') {
    const isInside = type.count !== undefined && index >= 0n && index < BigInt(type.count);
    if (value.place.kind === 'memory' && !isInside)
      return atAddress(type.element, value.place.address + index * BigInt(stepOf(type.element, context)), context);
    if (!isInside) throw new SondeError('no such vector element');
    return partOf(value, type.element, Number(index) * type.element.size, context.memory);
  }
  if (type.kind === 'pointer') {
    if (bare(type.target).kind === 'void') throw new SondeError('Attempt to dereference a generic pointer.');
    return atAddress(type.target, integerOf(value) + index * BigInt(stepOf(type.target, context)), context);
  }
  if (type.kind === 'struct') throw new SondeError('Structure has no component named operator[].');
  throw new SondeError(
    'name' in type && type.name ? `cannot subscript something of type \`${type.name}'` : 'cannot subscript requested type',
  );
}

/** What a pointer moves by: the size of what it points to. */
export function stepOf(target: Type, context: EvaluationContext): number {
  const plain = bare(target);
  const size = plain.kind === 'struct' ? completed(plain, context).size : plain.size;
  if (size > 0) return size;
  const name = plain.name === undefined ? 'types' : `type "${plain.name}"`;
  throw new SondeError(`Cannot perform pointer math on incomplete ${name}, try casting to a known type, or void *.`);
}

/** `value.name`; pointers are followed, as gdb does for both `.` and `->`. */
export function member(object: Value, name: string, arrow: boolean, context: EvaluationContext): Value {
  const value = structBehind(object, context);
  const type = bare(value.type);
  if (type.kind !== 'struct')
    throw new SondeError(`Attempt to extract a component of a value that is not a structure${arrow ? ' pointer' : ''}.`);
  const found = findMember(value, completed(type, context), name.slice(name.lastIndexOf('::') + 1), context, 0);
  if (!found) throw new SondeError(`There is no member ${context.language === 'c++' ? 'or method ' : ''}named ${name}.`);
  return found;
}

/** Follows pointers and references to the struct, if there is one. */
export function structBehind(object: Value, context: EvaluationContext): Value {
  let value = arrayElementOf(dereferenced(object, context), context);
  for (let type = bare(value.type); type.kind === 'pointer' || type.kind === 'reference'; type = bare(value.type)) {
    if (type.kind === 'pointer' && ['void', 'function'].includes(bare(type.target).kind)) break;
    value = type.kind === 'pointer' ? indirect(value, context) : dereferenced(value, context);
  }
  return value;
}

const arrayElementOf = (value: Value, context: EvaluationContext): Value =>
  bare(value.type).kind === 'array' ? arrayToPointer(value, context) : value;

const maximumNesting = 64;

function findMember(value: Value, type: StructType, name: string, context: EvaluationContext, depth: number): Value | undefined {
  if (depth > maximumNesting) return undefined;
  for (const candidate of type.members) {
    if (candidate.name === name) return memberValue(value, candidate, context);
    if (candidate.name !== undefined) continue;
    const inner = bare(candidate.type);
    if (inner.kind !== 'struct') continue;
    const found = findMember(memberValue(value, candidate, context), inner, name, context, depth + 1);
    if (found) return found;
  }
  for (const base of type.bases) {
    const inner = bare(base.type);
    if (inner.kind !== 'struct') continue;
    const found = findMember(baseValue(value, base, context), completed(inner, context), name, context, depth + 1);
    if (found) return found;
  }
  return undefined;
}

/** One data member of a struct value, static ones from where they live. */
export function memberValue(value: Value, member: Member, context: Pick<EvaluationContext, 'memory' | 'program'>): Value {
  if (member.isStatic) return staticMember(member, context);
  const bits = member.bitSize === undefined ? undefined : { offset: member.bitOffset ?? 0, size: member.bitSize };
  const bytes = bits ? Math.ceil((bits.offset + bits.size) / 8) : 0;
  // A bit-field's storage unit can be longer than what is declared around it: read only the bytes it covers.
  if (bits) return bitField(value, member, bits, bytes, context);
  return partOf(value, withKnownBounds(member.type, context as EvaluationContext, undefined), member.offset, context.memory);
}

function bitField(
  value: Value,
  member: Member,
  bits: NonNullable<Value['bits']>,
  bytes: number,
  context: Pick<EvaluationContext, 'memory'>,
): Value {
  const storage = partOf(value, arrayOf(builtin.unsignedChar, bytes), member.offset, context.memory);
  return {
    type: member.type,
    place: storage.place,
    absence: storage.absence,
    missing: storage.missing,
    bits,
    get bytes() {
      return storage.bytes;
    },
  };
}

function staticMember(member: Member, context: Pick<EvaluationContext, 'memory' | 'program'>): Value {
  if (member.constant !== undefined) return integerValue(member.type, member.constant);
  const symbol = member.linkageName ? findMinimal(member.linkageName, context as EvaluationContext) : undefined;
  if (symbol) return memoryValue(member.type, symbol.address, context.memory);
  return { type: member.type, place: { kind: 'none' }, absence: 'optimized out', bytes: new Uint8Array(member.type.size) };
}

/** The part of a C++ object that is its base class; a virtual one's offset stands in the vtable (Itanium C++ ABI §2.5). */
export function baseValue(value: Value, base: StructType['bases'][number], context: Pick<EvaluationContext, 'memory'>): Value {
  if (!base.virtual) return partOf(value, base.type, base.offset, context.memory);
  const address = addressOf(value);
  const vtable = pointerAt(address, context);
  const offset = BigInt.asIntN(64, pointerAt(vtable + BigInt.asIntN(64, BigInt(base.offset)), context));
  return memoryValue(base.type, BigInt.asUintN(64, address + offset), context.memory);
}

const pointerAt = (address: Address, context: Pick<EvaluationContext, 'memory'>): bigint =>
  asInteger(memoryValue(builtin.unsignedLong, address, context.memory));

/** `left@count`: an array of what starts at left. */
export function repeated(left: Value, count: bigint): { type: Type; address: Address } {
  if (left.place.kind !== 'memory' || left.bits) throw new SondeError("Only values in memory can be extended with '@'.");
  if (count <= 0n) throw new SondeError(`Invalid number ${count} of repetitions.`);
  if (count * BigInt(left.type.size) > 1n << 40n)
    throw new SondeError(`value requires ${count * BigInt(left.type.size)} bytes, which is more than max-value-size`);
  return { type: arrayOf(left.type, Number(count)), address: left.place.address };
}

/** `&value`, the type included. */
export function addressValue(operand: Value, context: EvaluationContext): Value {
  const type = bare(operand.type);
  if (type.kind === 'reference') return integerValue(pointerTo(type.target), integerOf(operand));
  return integerValue(pointerTo(operand.type), addressOf(type.kind === 'array' ? inMemory(operand, context) : operand));
}

export const zeroOf = (type: Type): Value => valueFrom(type, new Uint8Array(type.size));
