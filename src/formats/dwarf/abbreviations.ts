import { Cursor } from '../../base/cursor.ts';
import { FormatError } from '../../base/errors.ts';
import { Form } from './constants.ts';

/** One entry of an abbreviation table: what a DIE that names it looks like (DWARF 5 §7.5.3). */
export interface Abbreviation {
  readonly code: number;
  readonly tag: number;
  readonly hasChildren: boolean;
  /** DW_AT_* and DW_FORM_*, in the order of the bytes. */
  readonly attributes: Uint16Array;
  readonly forms: Uint16Array;
  /** DW_FORM_implicit_const: values that take no bytes in the DIE, by index of the attribute. */
  readonly constants: ReadonlyMap<number, bigint> | undefined;
}

/** The table at an offset of .debug_abbrev, read as far as it is needed: a unit's root DIE is described by its first entry. */
export class AbbreviationTable {
  readonly #cursor: Cursor;
  readonly #read = new Map<number, Abbreviation>();
  #complete = false;

  constructor(section: Uint8Array, offset: number) {
    this.#cursor = new Cursor(section, offset, '.debug_abbrev');
  }

  get(code: number): Abbreviation | undefined {
    const known = this.#read.get(code);
    if (known) return known;
    while (!this.#complete) {
      const next = this.#next();
      if (next?.code === code) return next;
    }
    return undefined;
  }

  /** The table ends with a zero code, or with the section. */
  #next(): Abbreviation | undefined {
    const code = this.#cursor.atEnd ? 0 : this.#cursor.ulebNumber();
    if (code === 0) {
      this.#complete = true;
      return undefined;
    }
    const abbreviation = readAbbreviation(this.#cursor, code);
    this.#read.set(code, abbreviation);
    return abbreviation;
  }
}

function readAbbreviation(cursor: Cursor, code: number): Abbreviation {
  const tag = cursor.ulebNumber();
  const hasChildren = cursor.u8() !== 0;
  const attributes: number[] = [];
  const forms: number[] = [];
  let constants: Map<number, bigint> | undefined;
  for (;;) {
    const attribute = cursor.ulebNumber();
    const form = cursor.ulebNumber();
    if (attribute === 0 && form === 0) break;
    if (attribute > 0xffff || form > 0xffff || tag > 0xffff) throw new FormatError(`Bad abbreviation ${code} in .debug_abbrev`);
    if (form === Form.implicitConst) {
      constants ??= new Map();
      constants.set(attributes.length, cursor.sleb());
    }
    attributes.push(attribute);
    forms.push(form);
  }
  return { code, tag, hasChildren, attributes: Uint16Array.from(attributes), forms: Uint16Array.from(forms), constants };
}
