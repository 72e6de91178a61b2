import { stringOf } from '../../base/cursor.ts';
import { sectionIndex, sectionTypes, symbolBindings, symbolTypes } from './constants.ts';
import { type Decompressors, type Elf, type ElfSection, sectionContents } from './elf.ts';

/** One Elf64_Sym. */
export interface ElfSymbol {
  readonly name: string;
  /** st_value: a link-time address, or an offset in the TLS block. */
  readonly value: bigint;
  readonly size: number;
  readonly type: number;
  readonly binding: number;
  readonly section: number;
}

/**
 * A symbol table kept as bytes: names are decoded one at a time, so a table of 100,000 costs nothing until it is looked at.
 */
export class SymbolTable {
  readonly count: number;
  readonly #view: DataView;
  readonly #strings: Uint8Array;

  constructor(entries: Uint8Array, strings: Uint8Array) {
    this.count = Math.floor(entries.length / 24);
    this.#view = new DataView(entries.buffer, entries.byteOffset, entries.byteLength);
    this.#strings = strings;
  }

  at(index: number): ElfSymbol {
    return {
      name: this.name(index),
      value: this.value(index),
      size: this.size(index),
      type: this.type(index),
      binding: this.binding(index),
      section: this.section(index),
    };
  }
  name(index: number): string {
    const start = this.#view.getUint32(index * 24, true);
    const end = this.#strings.indexOf(0, start);
    return end < 0 ? '' : stringOf(this.#strings, start, end);
  }
  /** Indices of the symbols of that name, also with a version behind it (`memcpy@@GLIBC_2.14`). Compares bytes: nothing is decoded. */
  *named(name: string): Iterable<number> {
    const wanted = new TextEncoder().encode(name);
    const { length } = wanted;
    const strings = this.#strings;
    for (let index = 1; index < this.count; index++) {
      const start = this.#view.getUint32(index * 24, true);
      if (start === 0 || strings[start] !== wanted[0] || strings[start + length - 1] !== wanted[length - 1]) continue;
      const end = strings[start + length];
      if (end !== 0 && end !== atSign) continue;
      let same = 1;
      while (same < length && strings[start + same] === wanted[same]) same++;
      if (same === length) yield index;
    }
  }
  value(index: number): bigint {
    return this.#view.getBigUint64(index * 24 + 8, true);
  }
  /** The value as a double: exact for every user-space address. */
  valueNumber(index: number): number {
    return this.#view.getUint32(index * 24 + 12, true) * 2 ** 32 + this.#view.getUint32(index * 24 + 8, true);
  }
  size(index: number): number {
    return Number(this.#view.getBigUint64(index * 24 + 16, true));
  }
  type(index: number): number {
    return this.#view.getUint8(index * 24 + 4) & 0xf;
  }
  binding(index: number): number {
    return this.#view.getUint8(index * 24 + 4) >> 4;
  }
  section(index: number): number {
    return this.#view.getUint16(index * 24 + 6, true);
  }
  isDefined(index: number): boolean {
    return this.section(index) !== sectionIndex.undefined;
  }
  isNamed(index: number): boolean {
    const type = this.type(index);
    return this.#view.getUint32(index * 24, true) !== 0 && type !== symbolTypes.section && type !== symbolTypes.file;
  }
  isGlobal(index: number): boolean {
    return this.binding(index) !== symbolBindings.local;
  }
}

const atSign = 0x40;

/** .symtab or .dynsym with its string table; undefined when the file has none. */
export function symbolTableOf(elf: Elf, kind: 'symtab' | 'dynsym', decompressors: Decompressors): SymbolTable | undefined {
  const wanted = kind === 'symtab' ? sectionTypes.symbolTable : sectionTypes.dynamicSymbols;
  const section = elf.sections.find(({ type }) => type === wanted);
  const strings: ElfSection | undefined = section && elf.sections[section.link];
  const entries = section && sectionContents(elf, section, decompressors);
  const names = strings && sectionContents(elf, strings, decompressors);
  return entries && names ? new SymbolTable(entries, names) : undefined;
}
