import { type Btf, type BtfEntry, BtfKind } from '../../formats/btf/btf.ts';
import { canonicalName } from '../dwarf/languages.ts';
import { type Enumerator, type EnumType, type FunctionType, type Member, type StructType, type Type, voidType } from '../types.ts';

/**
 * Types made from BTF, on demand: a finder like the one over DWARF, so one evaluator and one printer serve both.
 * Members of a struct are read when asked for, so cycles cost nothing.
 */
export class BtfTypes {
  readonly #btf: Btf;
  readonly #made = new Map<number, Type>();

  constructor(btf: Btf) {
    this.#btf = btf;
  }

  struct(name: string): StructType | undefined {
    const [id] = this.#btf.find(name, [BtfKind.struct, BtfKind.union]);
    return id === undefined ? undefined : (this.byId(id) as StructType);
  }

  enumeration(name: string): EnumType | undefined {
    const [id] = this.#btf.find(name, [BtfKind.enum, BtfKind.enum64]);
    return id === undefined ? undefined : (this.byId(id) as EnumType);
  }

  /** Typedefs and base types. */
  named(name: string): Type | undefined {
    const [id] = this.#btf.find(name, [BtfKind.typedef, BtfKind.int, BtfKind.float]);
    return id === undefined ? undefined : this.byId(id);
  }

  /** The prototype of a function of the kernel. */
  functionType(name: string): FunctionType | undefined {
    const [id] = this.#btf.find(name, [BtfKind.function]);
    if (id === undefined) return undefined;
    const type = this.byId(this.#btf.entry(id).sizeOrType);
    return type.kind === 'function' ? type : undefined;
  }

  /** The type of a per-CPU variable: the only variables BTF describes. */
  variable(name: string): Type | undefined {
    const [id] = this.#btf.find(name, [BtfKind.variable]);
    return id === undefined ? undefined : this.byId(this.#btf.entry(id).sizeOrType);
  }

  /** The enumerator of that name, in whichever enum it is: `MAPLE_PARENT_ROOT`, `NR_FREE_PAGES`, … */
  enumeratorNamed(name: string): { readonly type: EnumType; readonly value: bigint } | undefined {
    for (const id of this.#btf.ids([BtfKind.enum, BtfKind.enum64])) {
      const type = this.byId(id) as EnumType;
      const found = type.enumerators.find((enumerator) => enumerator.name === name);
      if (found) return { type, value: found.value };
    }
    return undefined;
  }

  byId(id: number): Type {
    if (id === 0) return voidType;
    const known = this.#made.get(id);
    if (known) return known;
    const type = this.#make(this.#btf.entry(id));
    this.#made.set(id, type);
    return type;
  }

  #make(entry: BtfEntry): Type {
    switch (entry.kind) {
      case BtfKind.int:
        return this.#integer(entry);
      case BtfKind.float:
        return { kind: 'float', name: entry.name, size: entry.sizeOrType, format: floatFormats[entry.sizeOrType] ?? 'binary64' };
      case BtfKind.pointer:
        return this.#lazy({ kind: 'pointer', size: 8 }, entry.sizeOrType);
      case BtfKind.array:
        return this.#array(entry);
      case BtfKind.struct:
      case BtfKind.union:
        return this.#struct(entry);
      case BtfKind.enum:
      case BtfKind.enum64:
        return this.#enum(entry);
      case BtfKind.forward:
        return { ...emptyStruct, keyword: entry.kindFlag ? 'union' : 'struct', name: entry.name, size: 0, members: [], declaration: true };
      case BtfKind.typedef:
        return this.#lazy({ kind: 'typedef', name: entry.name }, entry.sizeOrType, 'sized');
      case BtfKind.const:
        return this.#lazy({ kind: 'qualified', qualifier: 'const' }, entry.sizeOrType, 'sized');
      case BtfKind.volatile:
        return this.#lazy({ kind: 'qualified', qualifier: 'volatile' }, entry.sizeOrType, 'sized');
      case BtfKind.restrict:
        return this.#lazy({ kind: 'qualified', qualifier: 'restrict' }, entry.sizeOrType, 'sized');
      case BtfKind.typeTag:
      case BtfKind.function:
        return this.byId(entry.sizeOrType);
      case BtfKind.functionPrototype:
        return this.#prototype(entry);
      default:
        return voidType;
    }
  }

  /** A type whose target (and with `sized` its size) is made when asked for: types refer to each other in circles. */
  #lazy(fields: object, target: number, sized?: 'sized'): Type {
    const type = Object.create(null, {
      target: { enumerable: true, get: () => this.byId(target) },
      ...(sized ? { size: { enumerable: true, get: () => this.byId(target).size } } : {}),
    });
    return Object.assign(type, fields) as Type;
  }

