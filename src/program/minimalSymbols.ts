import type { Address } from '../base/address.ts';
import { sectionFlags, sectionIndex, sectionTypes, symbolTypes } from '../formats/elf/constants.ts';
import type { ElfSection } from '../formats/elf/elf.ts';
import type { SymbolTable } from '../formats/elf/symbols.ts';
import type { MinimalSymbols, Module } from './module.ts';
import type { PltEntry } from './plt.ts';
import type { MinimalSymbol } from './symbols.ts';

/** A symbol table and the sections its indices speak of. */
export interface SymbolSource {
  readonly table: SymbolTable;
  readonly sections: readonly ElfSection[];
}

interface Row {
  readonly name: string;
  readonly value: number;
  readonly size: number;
  readonly kind: MinimalSymbol['kind'];
  readonly global: boolean;
}

/**
 * The ELF symbols of a module, looked up by address and name as gdb does (minsyms.c: lookup_minimal_symbol_by_pc_section). Built when first asked for.
 */
export class ElfMinimalSymbols implements MinimalSymbols {
  readonly #module: Module;
  readonly #sources: () => { tables: readonly SymbolSource[]; plt: readonly PltEntry[] };
  #rows: readonly Row[] | undefined;
  #byName: Map<string, Row[]> | undefined;

  constructor(module: Module, sources: () => { tables: readonly SymbolSource[]; plt: readonly PltEntry[] }) {
    this.#module = module;
    this.#sources = sources;
  }

  at(address: Address, kind: 'text' | 'data' | 'any' = 'text'): { symbol: MinimalSymbol; offset: number } | undefined {
    const rows = this.#sorted();
    const wanted = Number(address - this.#module.bias);
    const section = this.#module.sections.find((s) => s.allocated && address >= s.address && address < s.address + BigInt(s.size));
    if (!section && this.#module.sections.length > 0) return undefined;
    const low = section ? Number(section.address - this.#module.bias) : 0;
    const high = section ? low + section.size : Infinity;
    let zeroSized: Row | undefined;
    for (let index = lastAtOrBelow(rows, wanted); index >= 0; index--) {
      const row = rows[index];
      if (row.value < low || row.value >= high) break;
      if (!isOfKind(row, kind)) continue;
      if (row.size === 0) {
        zeroSized ??= row;
        continue;
      }
      if (wanted < row.value + row.size) {
        // A sized symbol that holds the address wins over a label inside it.
        return this.#found(row, wanted);
      }
      // Past the end of the nearest sized symbol: the address belongs to nothing, unless a label without size lies below it.
      return zeroSized && this.#found(zeroSized, wanted);
    }
    return zeroSized && this.#found(zeroSized, wanted);
  }

  named(name: string): readonly MinimalSymbol[] {
    if (!this.#byName) {
      this.#byName = new Map();
      for (const row of this.#sorted()) {
        this.#remember(row.name, row);
        if (row.kind === 'plt') this.#remember(row.name.slice(0, -'@plt'.length), row);
      }
    }
    return (this.#byName.get(name) ?? []).map((row) => this.#symbol(row));
  }

  *all(): Iterable<MinimalSymbol> {
    for (const row of this.#sorted()) yield this.#symbol(row);
  }

  #remember(name: string, row: Row): void {
    const rows = this.#byName?.get(name);
    if (rows) rows.push(row);
    else this.#byName?.set(name, [row]);
  }

  #found(row: Row, wanted: number): { symbol: MinimalSymbol; offset: number } {
    return { symbol: this.#symbol(row), offset: wanted - row.value };
  }

  #symbol({ name, value, size, kind, global }: Row): MinimalSymbol {
    const module = this.#module;
    const link = BigInt(value);
    const address = () => (kind === 'absolute' || kind === 'tls' ? link : link + module.bias);
    return {
      name,
      module,
      size,
      kind,
      global,
      get address() {
        return address();
      },
    };
  }

  /** By address; of several at one address the one read last comes last, and wins. */
  #sorted(): readonly Row[] {
    if (this.#rows) return this.#rows;
    const { tables, plt } = this.#sources();
    const rows = tables.flatMap(rowsOf);
    for (const { name, address, size } of plt) rows.push({ name, value: Number(address), size, kind: 'plt', global: true });
    const unique = new Map<string, Row>();
    for (const row of rows) {
      const key = `${row.value} ${row.name}`;
      if (!unique.has(key)) unique.set(key, row);
    }
    this.#rows = [...unique.values()].sort((a, b) => a.value - b.value);
    return this.#rows;
  }
}

function lastAtOrBelow(rows: readonly Row[], wanted: number): number {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (rows[middle].value <= wanted) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

function isOfKind({ kind }: Row, wanted: 'text' | 'data' | 'any'): boolean {
  if (kind === 'absolute' || kind === 'tls') return false;
  const isText = kind === 'text' || kind === 'ifunc' || kind === 'plt';
  return wanted === 'any' || (wanted === 'text') === isText;
}

function rowsOf({ table, sections }: SymbolSource): Row[] {
  const rows: Row[] = [];
  for (let index = 1; index < table.count; index++) {
    if (!table.isDefined(index) || !table.isNamed(index)) continue;
    const kind = kindOf(table, index, sections);
    if (!kind) continue;
    const name = table.name(index);
    const version = name.indexOf('@@'); // a default version is the symbol's plain name
    rows.push({
      name: version > 0 ? name.slice(0, version) : name,
      value: table.valueNumber(index),
      size: table.size(index),
      kind,
      global: table.isGlobal(index),
    });
  }
  return rows;
}

function kindOf(table: SymbolTable, index: number, sections: readonly ElfSection[]): MinimalSymbol['kind'] | undefined {
  const type = table.type(index);
  if (type === symbolTypes.tls) return 'tls';
  if (type === symbolTypes.ifunc) return 'ifunc';
  const number = table.section(index);
  if (number === sectionIndex.absolute) return 'absolute';
  const section = sections[number];
  if (!section) return undefined;
  if (section.flags & sectionFlags.executable) return 'text';
  if (!(section.flags & sectionFlags.allocated)) return undefined;
  return section.type === sectionTypes.noBits ? 'bss' : 'data';
}
