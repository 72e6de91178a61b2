import { stringAt } from '../../base/cursor.ts';
import { FormatError } from '../../base/errors.ts';
import type { DwarfFile } from '../../formats/dwarf/file.ts';
import { NameKind, type Outline } from '../../formats/dwarf/scan.ts';
import { Shape } from '../../formats/dwarf/scanProgram.ts';
import type { DwarfUnit } from './unit.ts';

/** A named thing of a unit: its place in the unit's outline. */
export interface Entry {
  readonly unit: DwarfUnit;
  readonly index: number;
}

/**
 * Plain names (DW_AT_name, without scopes) of everything at file level → entries, in the order of the units. A hash table over the
 * bytes of the names: no string is made but for the names that are asked for.
 */
export class NameIndex {
  readonly #units: readonly DwarfUnit[];
  /** Number of the first entry of each unit, and of one more. */
  readonly #starts: Uint32Array;
  readonly #hash: Uint32Array;
  /** Entry number plus 1; 0: none. */
  readonly #heads: Uint32Array;
  readonly #next: Uint32Array;

  constructor(units: readonly DwarfUnit[]) {
    this.#units = units;
    this.#starts = new Uint32Array(units.length + 1);
    let total = 0;
    units.forEach((unit, i) => {
      total += unit.outline.count;
      this.#starts[i + 1] = total;
    });
    this.#hash = new Uint32Array(total);
    this.#next = new Uint32Array(total);
    this.#heads = new Uint32Array(2 ** Math.max(4, Math.ceil(Math.log2(total + 1))));
    this.#fill();
  }

  /** Backwards, so that each chain is in order. */
  #fill(): void {
    const mask = this.#heads.length - 1;
    for (let u = this.#units.length - 1; u >= 0; u--) {
      const unit = this.#units[u];
      const { outline } = unit;
      const start = this.#starts[u];
      for (let i = outline.count - 1; i >= 0; i--) {
        // Declarations lead nowhere; scopes and imports are no symbols.
        if (outline.shape[i] & Shape.declaration) continue;
        const hash = hashOf(unit, outline, i);
        if (hash === 0) continue;
        const number = start + i;
        this.#hash[number] = hash;
        this.#next[number] = this.#heads[hash & mask];
        this.#heads[hash & mask] = number + 1;
      }
    }
  }

  *entries(name: string): Iterable<Entry> {
    const hash = hashText(name);
    for (let number = this.#heads[hash & (this.#heads.length - 1)]; number !== 0; number = this.#next[number - 1]) {
      if (this.#hash[number - 1] !== hash) continue;
      const entry = this.#entry(number - 1);
      if (plainName(entry.unit, entry.index) === name) yield entry;
    }
  }

  *all(): Iterable<Entry> {
    for (const unit of this.#units) {
      for (let index = 0; index < unit.outline.count; index++) if (!(unit.outline.shape[index] & Shape.declaration)) yield { unit, index };
    }
  }

  #entry(number: number): Entry {
    let low = 0;
    let high = this.#units.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#starts[middle] <= number) low = middle + 1;
      else high = middle;
    }
    return { unit: this.#units[low - 1], index: number - this.#starts[low - 1] };
  }
}

/** Of the outline's entry; undefined: it has no name. */
export function plainName(unit: DwarfUnit, index: number): string | undefined {
  const place = namePlace(unit, unit.outline, index);
  return place && stringAt(place.table, place.offset);
}

interface NamePlace {
  readonly table: Uint8Array;
  readonly offset: number;
}

/** More than any chain of specification and abstract origin. */
const longestChain = 8;

/** Where the bytes of an entry's name are; those of its origin if it has none of its own. */
function namePlace(unit: DwarfUnit, outline: Outline, index: number, depth = 0): NamePlace | undefined {
  const { file } = unit.header;
  const offset = outline.name[index];
  switch (outline.nameKind[index]) {
    case NameKind.debugStr:
      return { table: file.section('.debug_str'), offset };
    case NameKind.inline:
      return { table: unit.header.section, offset };
    case NameKind.lineStr:
      return { table: file.section('.debug_line_str'), offset };
    case NameKind.supplementaryStr:
      return { table: file.supplementary.section('.debug_str'), offset };
    case NameKind.origin:
      return depth < longestChain ? originPlace(unit, file, offset, depth) : undefined;
    case NameKind.supplementaryOrigin:
      return depth < longestChain ? originPlace(unit, file.supplementary, offset, depth) : undefined;
    default:
      return undefined;
  }
}

function originPlace(unit: DwarfUnit, file: DwarfFile, offset: number, depth: number): NamePlace | undefined {
  const { header } = unit;
  try {
    const inSameUnit = file === header.file && offset >= header.firstDie && offset < header.end;
    const originUnit = inSameUnit ? unit : unit.debug.unitOf(file.unitAt(offset));
    const index = originUnit.indexOf(offset);
    return index === undefined ? undefined : namePlace(originUnit, originUnit.outline, index, depth + 1);
  } catch (error) {
    if (error instanceof FormatError) return undefined;
    throw error;
  }
}

/** FNV-1a; 0 stands for no name. */
function hashOf(unit: DwarfUnit, outline: Outline, index: number): number {
  const place = namePlace(unit, outline, index);
  if (!place) return 0;
  const { table } = place;
  let hash = 0x811c9dc5;
  for (let at = place.offset; at < table.length && table[at] !== 0; at++) hash = Math.imul(hash ^ table[at], 0x01000193);
  return hash >>> 0 || 1;
}

const utf8 = new TextEncoder();

function hashText(name: string): number {
  let hash = 0x811c9dc5;
  for (const byte of utf8.encode(name)) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0 || 1;
}
