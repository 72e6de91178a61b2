import { registerFromDwarf } from '../arch/registers.ts';
import type { Absence } from '../base/errors.ts';
import type { ExpressionPiece, ExpressionResult } from '../formats/dwarf/expression.ts';
import type { Unit } from '../program/symbols.ts';
import { bare, type Type } from '../program/types.ts';
import type { EvaluationContext } from './context.ts';
import { absentValue, partOf, valueFrom } from './makeValue.ts';
import { packInteger, unpackInteger } from './scalars.ts';
import type { Place, Value } from './value.ts';
import { readLocation } from './variables.ts';

/** The value at the place that a DWARF expression names, for every place but memory as a whole. */
export function locatedValue(result: ExpressionResult, type: Type, unit: Unit, context: EvaluationContext): Value {
  switch (result.kind) {
    case 'register':
      return inRegister(result.register, type, context);
    case 'value':
      return valueFrom(type, packInteger(result.value, type.size));
    case 'bytes':
      return valueFrom(type, padded(result.bytes, type.size));
    case 'implicit pointer':
      return absentValue(type, 'synthetic pointer', { pointsTo: () => behindPointer(result, type, unit, context) });
    case 'pieces':
      return fromPieces(result.pieces, type, context);
    case 'absent':
      return absentValue(type, 'optimized out');
    case 'memory':
      throw new RangeError('a place in memory is a lazy value');
  }
}

function inRegister(dwarf: number, type: Type, context: EvaluationContext): Value {
  const register = registerFromDwarf(dwarf);
  const frame = context.frame;
  if (register === undefined || !frame) return absentValue(type, 'optimized out');
  const place: Place = { kind: 'register', register, frame };
  const bytes = frame.registers.bytes(register);
  if (!bytes) return absentValue(type, 'optimized out', { place });
  return valueFrom(type, padded(bytes, type.size), place);
}

function padded(bytes: Uint8Array, size: number): Uint8Array {
  if (bytes.length === size) return bytes;
  const whole = new Uint8Array(size);
  whole.set(bytes.subarray(0, size));
  return whole;
}

/** What a pointer to a variable without an address points to (DW_OP_implicit_pointer). */
function behindPointer(
  result: Extract<ExpressionResult, { kind: 'implicit pointer' }>,
  type: Type,
  unit: Unit,
  context: EvaluationContext,
): Value {
  const pointer = bare(type);
  const target = pointer.kind === 'pointer' || pointer.kind === 'reference' ? pointer.target : type;
  const found = unit.expressionHelp.dieLocation(result.die);
  if (!found?.type) return absentValue(target, 'optimized out');
  const whole = readLocation(found.location, found.type, unit, context);
  return partOf(whole, target, result.offset, context.memory);
}

/** A value scattered over registers and memory; pieces that are not there are marked as missing. */
function fromPieces(pieces: readonly ExpressionPiece[], type: Type, context: EvaluationContext): Value {
  const size = type.size;
  const missing: { from: number; to: number; absence: Absence }[] = [];
  let bit = 0;
  for (const piece of pieces) {
    const absence = absenceOf(piece, context);
    if (absence) missing.push({ from: Math.floor(bit / 8), to: Math.ceil((bit + piece.size) / 8), absence });
    bit += piece.size;
  }
  // What no piece speaks of: gdb takes it for a pointer without a target, and says so.
  if (bit < size * 8) missing.push({ from: Math.floor(bit / 8), to: size, absence: 'synthetic pointer' });
  const place = placeOfPieces(pieces, context);
  if (missing.reduce((sum, range) => sum + range.to - range.from, 0) >= size) return absentValue(type, missing[0].absence, { place });
  let bytes: Uint8Array | undefined;
  return {
    type,
    place,
    missing: missing.length ? missing : undefined,
    absence: missing.length ? missing[0].absence : undefined,
    get bytes() {
      bytes ??= assemble(pieces, size, context);
      return bytes;
    },
  };
}

function absenceOf({ place }: ExpressionPiece, context: EvaluationContext): Absence | undefined {
  if (place.kind === 'absent') return 'optimized out';
  if (place.kind === 'implicit pointer') return 'synthetic pointer';
  if (place.kind !== 'register') return undefined;
  const register = registerFromDwarf(place.register);
  return register !== undefined && context.frame?.registers.bytes(register) ? undefined : 'optimized out';
}

function placeOfPieces(pieces: readonly ExpressionPiece[], context: EvaluationContext): Place {
  const isWhole = pieces.every((piece) => piece.size % 8 === 0 && piece.offset === 0);
  if (!isWhole) return { kind: 'none' };
  return {
    kind: 'pieces',
    pieces: pieces.map((piece) => {
      const size = piece.size / 8;
      if (piece.place.kind === 'memory') return { size, place: { kind: 'memory', address: piece.place.address } };
      const register = piece.place.kind === 'register' ? registerFromDwarf(piece.place.register) : undefined;
      if (register !== undefined && context.frame) return { size, place: { kind: 'register', register, frame: context.frame } };
      return { size, place: { kind: 'none' } };
    }),
  };
}

function assemble(pieces: readonly ExpressionPiece[], size: number, context: EvaluationContext): Uint8Array {
  let whole = 0n;
  let at = 0;
  for (const piece of pieces) {
    if (at >= size * 8) break;
    const mask = (1n << BigInt(piece.size)) - 1n;
    whole |= ((pieceBits(piece, context) >> BigInt(piece.offset)) & mask) << BigInt(at);
    at += piece.size;
  }
  return packInteger(whole, size);
}

function pieceBits({ place, size, offset }: ExpressionPiece, context: EvaluationContext): bigint {
  switch (place.kind) {
    case 'memory':
      return unpackInteger(context.memory.read(place.address, Math.ceil((size + offset) / 8)), false);
    case 'register': {
      const register = registerFromDwarf(place.register);
      const bytes = register === undefined ? undefined : context.frame?.registers.bytes(register);
      return bytes ? unpackInteger(bytes, false) : 0n;
    }
    case 'value':
      return place.value;
    case 'bytes':
      return unpackInteger(place.bytes, false);
    default:
      return 0n;
  }
}
