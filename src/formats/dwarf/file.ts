import { stringAt } from '../../base/cursor.ts';
import { FormatError } from '../../base/errors.ts';
import { AbbreviationTable } from './abbreviations.ts';
import { type Die, dieAt } from './die.ts';
import { readUnits, type UnitHeader } from './unit.ts';

/** Contents of a section, decompressed; undefined where the file has none of that name. */
export type SectionReader = (name: string) => Uint8Array | undefined;

const empty = new Uint8Array(0);

/** The debug sections of one file and the units in them. Nothing is read before it is asked for. */
export class DwarfFile {
  readonly #readSection: SectionReader;
  readonly #readSupplementary: SectionReader | undefined;
  readonly #typeElsewhere: ((signature: bigint) => Die | undefined) | undefined;
  readonly #sections = new Map<string, Uint8Array>();
  readonly #abbreviations = new Map<number, AbbreviationTable>();
  #units: readonly UnitHeader[] | undefined;
  #typeUnits: readonly UnitHeader[] | undefined;
  #bySignature: Map<bigint, UnitHeader> | undefined;
  #supplementary: DwarfFile | undefined;

  constructor(
    sections: SectionReader,
    others: { readonly supplementary?: SectionReader; readonly typeElsewhere?: (signature: bigint) => Die | undefined } = {},
  ) {
    this.#readSection = sections;
    this.#readSupplementary = others.supplementary;
    this.#typeElsewhere = others.typeElsewhere;
  }

  /** A section's bytes; none if it is missing. */
  section(name: string): Uint8Array {
    let bytes = this.#sections.get(name);
    if (!bytes) {
      bytes = this.#readSection(name) ?? empty;
      this.#sections.set(name, bytes);
    }
    return bytes;
  }

  /** Units of .debug_info, in its order. */
  get units(): readonly UnitHeader[] {
    this.#units ??= readUnits(this, '.debug_info');
    return this.#units;
  }

  /** Units of .debug_types: where DWARF 4 keeps type units. */
  get typeUnits(): readonly UnitHeader[] {
    this.#typeUnits ??= readUnits(this, '.debug_types');
    return this.#typeUnits;
  }

  get hasSupplementary(): boolean {
    return this.#readSupplementary !== undefined;
  }

  /** The file that dwz moved common parts to (.gnu_debugaltlink, .debug_sup). */
  get supplementary(): DwarfFile {
    if (!this.#readSupplementary) throw new FormatError('could not find supplementary DWARF file (.gnu_debugaltlink)');
    this.#supplementary ??= new DwarfFile(this.#readSupplementary);
    return this.#supplementary;
  }

  abbreviations(offset: number): AbbreviationTable {
    let table = this.#abbreviations.get(offset);
    if (!table) {
      table = new AbbreviationTable(this.section('.debug_abbrev'), offset);
      this.#abbreviations.set(offset, table);
    }
    return table;
  }

  /** The unit that an offset of .debug_info lies in. */
  unitAt(offset: number): UnitHeader {
    const { units } = this;
    let low = 0;
    let high = units.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (units[middle].offset <= offset) low = middle + 1;
      else high = middle;
    }
    const unit = units[low - 1];
    if (!unit || offset >= unit.end || offset < unit.firstDie)
      throw new FormatError(`No DIE at offset 0x${offset.toString(16)} of .debug_info`);
    return unit;
  }

  /** The DIE at an offset of .debug_info. */
  die(offset: number): Die {
    return dieAt(this.unitAt(offset), offset);
  }

  /** The type that a type unit of this signature describes (DW_FORM_ref_sig8). */
  typeBySignature(signature: bigint): Die {
    if (!this.#bySignature) {
      this.#bySignature = new Map();
      for (const unit of [...this.units, ...this.typeUnits]) if (unit.signature !== undefined) this.#bySignature.set(unit.signature, unit);
    }
    const unit = this.#bySignature.get(signature);
    const elsewhere = unit ? undefined : this.#typeElsewhere?.(signature);
    if (elsewhere) return elsewhere;
    if (!unit) throw new FormatError(`No type unit of signature 0x${signature.toString(16)}`);
    return dieAt(unit, unit.offset + unit.typeOffset!);
  }

  string(offset: number): string {
    return stringAt(this.section('.debug_str'), offset, '.debug_str');
  }
}
