import { SondeError } from '../../base/errors.ts';
import { memberValue, subscript } from '../../evaluate/access.ts';
import type { EvaluationContext } from '../../evaluate/context.ts';
import { formatField } from '../../evaluate/index.ts';
import { memoryValue } from '../../evaluate/makeValue.ts';
import { asInteger, isIntegral } from '../../evaluate/scalars.ts';
import type { Value } from '../../evaluate/value.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import { bare, type StructType, type Type } from '../../program/types.ts';

/** A structure or union by its tag, or by a typedef of one. Undefined where this kernel has none of that name. */
export function structNamed(kernel: Kernel, name: string): Type | undefined {
  const struct = kernel.types.struct(name);
  if (struct) return struct;
  const typedef = kernel.types.named(name);
  return typedef && bare(typedef).kind === 'struct' ? typedef : undefined;
}

/** A member of a structure in memory. */
export interface FoundMember {
  readonly value: Value;
  /** How deep it is in structures without names; 0 of one that was reached by a path. */
  readonly depth: number;
  readonly isLast: boolean;
}

/**
 * A member by name or path: `pid`, `se.load`, `rlim[1].rlim_cur`. Undefined where there is no such member; throws SondeError for an index into what
 * is no array, or of characters or bits, as crash does not take them apart.
 */
export function findMember(struct: Value, path: string, context: EvaluationContext): FoundMember | undefined {
  const parts = path.split('.');
  let found: FoundMember | undefined;
  for (const part of parts) {
    const [, name, index] = /^(\w+)(?:\[(\d+)\])?$/.exec(part) ?? [];
    found = name === undefined ? undefined : directMember(found?.value ?? struct, name, 0, context);
    if (!found) return undefined;
    if (index !== undefined) found = { ...found, value: element(found.value, BigInt(index), path, context) };
  }
  return found && (parts.length > 1 || path.includes('[') ? { ...found, depth: 0 } : found);
}

function element(array: Value, index: bigint, path: string, context: EvaluationContext): Value {
  const type = bare(array.type);
  if (type.kind !== 'array') throw new SondeError(`invalid data structure member reference: ${path}`);
  if (type.count !== undefined && type.count > 0 && index >= BigInt(type.count))
    throw new SondeError(`invalid data structure member reference: ${path}`);
  return subscript(array, index, context);
}

function directMember(struct: Value, name: string, depth: number, context: EvaluationContext): FoundMember | undefined {
  const type = bare(struct.type);
  if (type.kind !== 'struct') return undefined;
  for (const [index, member] of type.members.entries()) {
    const isLast = index === type.members.length - 1;
    if (member.name === name) return { value: memberValue(struct, member, context), depth, isLast };
    if (member.name !== undefined || bare(member.type).kind !== 'struct') continue;
    const inner = directMember(memberValue(struct, member, context), name, depth + 1, context);
    if (inner) return inner;
  }
  return undefined;
}

/** `  pid = 1,` and the like: with crash's indentation, and a comma unless it is its structure's last member. */
export function memberText(path: string, { value, depth, isLast }: FoundMember, context: EvaluationContext): string {
  const indent = '  '.repeat(depth + 1);
  const text = formatField(value, undefined, context).replaceAll('\n', `\n${indent}`);
  return `${indent}${path} = ${text}${isLast ? '' : ','}\n`;
}

/** As `list -S` reads members: numbers, and characters as a text to the first NUL. */
export function plainMemberText(path: string, { value }: FoundMember, context: EvaluationContext): string {
  const type = bare(value.type);
  if (type.kind === 'array' && type.element.size === 1) {
    const end = value.bytes.indexOf(0);
    return `  ${path} = "${Buffer.from(end < 0 ? value.bytes : value.bytes.subarray(0, end)).toString('latin1')}"\n`;
  }
  if (type.kind !== 'pointer' && !isIntegral(type)) return memberText(path, { value, depth: 0, isLast: false }, context);
  const number = asInteger(value);
  const isHexadecimal = type.kind === 'pointer' || context.limits.outputRadix === 16;
  return `  ${path} = ${isHexadecimal ? `0x${BigInt.asUintN(type.size * 8, number).toString(16)}` : number}\n`;
}

/** `struct list_head {` … `}`. */
export function structText(type: Type, name: string, address: bigint, context: EvaluationContext): string {
  const { keyword } = bare(type) as StructType;
  return `${keyword} ${name} ${formatField(memoryValue(type, address, context.memory), undefined, context)}\n`;
}

/** `task_struct.pid,comm`: a structure's name and the members that are wanted; none means the whole. */
export function splitReference(word: string): { readonly name: string; readonly members: readonly string[] } {
  const at = word.indexOf('.');
  return at < 0 ? { name: word, members: [] } : { name: word.slice(0, at), members: word.slice(at + 1).split(',') };
}
