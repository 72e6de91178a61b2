import { SondeError } from '../base/errors.ts';
import { bare, type StructType, type Type } from '../program/types.ts';
import { arrayToPointer, baseValue, dereferenced, inMemory } from './access.ts';
import { arrayOf } from './builtinTypes.ts';
import type { EvaluationContext } from './context.ts';
import { changed, integerValue, memoryValue, valueFrom } from './makeValue.ts';
import { asInteger, floatOf, integerOf, isFloat, isIntegral, packFloat } from './scalars.ts';
import { completed } from './scope.ts';
import type { Value } from './value.ts';

/** `(type) value`: gdb's value_cast. */
export function cast(type: Type, operand: Value, context: EvaluationContext): Value {
  const target = bare(type);
  if (target.kind === 'reference')
    return integerValue(type, bare(operand.type).kind === 'reference' ? integerOf(operand) : addressIn(operand, context));
  let value = dereferenced(operand, context);
  const source = bare(value.type);
  if (source === target) return changed(value, { type });
  if (target.kind === 'array' && source.kind === 'array') return castArray(type, target.count, value, context);
  if (target.kind !== 'array' && !(target.kind === 'struct' && source.kind === 'struct')) value = arrayToPointer(value, context);
  const from = bare(value.type);

  if (target.kind === 'struct' && from.kind === 'struct') {
    const related = castClass(completed(target, context), completed(from, context), value, context);
    if (related) return changed(related, { type });
  }
  const isScalarSource = isIntegral(from) || isFloat(from) || from.kind === 'pointer' || from.kind === 'memberPointer';
  if (isFloat(target) && (isIntegral(from) || isFloat(from))) return valueFrom(type, packFloat(target, floatOf(value)));
  if (target.kind === 'boolean' && isScalarSource)
    return integerValue(type, isFloat(from) ? !floatOf(value).isZero : asInteger(value) !== 0n);
  if (isIntegral(target) && isScalarSource) return integerValue(type, asInteger(value));
  if ((target.kind === 'pointer' || target.kind === 'memberPointer') && isScalarSource && !isFloat(from)) {
    return integerValue(type, pointerCast(target, from, value, context));
  }
  if (target.kind === 'complex' && (isIntegral(from) || isFloat(from))) {
    const part = cast(target.part, value, context).bytes;
    const bytes = new Uint8Array(type.size);
    bytes.set(part);
    return valueFrom(type, bytes);
  }
  if (target.kind === 'complex' && from.kind === 'complex') {
    const size = from.part.size;
    const parts = [0, size].map((at) => cast(target.part, valueFrom(from.part, value.bytes.subarray(at, at + size)), context).bytes);
    return valueFrom(type, new Uint8Array(Buffer.concat(parts)));
  }
  if (target.kind === 'array' && target.vector && isScalarSource) {
    const element = cast(target.element, value, context).bytes;
    return valueFrom(type, new Uint8Array(Buffer.concat(Array.from({ length: target.count ?? 0 }, () => element))));
  }
  if (target.kind === 'void') return valueFrom(type, new Uint8Array(1));
  if (value.place.kind === 'memory') return memoryValue(type, value.place.address, context.memory);
  if (operand.place.kind === 'memory') return memoryValue(type, operand.place.address, context.memory);
  throw new SondeError('Invalid cast.');
}

function addressIn(value: Value, context: EvaluationContext): bigint {
  const placed = inMemory(value, context);
  if (placed.place.kind !== 'memory') throw new SondeError('Attempt to take address of value not located in memory.');
  return placed.place.address;
}

/** `(int []) array` takes its length from the value. */
function castArray(type: Type, count: number | undefined, value: Value, context: EvaluationContext): Value {
  const target = bare(type);
  if (target.kind !== 'array') return value;
  let whole: Type = type;
  if (count === undefined) {
    const available = value.type.size / (target.element.size || 1);
    if (!Number.isInteger(available)) throw new SondeError('array element type size does not divide object size in cast');
    whole = arrayOf(target.element, available);
  }
  if (value.place.kind === 'memory') return memoryValue(whole, value.place.address, context.memory);
  // A shorter string fills the rest with zeros, as in C.
  const bytes = new Uint8Array(whole.size);
  bytes.set(value.bytes.subarray(0, whole.size));
  return valueFrom(whole, bytes);
}

/** A class as one of its bases, or a struct as another of the same name. */
function castClass(target: StructType, source: StructType, value: Value, context: EvaluationContext): Value | undefined {
  if (target.name !== undefined && target.name === source.name) return value;
  return upcast(target, source, value, context, 0) ?? downcast(target, source, value, context);
}

function upcast(target: StructType, source: StructType, value: Value, context: EvaluationContext, depth: number): Value | undefined {
  if (depth > 32) return undefined;
  for (const base of source.bases) {
    const type = bare(base.type);
    if (type.kind !== 'struct') continue;
    const part = baseValue(value, base, context);
    if (type === target || (type.name !== undefined && type.name === target.name)) return part;
    const deeper = upcast(target, completed(type, context), part, context, depth + 1);
    if (deeper) return deeper;
  }
  return undefined;
}

function downcast(target: StructType, source: StructType, value: Value, context: EvaluationContext): Value | undefined {
  const base = target.bases.find((candidate) => {
    const type = bare(candidate.type);
    return type === source || (type.kind === 'struct' && type.name === source.name);
  });
  if (!base || base.virtual || value.place.kind !== 'memory') return undefined;
  return memoryValue(target, value.place.address - BigInt(base.offset), context.memory);
}

/** Pointers to classes move with the class part they point to. */
function pointerCast(target: Type, source: Type, value: Value, context: EvaluationContext): bigint {
  const raw = asInteger(value);
  const isNarrow = isIntegral(source) && source.size < 8;
  const address = isNarrow ? BigInt.asUintN(64, raw) : raw;
  if (target.kind !== 'pointer' || source.kind !== 'pointer' || address === 0n) return address;
  const [to, from] = [bare(target.target), bare(source.target)];
  if (to.kind !== 'struct' || from.kind !== 'struct' || to === from) return address;
  const moved = castClass(completed(to, context), completed(from, context), memoryValue(from, address, context.memory), context);
  return moved?.place.kind === 'memory' ? moved.place.address : address;
}

/** The bytes of `value` as the left side of an assignment wants them. */
export function converted(type: Type, value: Value, context: EvaluationContext): Value {
  const target = bare(type);
  const source = bare(value.type);
  const isSameStruct = target.kind === 'struct' && source.kind === 'struct' && (target === source || target.size === source.size);
  return isSameStruct ? changed(value, { type }) : cast(type, value, context);
}
