import { SondeError } from '../base/errors.ts';
import { converted } from './casts.ts';
import type { EvaluationContext } from './context.ts';
import { fetched, valueFrom } from './makeValue.ts';
import { integerOf, packInteger, unpackInteger } from './scalars.ts';
import type { Place, Value } from './value.ts';

/** `left = right`: writes to memory, a register, a bit-field, pieces or a convenience variable; the result is left as it is now. */
export function assign(left: Value, right: Value, context: EvaluationContext): Value {
  if (left.place.kind === 'convenience' && left.place.offset === undefined) {
    const kept = fetched(right);
    context.setConvenience(left.place.name, { ...kept, place: { kind: 'none' } });
    return { ...kept, place: left.place };
  }
  if (left.place.kind === 'none') throw new SondeError('Left operand of assignment is not an lvalue.');
  const value = converted(left.type, right, context);
  if (left.bits) return assignBits(left, integerOf(value), context);
  write(left.place, value.bytes, context);
  return { ...valueFrom(left.type, value.bytes), place: left.place };
}

function assignBits(left: Value, value: bigint, context: EvaluationContext): Value {
  const bits = left.bits as NonNullable<Value['bits']>;
  const mask = ((1n << BigInt(bits.size)) - 1n) << BigInt(bits.offset);
  const before = unpackInteger(left.bytes, false);
  const after = (before & ~mask) | ((value << BigInt(bits.offset)) & mask);
  const bytes = packInteger(after, left.bytes.length);
  write(left.place, bytes, context);
  return { type: left.type, place: left.place, bits, bytes };
}

function write(place: Place, bytes: Uint8Array, context: EvaluationContext): void {
  switch (place.kind) {
    case 'memory':
      context.memory.write(place.address, bytes);
      return;
    case 'register': {
      const whole = place.frame.registers.bytes(place.register);
      if (!whole) throw new SondeError('value is not available');
      const changed = whole.slice();
      changed.set(bytes.subarray(0, changed.length - (place.offset ?? 0)), place.offset ?? 0);
      place.frame.registers.set(place.register, changed);
      return;
    }
    case 'pieces': {
      let at = 0;
      for (const piece of place.pieces) {
        write(piece.place, bytes.subarray(at, at + piece.size), context);
        at += piece.size;
      }
      return;
    }
    case 'convenience': {
      const whole = context.convenience(place.name);
      if (!whole) throw new SondeError('Left operand of assignment is not an lvalue.');
      const changed = whole.bytes.slice();
      changed.set(bytes, place.offset ?? 0);
      context.setConvenience(place.name, { ...whole, bytes: changed });
      return;
    }
    case 'none':
      throw new SondeError('Left operand of assignment is not an lvalue.');
  }
}