  #integer(entry: BtfEntry): Type {
    const encoding = (this.#btf.viewOf(entry.id).getUint32(entry.tail, true) >>> 24) & 0xf;
    if (encoding & 4) return { kind: 'boolean', name: entry.name, size: entry.sizeOrType };
    const name = canonicalName(entry.name);
    const character = (encoding & 2) !== 0 || /^(un)?signed char$|^char$/.test(entry.name);
    return { kind: 'integer', name, size: entry.sizeOrType, signed: (encoding & 1) !== 0, character };
  }

  #array(entry: BtfEntry): Type {
    const view = this.#btf.viewOf(entry.id);
    const element = this.byId(view.getUint32(entry.tail, true));
    const count = view.getUint32(entry.tail + 8, true);
    // No elements: a flexible array member, which BTF does not tell from one of none.
    return { kind: 'array', element, count: count === 0 ? undefined : count, size: count * element.size, vector: false };
  }

  #struct(entry: BtfEntry): StructType {
    const types = this;
    let members: readonly Member[] | undefined;
    return {
      ...emptyStruct,
      keyword: entry.kind === BtfKind.union ? 'union' : 'struct',
      name: entry.name || undefined,
      size: entry.sizeOrType,
      declaration: false,
      get members() {
        members ??= types.#members(entry);
        return members;
      },
    };
  }

  /** `struct btf_member`; with kind_flag the offset's upper byte is the bit-field's size. */
  #members(entry: BtfEntry): Member[] {
    const view = this.#btf.viewOf(entry.id);
    return Array.from({ length: entry.vlen }, (_, index) => {
      const at = entry.tail + index * 12;
      const name = this.#btf.string(view.getUint32(at, true)) || undefined;
      const type = this.byId(view.getUint32(at + 4, true));
      const raw = view.getUint32(at + 8, true);
      const bits = entry.kindFlag ? raw & 0xffffff : raw;
      const bitSize = entry.kindFlag ? raw >>> 24 : 0;
      if (bitSize === 0) return { name, type, offset: bits >>> 3 };
      const unit = type.size * 8;
      const start = Math.floor(bits / unit) * unit;
      return { name, type, offset: start >>> 3, bitSize, bitOffset: bits - start };
    });
  }

  #enum(entry: BtfEntry): EnumType {
    const view = this.#btf.viewOf(entry.id);
    const wide = entry.kind === BtfKind.enum64;
    const enumerators: Enumerator[] = [];
    for (let index = 0; index < entry.vlen; index++) {
      const at = entry.tail + index * (wide ? 12 : 8);
      const name = this.#btf.string(view.getUint32(at, true));
      const low = view.getInt32(at + 4, true);
      if (wide) enumerators.push({ name, value: (BigInt(view.getInt32(at + 8, true)) << 32n) | BigInt(low >>> 0) });
      else enumerators.push({ name, value: BigInt(entry.kindFlag ? low : low >>> 0) });
    }
    // Before Linux 6.2 the kind_flag of an enum says nothing, so negative 32-bit values are told by their sign.
    const signed = entry.kindFlag;
    return {
      kind: 'enum',
      name: entry.name || undefined,
      size: entry.sizeOrType,
      signed,
      enumerators,
      scoped: false,
      declaration: entry.vlen === 0,
    };
  }

  #prototype(entry: BtfEntry): FunctionType {
    const view = this.#btf.viewOf(entry.id);
    const parameters: { name?: string; type: Type }[] = [];
    let varargs = false;
    for (let index = 0; index < entry.vlen; index++) {
      const name = this.#btf.string(view.getUint32(entry.tail + index * 8, true)) || undefined;
      const id = view.getUint32(entry.tail + index * 8 + 4, true);
      if (id === 0) varargs = true;
      else parameters.push({ name, type: this.byId(id) });
    }
    return { kind: 'function', size: 1, returns: this.byId(entry.sizeOrType), parameters, prototyped: true, varargs };
  }
}

const floatFormats: Record<number, 'binary32' | 'binary64' | 'x87-80'> = { 4: 'binary32', 8: 'binary64', 16: 'x87-80' };
const emptyStruct = { kind: 'struct', bases: [], methods: [], templateArguments: [], nested: [] } as const;
