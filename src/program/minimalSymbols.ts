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
  /** Of a separate debug file: gdb asks it after the program's own. */
  readonly separate: boolean;
}

interface Row {
  readonly name: string;
  readonly value: number;
  readonly size: number;
  readonly kind: MinimalSymbol['kind'];
  readonly global: boolean;
}

/** Everything of a module's symbol tables, ordered by address. `source` numbers the tables; the PLT's names are `pltSource`. */
interface Sorted {
  readonly addresses: Float64Array;
  readonly sources: Uint8Array;
  readonly indices: Uint32Array;
}

const pltSource = 255;

/**
 * The ELF symbols of a module, looked up by address and name as gdb does (minsyms.c: lookup_minimal_symbol_by_pc_section). Names are decoded one at a time and only
 * for what is found: a C library has 25,000 symbols of which a session needs a dozen.
 */
export class ElfMinimalSymbols implements MinimalSymbols {
  readonly #module: Module;
  readonly #read: () => { tables: readonly SymbolSource[]; plt: readonly PltEntry[] };
  #contents: { tables: readonly SymbolSource[]; plt: readonly PltEntry[] } | undefined;
  #order: Sorted | undefined;
  readonly #byName = new Map<string, readonly Row[]>();

  constructor(module: Module, read: () => { tables: readonly SymbolSource[]; plt: readonly PltEntry[] }) {
    this.#module = module;
    this.#read = read;
  }

  at(address: Address, kind: 'text' | 'data' | 'any' = 'text'): { symbol: MinimalSymbol; offset: number } | undefined {
    const wanted = Number(address - this.#module.bias);
    const section = this.#module.sections.find((s) => s.allocated && address >= s.address && address < s.address + BigInt(s.size));
    if (!section && this.#module.sections.length > 0) return undefined;
    const low = section ? Number(section.address - this.#module.bias) : 0;
    const high = section ? low + section.size : Number.POSITIVE_INFINITY;
    const order = this.#sorted();
    let zeroSized: Row | undefined;
    for (let place = lastAtOrBelow(order.addresses, wanted); place >= 0; place--) {
      if (order.addresses[place] < low || order.addresses[place] >= high) break;
      const row = this.#row(order, place);
      if (!row || !isOfKind(row, kind)) continue;
      if (row.size === 0) {
        zeroSized ??= row;
        continue;
      }
      // A sized symbol that holds the address wins over a label inside it.
      if (wanted < row.value + row.size) return this.#found(this.#lastByName(order, place, row, kind), wanted);
      // Past the end of the nearest sized symbol: the address belongs to nothing, unless a label without size lies below it.
      break;
    }
    return zeroSized && this.#found(zeroSized, wanted);
  }

  /**
   * Of several names for one address gdb takes one of the program's own file before those of its debug file, there the last in the alphabet: it sorts by
   * address, then by name (compare_minimal_symbols).
   */
  #lastByName(order: Sorted, place: number, row: Row, kind: 'text' | 'data' | 'any'): Row {
    let last = row;
    let isSeparate = this.#isSeparate(order.sources[place]);
    for (let other = place - 1; other >= 0 && order.addresses[other] === row.value; other--) {
      const candidate = this.#row(order, other);
      if (!candidate || candidate.size === 0 || !isOfKind(candidate, kind)) continue;
      const separate = this.#isSeparate(order.sources[other]);
      if (separate === isSeparate ? candidate.name > last.name : isSeparate) {
        last = candidate;
        isSeparate = separate;
      }
    }
    return last;
  }

  #isSeparate(source: number): boolean {
    return this.#sources.tables[source]?.separate ?? false;
  }

  named(name: string): readonly MinimalSymbol[] {
    let rows = this.#byName.get(name);
    if (!rows) {
      rows = this.#find(name);
      this.#byName.set(name, rows);
    }
    return rows.map((row) => this.#symbol(row));
  }

  *all(): Iterable<MinimalSymbol> {
    const order = this.#sorted();
    let before: Row | undefined;
    for (let place = 0; place < order.addresses.length; place++) {
      const row = this.#row(order, place);
      // .symtab and .dynsym both have the exported ones.
      if (!row || (before && before.value === row.value && before.name === row.name)) continue;
      before = row;
      yield this.#symbol(row);
    }
  }

  #find(name: string): Row[] {
    const { tables, plt } = this.#sources;
    const found: Row[] = [];
    const add = (row: Row | undefined) => {
      if (row && !found.some(({ value, name: known }) => value === row.value && known === row.name)) found.push(row);
    };
    for (const source of tables) for (const index of source.table.named(name)) add(rowOf(source, index));
    for (const entry of plt) if (entry.name === name || entry.name === `${name}@plt`) add(pltRow(entry));
    return found.filter((row) => row.name === name || row.kind === 'plt').sort((a, b) => a.value - b.value);
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

  get #sources(): { tables: readonly SymbolSource[]; plt: readonly PltEntry[] } {
    this.#contents ??= this.#read();
    return this.#contents;
  }

  #row({ sources, indices }: Sorted, place: number): Row | undefined {
    const source = sources[place];
    return source === pltSource ? pltRow(this.#sources.plt[indices[place]]) : rowOf(this.#sources.tables[source], indices[place]);
  }

  /** By address; of several at one address the one read last comes last. */
  #sorted(): Sorted {
    if (this.#order) return this.#order;
    const { tables, plt } = this.#sources;
    const room = tables.reduce((sum, { table }) => sum + table.count, plt.length);
    const addresses = new Float64Array(room);
    const sources = new Uint8Array(room);
    const indices = new Uint32Array(room);
    let count = 0;
    const put = (address: number, source: number, index: number) => {
      addresses[count] = address;
      sources[count] = source;
      indices[count++] = index;
    };
    tables.forEach(({ table, sections }, source) => {
      for (let index = 1; index < table.count; index++)
        if (table.isDefined(index) && table.isNamed(index) && kindOf(table, index, sections)) put(table.valueNumber(index), source, index);
    });
    plt.forEach(({ address }, index) => put(Number(address), pltSource, index));
    const order = Uint32Array.from({ length: count }, (_, place) => place).sort((a, b) => addresses[a] - addresses[b] || a - b);
    this.#order = {
      addresses: Float64Array.from(order, (place) => addresses[place]),
      sources: Uint8Array.from(order, (place) => sources[place]),
      indices: Uint32Array.from(order, (place) => indices[place]),
    };
    return this.#order;
  }
}

const pltRow = ({ name, address, size }: PltEntry): Row => ({ name, value: Number(address), size, kind: 'plt', global: true });

function rowOf({ table, sections }: SymbolSource, index: number): Row | undefined {
  if (!table.isDefined(index) || !table.isNamed(index)) return undefined;
  const kind = kindOf(table, index, sections);
  if (!kind) return undefined;
  const name = table.name(index);
  const version = name.indexOf('@@'); // a default version is the symbol's plain name
  return {
    name: version > 0 ? name.slice(0, version) : name,
    value: table.valueNumber(index),
    size: table.size(index),
    kind,
    global: table.isGlobal(index),
  };
}

function lastAtOrBelow(addresses: Float64Array, wanted: number): number {
  let low = 0;
  let high = addresses.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (addresses[middle] <= wanted) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

function isOfKind({ kind }: Row, wanted: 'text' | 'data' | 'any'): boolean {
  if (kind === 'absolute' || kind === 'tls') return false;
  const isText = kind === 'text' || kind === 'ifunc' || kind === 'plt';
  return wanted === 'any' || (wanted === 'text') === isText;
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
