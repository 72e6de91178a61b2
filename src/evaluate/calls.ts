import type { Address } from '../base/address.ts';
import { SondeError } from '../base/errors.ts';
import { bare, type FunctionType, type Type } from '../program/types.ts';
import { builtin, pointerTo, unprototyped } from './builtinTypes.ts';
import { CallNeeded, type EffectLog, type EvaluationContext } from './context.ts';
import { integerValue } from './makeValue.ts';
import { integerOf } from './scalars.ts';
import { findMinimal } from './scope.ts';
import type { Value } from './value.ts';

/** What gdb calls a function that only the ELF symbol table knows; it can be called, its result has no type. */
export const unknownFunction: FunctionType = { ...unprototyped(builtin.int), prototyped: true };
export const unknownResolver: FunctionType = { ...unprototyped(builtin.int), prototyped: true };
/** And a variable of that kind. */
export const unknownData: Type = { kind: 'unspecified', name: '<data variable, no debug info>', size: 4 };
export const unknownThreadLocal: Type = { kind: 'unspecified', name: '<thread local variable, no debug info>', size: 4 };

/** Calls a function of the inferior: asks for it by throwing, unless this very call has been made already. */
export function callInferior(
  address: Address,
  type: FunctionType,
  args: readonly Value[],
  name: string,
  context: EvaluationContext,
): Value {
  return requireProcess(context).perform(() => {
    throw new CallNeeded(address, type, args, name);
  });
}

/** A call needs a process to be made in. */
export function requireProcess({ effects }: EvaluationContext): EffectLog {
  if (!effects) throw new SondeError("You can't do that without a process to debug.");
  return effects;
}

/** Room in the inferior's heap, by its own malloc, filled with the bytes: they are asked for when there is room. */
export function allocate(size: number, bytes: () => Uint8Array, context: EvaluationContext): Address {
  const malloc = findMinimal('malloc', context);
  if (!malloc) {
    const missing = context.effects ? 'program to have a function "malloc".' : 'target program to be active';
    throw new SondeError(`evaluation of this expression requires the ${missing}`);
  }
  const effects = requireProcess(context);
  const type: FunctionType = { ...unprototyped(pointerTo(builtin.char)), parameters: [{ type: builtin.unsignedLong }], prototyped: true };
  const address = integerOf(callInferior(malloc.address, type, [integerValue(builtin.unsignedLong, size)], 'malloc', context));
  if (address === 0n) throw new SondeError('No memory available to program: call to malloc failed');
  effects.perform(() => {
    context.memory.write(address, bytes());
    return integerValue(builtin.unsignedLong, address);
  });
  return address;
}

/** The function that an ifunc's resolver chooses, by calling it. */
export function resolvedIndirect(resolver: Address, name: string, context: EvaluationContext): Address {
  const type: FunctionType = { ...unprototyped(builtin.unsignedLong), prototyped: true };
  return integerOf(callInferior(resolver, type, [], name, context));
}

/** Arguments as the callee's prototype, or else C's default promotions, want them. */
export function prepareArguments(
  type: FunctionType,
  args: readonly Value[],
  convert: (type: Type, value: Value) => Value,
  decay: (value: Value) => Value,
): Value[] {
  const parameters = type.parameters;
  if (args.length < parameters.length) throw new SondeError('Too few arguments in function call.');
  return args.map((arg, index) => {
    const parameter = parameters[index]?.type;
    if (parameter && bare(parameter).kind === 'struct') return arg;
    const decayed = decay(arg);
    if (parameter) return convert(parameter, decayed);
    const plain = bare(decayed.type);
    if (plain.kind === 'float' && plain.size < 8) return convert(builtin.double, decayed);
    if ((plain.kind === 'integer' || plain.kind === 'boolean' || plain.kind === 'enum') && plain.size < 4)
      return convert(builtin.int, decayed);
    return decayed;
  });
}
