import { SondeError } from '../base/errors.ts';
import type { FunctionSymbol } from '../program/symbols.ts';
import { bare, type FunctionType, type StructType } from '../program/types.ts';
import { addressOf } from './access.ts';
import { builtin, pointerTo } from './builtinTypes.ts';
import type { EvaluationContext } from './context.ts';
import { integerValue, memoryValue } from './makeValue.ts';
import { asInteger } from './scalars.ts';
import { completed } from './scope.ts';
import type { Value } from './value.ts';

export interface MethodCall {
  readonly callee: { readonly type: FunctionType; readonly address: bigint; readonly name: string };
  /** What the method gets as `this`. */
  readonly self: Value;
}

/** `object.name (…)`: the method of the object's class, of a base, or, for a virtual one, of the class that the object really has. */
export function methodCall(object: Value, name: string, context: EvaluationContext): MethodCall | undefined {
  const type = bare(object.type);
  if (type.kind !== 'struct' || type.members.some((candidate) => candidate.name === name)) return undefined;
  for (const owner of [type, ...type.bases.map((base) => bare(base.type))]) {
    const method = owner.kind === 'struct' ? owner.methods.find((candidate) => candidate.name === name) : undefined;
    if (!method || owner.kind !== 'struct') continue;
    const address = addressOf(object);
    const dynamic = method.virtual ? dynamicClass(address, context) : undefined;
    const overriding = dynamic && methodOf(dynamic.type, name, context);
    if (dynamic && overriding) return call(overriding, dynamic.type, dynamic.address);
    const symbol = (method.linkageName ? context.program.functions(method.linkageName)[0] : undefined) ?? methodOf(owner, name, context);
    if (!symbol) throw new SondeError(`Cannot take address of method ${name}.`);
    return call(symbol, owner, address);
  }
  return undefined;
}

const call = ({ type, entry, name }: FunctionSymbol, owner: StructType, address: bigint): MethodCall => ({
  callee: { type, address: entry, name },
  self: integerValue(pointerTo(owner), address),
});

const methodOf = (owner: StructType, name: string, context: EvaluationContext): FunctionSymbol | undefined =>
  owner.methods.some((method) => method.name === name) ? context.program.functions(`${owner.name}::${name}`)[0] : undefined;

/** The class of the whole object: its vtable's symbol says which, the word before the vtable where it begins (Itanium C++ ABI §2.5.2). */
function dynamicClass(address: bigint, context: EvaluationContext): { type: StructType; address: bigint } | undefined {
  const word = (at: bigint): bigint => asInteger(memoryValue(builtin.long, at, context.memory));
  const vtable = BigInt.asUintN(64, word(address));
  const name = classOfVtable(context.program.minimalSymbolAt(vtable, 'any')?.symbol.name ?? '');
  const found =
    name === undefined
      ? undefined
      : context.program
          .types(name)
          .map((symbol) => bare(symbol.type))
          .find((type) => type.kind === 'struct');
  if (found?.kind !== 'struct') return undefined;
  return { type: completed(found, context), address: BigInt.asUintN(64, address + word(vtable - 16n)) };
}

/** `_ZTV7Derived`, `_ZTVN2ns3FooE`: the plain and nested names of the C++ ABI's mangling, no templates. */
function classOfVtable(symbol: string): string | undefined {
  const encoded = /^_ZTV(?:N((?:\d+[^\d].*)+)E|(\d+.*))$/.exec(symbol);
  let rest = encoded?.[1] ?? encoded?.[2] ?? '';
  const parts: string[] = [];
  while (rest !== '') {
    const digits = /^\d+/.exec(rest)?.[0];
    if (digits === undefined) return undefined;
    parts.push(rest.slice(digits.length, digits.length + Number(digits)));
    rest = rest.slice(digits.length + Number(digits));
  }
  return parts.length > 0 ? parts.join('::') : undefined;
}
