import type { Address } from '../base/address.ts';
import { type Absence, AbsentError, SondeError } from '../base/errors.ts';
import type { Type } from '../program/types.ts';
import type { Memory } from '../targets/target.ts';
import { packInteger } from './scalars.ts';
import type { Place, Value } from './value.ts';

const nowhere: Place = { kind: 'none' };

/** A value whose bytes are at hand. */
export const valueFrom = (type: Type, bytes: Uint8Array, place: Place = nowhere): Value => ({ type, bytes, place });

export const integerValue = (type: Type, value: bigint | number | boolean): Value => valueFrom(type, packInteger(BigInt(value), type.size));

/** A value in memory. Nothing is read until its bytes are asked for; they are then kept. */
export function memoryValue(type: Type, address: Address, memory: Memory, bits?: Value['bits']): Value {
  let bytes: Uint8Array | undefined;
  return {
    type,
    place: { kind: 'memory', address },
    bits,
    get bytes() {
      bytes ??= type.size === 0 ? new Uint8Array() : memory.read(address, sizeWithinLimit(type));
      return bytes;
    },
  };
}

/** gdb's max-value-size: a wild array bound must not read gigabytes. */
const maximumSize = 1 << 16;

function sizeWithinLimit({ size }: Type): number {
  if (size > maximumSize) throw new SondeError(`value requires ${size} bytes, which is more than max-value-size`);
  return size;
}

/** A value that is not there: shown as gdb's `<optimized out>`; asking for its bytes is an error. */
export const absentValue = (type: Type, absence: Absence, extra: Partial<Pick<Value, 'place' | 'bits' | 'pointsTo'>> = {}): Value => ({
  type,
  place: nowhere,
  ...extra,
  absence,
  get bytes(): Uint8Array {
    throw new AbsentError(absence);
  },
});

/** The same value with something about it changed; its bytes stay unread. */
export const changed = (value: Value, changes: Partial<Pick<Value, 'type' | 'place'>>): Value =>
  Object.create(value, Object.getOwnPropertyDescriptors(changes)) as Value;

/** A part of a value: a member, a base class or an array element. Shares the whole's place and reads as little as possible. */
export function partOf(whole: Value, type: Type, offset: number, memory: Memory, bits?: Value['bits']): Value {
  if (whole.absence !== undefined && whole.missing === undefined) return absentValue(type, whole.absence, { bits });
  if (whole.place.kind === 'memory') {
    const part = memoryValue(type, whole.place.address + BigInt(offset), memory, bits);
    const read = Object.getOwnPropertyDescriptor(whole, 'bytes');
    return read?.get ? part : { type, bits, place: part.place, bytes: whole.bytes.subarray(offset, offset + type.size) };
  }
  const missing = whole.missing
    ?.map((range) => ({ ...range, from: range.from - offset, to: range.to - offset }))
    .filter((range) => range.to > 0 && range.from < type.size);
  return {
    type,
    bits,
    place: partOfPlace(whole.place, offset, type.size),
    missing: missing?.length ? missing : undefined,
    absence: missing?.length ? missing[0].absence : undefined,
    get bytes() {
      const from = whole.bytes.subarray(offset, offset + type.size);
      if (missing?.some((range) => range.from <= 0 && range.to >= type.size)) throw new AbsentError(missing[0].absence);
      return from;
    },
  };
}

/** A copy that no longer depends on memory: what the value history keeps. */
export function fetched(value: Value): Value {
  if (value.absence !== undefined && value.missing === undefined) return value;
  const { type, place, absence, missing, bits, pointsTo, bytes } = value;
  return { type, place, absence, missing, bits, pointsTo, bytes };
}

function partOfPlace(place: Place, offset: number, size: number): Place {
  if (place.kind === 'none' || place.kind === 'convenience' || place.kind === 'memory')
    return place.kind === 'convenience' ? { ...place, offset: (place.offset ?? 0) + offset } : place;
  if (place.kind === 'register') return { ...place, offset: (place.offset ?? 0) + offset };
  const pieces: { size: number; place: Place }[] = [];
  let at = 0;
  for (const piece of place.pieces) {
    const from = Math.max(at, offset);
    const to = Math.min(at + piece.size, offset + size);
    if (from < to) {
      const inner =
        piece.place.kind === 'memory'
          ? { ...piece.place, address: piece.place.address + BigInt(from - at) }
          : partOfPlace(piece.place, from - at, to - from);
      pieces.push({ size: to - from, place: inner });
    }
    at += piece.size;
  }
  return pieces.length === 1 ? pieces[0].place : { kind: 'pieces', pieces };
}
