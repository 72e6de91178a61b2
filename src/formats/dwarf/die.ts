import { Cursor, stringAt } from '../../base/cursor.ts';
import { FormatError } from '../../base/errors.ts';
import type { Abbreviation } from './abbreviations.ts';
import { At, Form } from './constants.ts';
import { readAddress, readOffset, skipForm } from './forms.ts';
import { skipSubtree } from './scan.ts';
import type { UnitHeader } from './unit.ts';

/**
 * A debugging information entry. Attributes are found when it is made, and decoded when they are asked for. An attribute that is absent, or of
 * a class that the question does not fit, is undefined.
 */
export class Die {
  readonly tag: number;
  readonly #abbreviation: Abbreviation;
  /** Where each attribute's value begins. */
  readonly #positions: readonly number[];
  /** Behind the attributes: the first child, or the next entry. */
  readonly end: number;

  constructor(
    readonly unit: UnitHeader,
    readonly offset: number,
    abbreviation: Abbreviation,
    cursor: Cursor,
  ) {
    this.tag = abbreviation.tag;
    this.#abbreviation = abbreviation;
    const { forms } = abbreviation;
    const positions: number[] = [];
    for (let i = 0; i < forms.length; i++) {
      positions.push(cursor.offset);
      skipForm(cursor, forms[i], unit);
    }
    this.#positions = positions;
    this.end = cursor.offset;
    if (this.end > unit.end) throw new FormatError(`DIE at offset 0x${offset.toString(16)} crosses the end of its unit`);
  }

  get hasChildren(): boolean {
    return this.#abbreviation.hasChildren;
  }

  /** Identifies it within its file: offsets of .debug_types are kept apart from those of .debug_info. */
  get key(): number {
    return this.unit.sectionName === '.debug_types' ? this.offset + 2 ** 40 : this.offset;
  }

  has(attribute: number): boolean {
    return this.#abbreviation.attributes.includes(attribute);
  }

  /** DW_FORM_* of an attribute, behind DW_FORM_indirect. */
  form(attribute: number): number | undefined {
    return this.#value(attribute)?.form;
  }

  flag(attribute: number): boolean {
    const value = this.#value(attribute);
    if (!value) return false;
    return value.form === Form.flagPresent || (value.form === Form.flag && value.cursor.u8() !== 0);
  }

  string(attribute: number): string | undefined {
    const value = this.#value(attribute);
    if (!value) return undefined;
    const { form, cursor } = value;
    const { file, offsetSize } = this.unit;
    switch (form) {
      case Form.string:
        return cursor.string();
      case Form.strp:
        return file.string(readOffset(cursor, offsetSize));
      case Form.lineStrp:
        return stringAt(file.section('.debug_line_str'), readOffset(cursor, offsetSize), '.debug_line_str');
      case Form.strpSup:
      case Form.gnuStrpAlt:
        return file.supplementary.string(readOffset(cursor, offsetSize));
      default: {
        const index = indexForm(form, cursor);
        return index === undefined ? undefined : file.string(this.unit.indexedString(index));
      }
    }
  }

  /** A constant as it stands, sign-extended for DW_FORM_sdata and implicit_const, zero-extended for the rest. */
  constant(attribute: number): bigint | undefined {
    const value = this.#value(attribute);
    if (!value) return undefined;
    const { form, cursor } = value;
    switch (form) {
      case Form.data1:
        return BigInt(cursor.u8());
      case Form.data2:
        return BigInt(cursor.u16());
      case Form.data4:
        return BigInt(cursor.u32());
      case Form.data8:
        return cursor.u64();
      case Form.udata:
        return cursor.uleb();
      case Form.sdata:
        return cursor.sleb();
      case Form.implicitConst:
        return value.constant;
      default:
        return undefined;
    }
  }
  /** A constant that is a size, a line, a count … */
  number(attribute: number): number | undefined {
    const value = this.#value(attribute);
    if (!value) return undefined;
    const { form, cursor } = value;
    if (form === Form.data1) return cursor.u8();
    if (form === Form.data2) return cursor.u16();
    if (form === Form.data4) return cursor.u32();
    if (form === Form.udata) return cursor.ulebNumber();
    const constant = this.constant(attribute);
    return constant === undefined ? undefined : Number(constant);
  }

  /** A link-time address, as a signed double. */
  address(attribute: number): number | undefined {
    const value = this.#value(attribute);
    if (!value) return undefined;
    const { form, cursor } = value;
    if (form === Form.addr) return readAddress(cursor, this.unit.addressSize);
    const index = addressIndexForm(form, cursor);
    return index === undefined ? undefined : this.unit.indexedAddress(index);
  }

  /** An offset into another section: DW_FORM_sec_offset, or data4 and data8 before it was there. */
  sectionOffset(attribute: number): number | undefined {
    const value = this.#value(attribute);
    if (!value) return undefined;
    const { form, cursor } = value;
    if (form === Form.secOffset) return readOffset(cursor, this.unit.offsetSize);
    if (this.unit.version >= 4) return undefined;
    if (form === Form.data4) return cursor.u32();
    return form === Form.data8 ? cursor.u64Number() : undefined;
  }
  /** DW_FORM_loclistx and DW_FORM_rnglistx. */
  listIndex(attribute: number): number | undefined {
    const value = this.#value(attribute);
    return value && (value.form === Form.loclistx || value.form === Form.rnglistx) ? value.cursor.ulebNumber() : undefined;
  }

