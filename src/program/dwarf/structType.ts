import { Cursor } from '../../base/cursor.ts';
import { At, Tag } from '../../formats/dwarf/constants.ts';
import type { Die } from '../../formats/dwarf/die.ts';
import { Op } from '../../formats/dwarf/opcodes.ts';
import type { BaseClass, Member, Method, StructType, TemplateArgument, Type } from '../types.ts';
import { linkageNameOf } from './attributes.ts';
import type { TypeReader } from './typeReader.ts';

type Accessibility = 'public' | 'protected' | 'private';

interface Parts {
  readonly members: readonly Member[];
  readonly bases: readonly BaseClass[];
  readonly methods: readonly Method[];
  readonly templateArguments: readonly TemplateArgument[];
  readonly nested: readonly Type[];
}

/** A struct, union or class. Of one that is only declared here, the definition elsewhere in the module answers. */
export class DwarfStruct implements StructType {
  readonly kind = 'struct';
  readonly keyword: StructType['keyword'];
  readonly #reader: TypeReader;
  readonly #die: Die;
  #parts: Parts | undefined;
  #definition: StructType | null | undefined;

  constructor(reader: TypeReader, die: Die) {
    this.#reader = reader;
    this.#die = die;
    this.keyword = die.tag === Tag.unionType ? 'union' : die.tag === Tag.classType ? 'class' : 'struct';
  }

  get name(): string | undefined {
    return this.#reader.surroundings.qualifiedName(this.#die);
  }
  get size(): number {
    return this.#elsewhere?.size ?? this.#die.number(At.byteSize) ?? 0;
  }
  get declaration(): boolean {
    return this.#die.flag(At.declaration) && !this.#elsewhere;
  }
  get members(): readonly Member[] {
    return this.#elsewhere?.members ?? this.#read.members;
  }
  get bases(): readonly BaseClass[] {
    return this.#elsewhere?.bases ?? this.#read.bases;
  }
  get methods(): readonly Method[] {
    return this.#elsewhere?.methods ?? this.#read.methods;
  }
  get templateArguments(): readonly TemplateArgument[] {
    return this.#elsewhere?.templateArguments ?? this.#read.templateArguments;
  }
  get nested(): readonly Type[] {
    return this.#elsewhere?.nested ?? this.#read.nested;
  }

  get #elsewhere(): StructType | undefined {
    if (this.#definition === undefined) {
      const { name } = this;
      const found =
        this.#die.flag(At.declaration) && name !== undefined ? this.#reader.surroundings.definitionOf(name, this.keyword) : undefined;
      this.#definition = found?.kind === 'struct' && found !== this ? found : null;
    }
    return this.#definition ?? undefined;
  }

  get #read(): Parts {
    this.#parts ??= readParts(this.#reader, this.#die);
    return this.#parts;
  }
}

function readParts(reader: TypeReader, die: Die): Parts {
  const members: Member[] = [];
  const bases: BaseClass[] = [];
  const methods: Method[] = [];
  const templateArguments: TemplateArgument[] = [];
  const nested: Type[] = [];
  const standard: Accessibility = die.tag === Tag.classType ? 'private' : 'public';
  const read = (child: Die): void => {
    switch (child.tag) {
      case Tag.member:
      case Tag.variable:
        members.push(readMember(reader, child, standard));
        return;
      case Tag.inheritance:
        bases.push({
          type: reader.typeOfAttribute(child),
          offset: memberOffset(child),
          virtual: (child.number(At.virtuality) ?? 0) !== 0,
          accessibility: accessibilityOf(child, standard),
        });
        return;
      case Tag.subprogram:
        methods.push(readMethod(reader, child, standard));
        return;
      case Tag.templateTypeParameter:
        templateArguments.push({ name: child.string(At.name), type: reader.typeOfAttribute(child) });
        return;
      case Tag.templateValueParameter:
        templateArguments.push({ name: child.string(At.name), type: reader.typeOfAttribute(child), value: child.constant(At.constValue) });
        return;
      case Tag.structureType:
      case Tag.classType:
      case Tag.unionType:
      case Tag.enumerationType:
      case Tag.typedef:
        nested.push(reader.typeOf(child));
        return;
      case Tag.variantPart:
        // A Rust enum: every variant's fields lie over each other.
        for (const variant of child.children()) if (variant.tag === Tag.variant) for (const field of variant.children()) read(field);
        return;
    }
  };
  for (const child of die.children()) read(child);
  return { members, bases, methods, templateArguments, nested };
}

function accessibilityOf(die: Die, standard: Accessibility): Accessibility {
  const code = die.number(At.accessibility);
  return code === 1 ? 'public' : code === 2 ? 'protected' : code === 3 ? 'private' : standard;
}

function readMember(reader: TypeReader, die: Die, standard: Accessibility): Member {
  // Version 5 spells a static member as a variable, older ones as a member that is declared only.
  const isStatic = die.tag === Tag.variable || die.flag(At.declaration);
  const type = reader.typeOfAttribute(die);
  return {
    name: die.string(At.name),
    type,
    ...(isStatic
      ? { offset: 0, isStatic: true, constant: die.constant(At.constValue), linkageName: linkageNameOf(die) }
      : position(die, type)),
    accessibility: accessibilityOf(die, standard),
    artificial: die.flag(At.artificial) || undefined,
  };
}

/** DW_AT_data_member_location: a constant, or the expression DW_OP_plus_uconst. */
function memberOffset(die: Die): number {
  const constant = die.number(At.dataMemberLocation);
  if (constant !== undefined) return constant;
  const block = die.block(At.dataMemberLocation);
  if (block?.[0] !== Op.plusUconst) return 0;
  return new Cursor(block, 1).ulebNumber();
}

function position(die: Die, type: Type): { offset: number; bitSize?: number; bitOffset?: number } {
  const offset = memberOffset(die);
  const bitSize = die.number(At.bitSize);
  if (bitSize === undefined) return { offset };
  const storage = die.number(At.byteSize) ?? type.size;
  const dataBit = die.number(At.dataBitOffset);
  // The old attribute counts from the most significant bit of the storage unit (DWARF 3 §5.6.6).
  const oldBit = die.constant(At.bitOffset);
  const bit = dataBit ?? offset * 8 + (oldBit === undefined ? 0 : storage * 8 - Number(BigInt.asIntN(64, oldBit)) - bitSize);
  return { ...storageUnit(bit, bitSize, type.size), bitSize };
}

/** The aligned unit of the declared type that holds the field; for a packed field across two of them, from its first byte. */
function storageUnit(bit: number, bitSize: number, size: number): { offset: number; bitOffset: number } {
  const unitBits = Math.max(size, 1) * 8;
  const start = Math.floor(bit / unitBits) * unitBits;
  if (bit + bitSize <= start + unitBits) return { offset: start / 8, bitOffset: bit - start };
  return { offset: Math.floor(bit / 8), bitOffset: bit % 8 };
}

function readMethod(reader: TypeReader, die: Die, standard: Accessibility): Method {
  const type = reader.functionType(die);
  return {
    name: die.string(At.name) ?? '',
    linkageName: linkageNameOf(die),
    type,
    virtual: (die.number(At.virtuality) ?? 0) !== 0,
    get isStatic() {
      return !type.parameters[0]?.artificial;
    },
    artificial: die.flag(At.artificial),
    accessibility: accessibilityOf(die, standard),
  };
}
