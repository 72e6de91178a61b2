import { At, Tag } from '../../formats/dwarf/constants.ts';
import type { Die } from '../../formats/dwarf/die.ts';
import { Op } from '../../formats/dwarf/opcodes.ts';
import type { Module } from '../module.ts';
import type { EnumeratorSymbol, LabelSymbol, Location, SourceFile, TypeSymbol, VariableSymbol } from '../symbols.ts';
import type { Type } from '../types.ts';
import { toRun } from './address.ts';
import { inheritedFlag, inheritedName, linkageNameOf, owner } from './attributes.ts';
import { declaredAt } from './declarations.ts';
import { locationOf } from './locations.ts';
import type { DwarfUnit } from './unit.ts';

/** A variable or parameter: global, static or local. */
export class DwarfVariable implements VariableSymbol {
  readonly kind = 'variable';
  readonly #die: Die;

  constructor(
    readonly unit: DwarfUnit,
    die: Die,
    readonly name: string,
  ) {
    this.#die = die;
  }

  get module(): Module {
    return this.unit.module;
  }
  get linkageName(): string | undefined {
    return linkageNameOf(this.#die);
  }
  get file(): SourceFile | undefined {
    return declaredAt(this.unit, this.#die).file;
  }
  get line(): number {
    return declaredAt(this.unit, this.#die).line;
  }
  get type(): Type {
    return this.unit.debug.typeReader.typeOfAttribute(this.#die);
  }
  get isParameter(): boolean {
    return this.#die.tag === Tag.formalParameter;
  }
  get external(): boolean {
    return inheritedFlag(this.#die, At.external);
  }
  get artificial(): boolean {
    return inheritedFlag(this.#die, At.artificial);
  }
  /** An external name without a place: gdb's LOC_UNRESOLVED. */
  get isDeclared(): boolean {
    return this.external && !owner(this.#die, At.location) && !owner(this.#die, At.constValue);
  }
  get location(): Location {
    const die = owner(this.#die, At.location) ?? owner(this.#die, At.constValue) ?? this.#die;
    const location = locationOf(this.unit, die, At.location);
    return location.kind === 'absent' && this.isDeclared ? this.#elsewhere() : location;
  }
  /** Offset in .debug_info: what DW_OP_GNU_parameter_ref and DW_OP_implicit_pointer name it by. */
  get sectionOffset(): number {
    return this.#die.offset;
  }

  /** `extern` in a block: the definition in another unit of the module, or its ELF symbol. */
  #elsewhere(): Location {
    const definition = this.unit.debug.variables(this.name).find((other) => other.external && !other.isDeclared);
    if (definition) return definition.location;
    const { module } = this;
    const symbol = module.minimal.named(this.linkageName ?? this.name).find(({ kind }) => kind === 'data' || kind === 'bss');
    if (!symbol) return { kind: 'absent' };
    const bytes = new Uint8Array(9);
    bytes[0] = Op.addr;
    new DataView(bytes.buffer).setBigUint64(1, BigInt.asUintN(64, symbol.address - module.bias), true);
    return { kind: 'expression', bytes, unit: this.unit };
  }
}

/** A named type as a symbol. `type` is made when asked for. */
export class DwarfTypeSymbol implements TypeSymbol {
  readonly kind = 'type';
  readonly #die: Die;

  constructor(
    readonly unit: DwarfUnit,
    die: Die,
    readonly name: string,
  ) {
    this.#die = die;
  }

  get module(): Module {
    return this.unit.module;
  }
  get file(): SourceFile | undefined {
    return declaredAt(this.unit, this.#die).file;
  }
  get line(): number {
    return declaredAt(this.unit, this.#die).line;
  }
  get type(): Type {
    return this.unit.debug.typeReader.typeOf(this.#die);
  }
  get isDeclaration(): boolean {
    return this.#die.flag(At.declaration);
  }
}

export function enumeratorSymbol(unit: DwarfUnit, enumeration: Die, die: Die): EnumeratorSymbol {
  const { file, line } = declaredAt(unit, enumeration);
  return {
    kind: 'enumerator',
    name: die.string(At.name) ?? '',
    module: unit.module,
    unit,
    file,
    line,
    value: die.constant(At.constValue) ?? 0n,
    get type() {
      return unit.debug.typeReader.typeOf(enumeration);
    },
  };
}

/** Undefined: a label without a name. */
export function labelSymbol(unit: DwarfUnit, die: Die): LabelSymbol | undefined {
  const link = die.address(At.lowPc);
  const name = inheritedName(die);
  if (name === undefined) return undefined;
  const { module } = unit;
  return {
    kind: 'label',
    name,
    module,
    unit,
    ...declaredAt(unit, die),
    optimizedOut: link === undefined,
    get address() {
      return toRun(module, link ?? 0);
    },
  };
}
