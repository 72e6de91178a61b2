import { Cursor } from '../../base/cursor.ts';
import { FormatError } from '../../base/errors.ts';
import { packageSections } from './constants.ts';
import { type Die, dieAt } from './die.ts';
import { DwarfFile, type SectionReader } from './file.ts';
import type { UnitHeader } from './unit.ts';

/** Where a unit's part of each section is. */
type Contributions = ReadonlyMap<string, { readonly offset: number; readonly size: number }>;

/**
 * A DWARF package (.dwp): the .dwo files of a program in one (DWARF 5 §7.3.5). Offsets in a unit count from its contribution to a section, so each unit
 * gets a DwarfFile of its own whose sections are those contributions.
 */
export class DwarfPackage {
  readonly #sections: SectionReader;
  readonly #units: ReadonlyMap<bigint, Contributions>;
  readonly #types: ReadonlyMap<bigint, Contributions>;
  readonly #files = new Map<Contributions, DwarfFile>();

  /** `sections` takes names without `.dwo`. Throws FormatError for a damaged index. */
  constructor(sections: SectionReader) {
    this.#sections = sections;
    this.#units = readIndex(sections('.debug_cu_index'), '.debug_cu_index');
    this.#types = readIndex(sections('.debug_tu_index'), '.debug_tu_index');
  }

  /** The split unit of a skeleton. */
  unit(id: bigint): UnitHeader | undefined {
    const contributions = this.#units.get(id);
    return contributions && this.#file(contributions).units.find((unit) => unit.splitId === id);
  }

  #type(signature: bigint): Die | undefined {
    const contributions = this.#types.get(signature);
    if (!contributions) return undefined;
    const file = this.#file(contributions);
    const unit = [...file.units, ...file.typeUnits].find((candidate) => candidate.signature === signature);
    return unit && dieAt(unit, unit.offset + (unit.typeOffset ?? 0));
  }

  #file(contributions: Contributions): DwarfFile {
    let file = this.#files.get(contributions);
    if (!file) {
      const section: SectionReader = (name) => {
        const whole = this.#sections(name);
        const part = contributions.get(name);
        // Strings are shared by all.
        return part ? whole?.subarray(part.offset, part.offset + part.size) : name === '.debug_str' ? whole : undefined;
      };
      file = new DwarfFile(section, { typeElsewhere: (signature) => this.#type(signature) });
      this.#files.set(contributions, file);
    }
    return file;
  }
}

/** A hash table of signatures whose slots have the numbers of rows, then the rows: offsets, then sizes, a column a section. */
function readIndex(bytes: Uint8Array | undefined, name: string): Map<bigint, Contributions> {
  const index = new Map<bigint, Contributions>();
  if (!bytes || bytes.length === 0) return index;
  const cursor = new Cursor(bytes, 0, name);
  const version = cursor.u32() & 0xffff;
  if (version !== 2 && version !== 5) throw new FormatError(`Unknown version ${version} of ${name}`);
  const columns = cursor.u32();
  const rows = cursor.u32();
  const slots = cursor.u32();
  const signatures = cursor.offset;
  const rowNumbers = signatures + 8 * slots;
  const sections = rowNumbers + 4 * slots;
  const offsets = sections + 4 * columns;
  const sizes = offsets + 4 * columns * rows;
  if (sizes + 4 * columns * rows > bytes.length) throw new FormatError(`${name} is cut short`);
  const word = (offset: number): number => new Cursor(bytes, offset, name).u32();
  for (let slot = 0; slot < slots; slot++) {
    const row = word(rowNumbers + 4 * slot) - 1;
    if (row < 0) continue;
    if (row >= rows) throw new FormatError(`Row ${row + 1} of ${name} is not there`);
    const contributions = new Map<string, { offset: number; size: number }>();
    for (let column = 0; column < columns; column++) {
      const section = packageSections[version][word(sections + 4 * column)];
      const cell = 4 * (row * columns + column);
      if (section) contributions.set(section, { offset: word(offsets + cell), size: word(sizes + cell) });
    }
    index.set(new Cursor(bytes, signatures + 8 * slot, name).u64(), contributions);
  }
  return index;
}
