import { SondeError } from '../base/errors.ts';
import type { BtfTypes } from '../program/btf/btfTypes.ts';
import { bare, type Member, type StructType, type Type } from '../program/types.ts';

/** Where a member is in a structure. */
export interface Field {
  readonly offset: number;
  readonly size: number;
  readonly type: Type;
  readonly bitOffset?: number;
  readonly bitSize?: number;
}

/**
 * Members of the kernel's structures by path, from the kernel's own BTF: never from version numbers. A path may cross
 * nested and anonymous structures: `se.exec_start`, `__state`.
 */
export class Layouts {
  readonly #types: BtfTypes;
  readonly #fields = new Map<string, Field | undefined>();
  readonly #structs = new Map<string, StructType | undefined>();

  constructor(types: BtfTypes) {
    this.#types = types;
  }

  has(struct: string, path?: string): boolean {
    return path === undefined ? this.#struct(struct) !== undefined : this.#find(struct, path) !== undefined;
  }

  size(struct: string): number {
    const type = this.#struct(struct);
    if (!type) throw new SondeError(`this kernel has no struct ${struct}`);
    return type.size;
  }

  /** Throws SondeError when this kernel has no such member. */
  field(struct: string, path: string): Field {
    const field = this.#find(struct, path);
    if (!field) throw new SondeError(`this kernel has no ${struct}.${path}`);
    return field;
  }

  /** The first of several spellings that this kernel has: `__state` or `state`. */
  firstOf(struct: string, paths: readonly string[]): Field {
    const path = paths.find((candidate) => this.has(struct, candidate));
    if (path === undefined) throw new SondeError(`this kernel has no ${struct}.${paths[0]}`);
    return this.field(struct, path);
  }

  offset(struct: string, path: string): number {
    return this.field(struct, path).offset;
  }

  #struct(name: string): StructType | undefined {
    if (!this.#structs.has(name)) this.#structs.set(name, this.#types.struct(name));
    return this.#structs.get(name);
  }

  #find(struct: string, path: string): Field | undefined {
    const key = `${struct}.${path}`;
    if (!this.#fields.has(key)) this.#fields.set(key, resolve(this.#struct(struct), path.split('.')));
    return this.#fields.get(key);
  }
}

function resolve(struct: StructType | undefined, path: readonly string[]): Field | undefined {
  let type: Type | undefined = struct;
  let offset = 0;
  let member: Member | undefined;
  for (const name of path) {
    const found: { member: Member; offset: number } | undefined = type ? memberOf(type, name) : undefined;
    if (!found) return undefined;
    member = found.member;
    offset += found.offset;
    type = member.type;
  }
  return member && { offset, size: member.type.size, type: member.type, bitOffset: member.bitOffset, bitSize: member.bitSize };
}

function memberOf(type: Type, name: string): { member: Member; offset: number } | undefined {
  const struct = bare(type);
  if (struct.kind !== 'struct') return undefined;
  for (const member of struct.members) {
    if (member.name === name) return { member, offset: member.offset };
    if (member.name !== undefined) continue;
    const inner = memberOf(member.type, name);
    if (inner) return { member: inner.member, offset: member.offset + inner.offset };
  }
  return undefined;
}
