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

/** The table at an offset of .debug_abbrev. It is skimmed as far as needed, and an entry decoded when it is asked for. */
export class AbbreviationTable {
  readonly #section: Uint8Array;
  /** Where entries begin, behind their codes. */
  readonly #offsets = new Map<number, number>();
  readonly #decoded = new Map<number, Abbreviation>();
  /** Where the skimming stopped; -1 at the end of the table. */
  #next: number;

  constructor(section: Uint8Array, offset: number) {
    this.#section = section;
    this.#next = offset;
  }

  get(code: number): Abbreviation | undefined {
    let abbreviation = this.#decoded.get(code);
    if (!abbreviation) {
      const offset = this.#offsets.get(code) ?? this.#skimTo(code);
      if (offset === undefined) return undefined;
      abbreviation = readAbbreviation(new Cursor(this.#section, offset, '.debug_abbrev'), code);
      this.#decoded.set(code, abbreviation);
    }
    return abbreviation;
  }

  /** The table ends with a zero code, or with the section. */
  #skimTo(wanted: number): number | undefined {
    while (this.#next >= 0) {
      const cursor = new Cursor(this.#section, this.#next, '.debug_abbrev');
      const code = cursor.atEnd ? 0 : cursor.ulebNumber();
      const { offset } = cursor;
      if (code === 0) {
        this.#next = -1;
        return undefined;
      }
      this.#offsets.set(code, offset);
      this.#next = afterAbbreviation(this.#section, offset);
      if (code === wanted) return offset;
    }
    return undefined;
  }
}

/** Behind an entry: two zero bytes where an attribute and its form would stand. A hot loop, as most entries are only passed. */
function afterAbbreviation(section: Uint8Array, offset: number): number {
  let at = offset;
  while (section[at++] & 0x80); // tag
  at++; // has children
  while (at < section.length) {
    const attribute = section[at++];
    if (attribute & 0x80) while (section[at++] & 0x80);
    const form = section[at++];
    if (form & 0x80) while (section[at++] & 0x80);
    if (attribute === 0 && form === 0) return at;
    if (form === Form.implicitConst) while (section[at++] & 0x80);
  }
  throw new FormatError('Unexpected end of .debug_abbrev');
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