  /** A block or an expression, not copied. */
  block(attribute: number): Uint8Array | undefined {
    const value = this.#value(attribute);
    if (!value) return undefined;
    const { form, cursor } = value;
    switch (form) {
      case Form.exprloc:
      case Form.block:
        return cursor.take(cursor.ulebNumber());
      case Form.block1:
        return cursor.take(cursor.u8());
      case Form.block2:
        return cursor.take(cursor.u16());
      case Form.block4:
        return cursor.take(cursor.u32());
      case Form.data16:
        return cursor.take(16);
      default:
        return undefined;
    }
  }

  /** The DIE that an attribute refers to: in this unit, another one, a type unit or the supplementary file. */
  reference(attribute: number): Die | undefined {
    const value = this.#value(attribute);
    if (!value) return undefined;
    const { form, cursor } = value;
    const { unit } = this;
    switch (form) {
      case Form.ref1:
        return dieAt(unit, unit.offset + cursor.u8());
      case Form.ref2:
        return dieAt(unit, unit.offset + cursor.u16());
      case Form.ref4:
        return dieAt(unit, unit.offset + cursor.u32());
      case Form.ref8:
        return dieAt(unit, unit.offset + cursor.u64Number());
      case Form.refUdata:
        return dieAt(unit, unit.offset + cursor.ulebNumber());
      case Form.refAddr:
        return unit.file.die(readOffset(cursor, unit.version <= 2 ? unit.addressSize : unit.offsetSize));
      case Form.refSig8:
        return unit.file.typeBySignature(cursor.u64());
      case Form.refSup4:
        return unit.file.supplementary.die(cursor.u32());
      case Form.refSup8:
        return unit.file.supplementary.die(cursor.u64Number());
      case Form.gnuRefAlt:
        return unit.file.supplementary.die(readOffset(cursor, unit.offsetSize));
      default:
        return undefined;
    }
  }

  /** Direct children, in order. */
  *children(): Iterable<Die> {
    if (!this.hasChildren) return;
    for (let offset = this.end; offset < this.unit.end; ) {
      const child = readDie(this.unit, offset);
      if (!child) return;
      yield child;
      offset = child.afterSubtree();
    }
  }

  /** Offset of the entry behind this one and all that it owns. */
  afterSubtree(): number {
    if (!this.hasChildren) return this.end;
    const value = this.#value(At.sibling);
    if (value) {
      const { form, cursor } = value;
      const sibling =
        this.unit.offset +
        (form === Form.ref4 ? cursor.u32() : form === Form.refUdata ? cursor.ulebNumber() : form === Form.ref2 ? cursor.u16() : 0);
      if (sibling > this.end && sibling <= this.unit.end) return sibling;
    }
    return skipSubtree(this.unit, this.end);
  }

  #value(attribute: number): { form: number; cursor: Cursor; constant: bigint | undefined } | undefined {
    const index = this.#abbreviation.attributes.indexOf(attribute);
    if (index < 0) return undefined;
    const { unit } = this;
    const cursor = new Cursor(unit.section, this.#positions[index], unit.sectionName);
    let form = this.#abbreviation.forms[index];
    if (form === Form.indirect) form = cursor.ulebNumber();
    return { form, cursor, constant: this.#abbreviation.constants?.get(index) };
  }
}

/** The DIE at an offset of its section. Throws FormatError where there is none. */
export function dieAt(unit: UnitHeader, offset: number): Die {
  const die = offset >= unit.firstDie && offset < unit.end ? readDie(unit, offset) : undefined;
  if (!die) throw new FormatError(`No DIE at offset 0x${offset.toString(16)} of ${unit.sectionName}`);
  return die;
}

/** Undefined: the null entry that ends a list of siblings. */
function readDie(unit: UnitHeader, offset: number): Die | undefined {
  const cursor = new Cursor(unit.section, offset, unit.sectionName);
  const code = cursor.ulebNumber();
  if (code === 0) return undefined;
  const abbreviation = unit.abbreviations.get(code);
  if (!abbreviation) throw unknownAbbreviation(code, unit, offset);
  return new Die(unit, offset, abbreviation, cursor);
}

export const unknownAbbreviation = (code: number, unit: UnitHeader, offset: number): FormatError =>
  new FormatError(
    `Dwarf Error: Could not find abbrev number ${code} in compilation unit at offset 0x${unit.offset.toString(16)} (DIE at 0x${offset.toString(16)})`,
  );

function indexForm(form: number, cursor: Cursor): number | undefined {
  switch (form) {
    case Form.strx:
    case Form.gnuStrIndex:
      return cursor.ulebNumber();
    case Form.strx1:
      return cursor.u8();
    case Form.strx2:
      return cursor.u16();
    case Form.strx3:
      return cursor.u24();
    case Form.strx4:
      return cursor.u32();
    default:
      return undefined;
  }
}

function addressIndexForm(form: number, cursor: Cursor): number | undefined {
  switch (form) {
    case Form.addrx:
    case Form.gnuAddrIndex:
      return cursor.ulebNumber();
    case Form.addrx1:
      return cursor.u8();
    case Form.addrx2:
      return cursor.u16();
    case Form.addrx3:
      return cursor.u24();
    case Form.addrx4:
      return cursor.u32();
    default:
      return undefined;
  }
}
