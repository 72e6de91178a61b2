import type { DwarfFile } from '../../formats/dwarf/file.ts';
import type { DwarfUnit } from './unit.ts';

/**
 * Which units mention a name, found without reading any of them: the name's bytes are looked up in .debug_str, and the offset found there is
 * looked up, as bytes, in .debug_info. So a single look-up in a large program costs a few milliseconds, not an index of everything.
 * Chance hits only cost the reading of a unit in vain.
 */
export class NameSearch {
  readonly #file: DwarfFile;
  readonly #units: readonly DwarfUnit[];

  /** Undefined where names may be meant without being mentioned: through references to other units or indices of strings. */
  static create(file: DwarfFile, units: readonly DwarfUnit[]): NameSearch | undefined {
    const indirect = elsewhere.some((name) => file.section(name).length > 0) || file.typeUnits.length > 0 || file.hasSupplementary;
    return indirect || refersAcrossUnits(file.section('.debug_abbrev')) ? undefined : new NameSearch(file, units);
  }

  private constructor(file: DwarfFile, units: readonly DwarfUnit[]) {
    this.#file = file;
    this.#units = units;
  }

  /** In the order of the units. */
  unitsNaming(name: string): readonly DwarfUnit[] {
    const text = new TextEncoder().encode(`${name}\0`);
    const mentions = ['.debug_str', '.debug_line_str'].flatMap((table) =>
      stringOffsets(this.#file.section(table), text).map(littleEndian32),
    );
    const info = this.#file.section('.debug_info');
    const hits = [text, ...mentions].flatMap((sequence) => occurrences(info, sequence)).sort((a, b) => a - b);
    const found: DwarfUnit[] = [];
    let next = 0;
    for (const hit of hits) {
      while (next < this.#units.length && this.#units[next].header.end <= hit) next++;
      const unit = this.#units[next];
      if (unit && hit >= unit.header.offset && found.at(-1) !== unit) found.push(unit);
    }
    return found;
  }
}

/** Sections that a file with indexed strings has, or one whose units are split. */
const elsewhere = ['.debug_str_offsets', '.debug_addr'];

/** False: no DIE of the file has that name, unless it is so short that it stands in the DIE itself. */
export function mentionsName(file: DwarfFile, name: string): boolean {
  const text = new TextEncoder().encode(`${name}\0`);
  return ['.debug_str', '.debug_line_str'].some((table) => stringOffsets(file.section(table), text).length > 0);
}

/** DW_AT_abstract_origin or DW_AT_specification as DW_FORM_ref_addr; the pair of bytes may stand there by chance too. */
function refersAcrossUnits(abbreviations: Uint8Array): boolean {
  for (let i = 0; i + 1 < abbreviations.length; i++) {
    if (abbreviations[i + 1] === 0x10 && (abbreviations[i] === 0x31 || abbreviations[i] === 0x47)) return true;
  }
  return false;
}

/** Where a name is as a whole string; a linker that shares tails leaves it only as the end of longer ones, and does not say of which. */
function stringOffsets(table: Uint8Array, text: Uint8Array): readonly number[] {
  const all = occurrences(table, text);
  const whole = all.filter((offset) => offset === 0 || table[offset - 1] === 0);
  return whole.length > 0 ? whole : all;
}

const littleEndian32 = (value: number): Uint8Array => Uint8Array.of(value, value >>> 8, value >>> 16, value >>> 24);

/** Every place of a byte sequence. The engine's own search goes from one occurrence of its rarest byte to the next. */
function occurrences(bytes: Uint8Array, sequence: Uint8Array): number[] {
  const frequency = byteFrequencies(bytes);
  let rarest = 0;
  for (let i = 1; i < sequence.length; i++) if (frequency[sequence[i]] < frequency[sequence[rarest]]) rarest = i;
  const places: number[] = [];
  for (let at = bytes.indexOf(sequence[rarest]); at >= 0; at = bytes.indexOf(sequence[rarest], at + 1)) {
    const start = at - rarest;
    let length = 0;
    while (length < sequence.length && bytes[start + length] === sequence[length]) length++;
    if (length === sequence.length) places.push(start);
  }
  return places;
}

/** Of a sample. */
function byteFrequencies(bytes: Uint8Array): Uint32Array {
  const counts = new Uint32Array(256);
  const step = Math.max(1, Math.floor(bytes.length / 4096)) | 1;
  for (let i = 0; i < bytes.length; i += step) counts[bytes[i]]++;
  return counts;
}
