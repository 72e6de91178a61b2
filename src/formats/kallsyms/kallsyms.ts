import { FormatError } from '../../base/errors.ts';

/**
 * The kernel's own symbol table, decoded from its memory (kernel/kallsyms.c, scripts/kallsyms.c): names are
 * token-compressed, addresses are 32-bit offsets. One byte array holds all names, so that 90,000 symbols cost
 * milliseconds and no strings.
 */
export interface KallsymsTables {
  readonly count: number;
  /** kallsyms_names: length-prefixed runs of token numbers. */
  readonly names: Uint8Array;
  /** kallsyms_token_table: NUL-terminated strings. */
  readonly tokenTable: Uint8Array;
  /** kallsyms_token_index: 256 offsets into the token table. */
  readonly tokenIndex: Uint16Array;
  /** kallsyms_offsets, signed. */
  readonly offsets: Int32Array;
  /**
   * What an offset counts from. `per-cpu`: with CONFIG_KALLSYMS_ABSOLUTE_PERCPU non-negative offsets are absolute, negative ones are `base - 1 - offset`.
   * `base`: kallsyms_relative_base, offsets unsigned. `place`: since 7.0 each from its own place in the table, which begins at `base`.
   */
  readonly from: 'per-cpu' | 'base' | 'place';
  readonly base: bigint;
}

export interface KernelSymbol {
  readonly name: string;
  readonly address: bigint;
  /** nm's letter: `T`, `d`, `A` … */
  readonly type: string;
}

export class Kallsyms {
  /** Type letter and name of each symbol, NUL-terminated, one after the other. */
  readonly #text: Uint8Array;
  readonly #starts: Uint32Array;
  readonly #tables: KallsymsTables;
  readonly #base: number;
  #hash: Int32Array | undefined;
  #sorted: { order: Uint32Array; keys: Float64Array } | undefined;

  constructor(tables: KallsymsTables) {
    this.#tables = tables;
    this.#base = Number(BigInt.asIntN(64, tables.base));
    const { text, starts } = expand(tables);
    this.#text = text;
    this.#starts = starts;
  }

  get count(): number {
    return this.#tables.count;
  }

  at(index: number): KernelSymbol {
    const start = this.#starts[index];
    return {
      type: String.fromCharCode(this.#text[start]),
      name: this.#decode(start + 1, this.#starts[index + 1] - 1),
      address: this.address(index),
    };
  }

  address(index: number): bigint {
    return BigInt.asUintN(64, BigInt(this.#signedAddress(index)));
  }

  /** As a signed number: kernel addresses are small and negative, so that all are exact. */
  #signedAddress(index: number): number {
    const { offsets, from } = this.#tables;
    const offset = offsets[index];
    if (from === 'place') return this.#base + index * 4 + offset;
    if (from === 'base') return this.#base + (offset >>> 0);
    return offset >= 0 ? offset : this.#base - 1 - offset;
  }

  /** All symbols of that exact name, in table order: static functions repeat. */
  named(name: string): KernelSymbol[] {
    const bytes = new TextEncoder().encode(name);
    const table = this.#hashTable();
    const mask = table.length - 1;
    const found: KernelSymbol[] = [];
    for (let slot = hashOf(bytes, 0, bytes.length) & mask; table[slot] >= 0; slot = (slot + 1) & mask) {
      if (this.#equals(table[slot], bytes)) found.push(this.at(table[slot]));
    }
    return found.reverse();
  }

  /** All symbols whose names begin so, in table order. */
  startingWith(prefix: string): KernelSymbol[] {
    const bytes = new TextEncoder().encode(prefix);
    const found: KernelSymbol[] = [];
    for (let index = 0; index < this.count; index++) {
      const start = this.#starts[index] + 1;
      let same = 0;
      while (same < bytes.length && this.#text[start + same] === bytes[same]) same++;
      if (same === bytes.length) found.push(this.at(index));
    }
    return found;
  }

  /**
   * The nearest symbol at or below a kernel address. Of several at the same one crash's choice: the first by name at the address itself,
   * the last by name behind it; markers of sections (`__noinstr_text_start`) only where nothing else is.
   */
  nearest(address: bigint): { symbol: KernelSymbol; offset: bigint } | undefined {
    const { order, keys } = this.#byAddress();
    const above = this.#firstAbove(address);
    if (above === 0 || address < firstKernelAddress) return undefined;
    let symbol = this.at(order[above - 1]);
    if (symbol.address !== address) return { symbol, offset: address - symbol.address };
    for (let index = above - 2; index >= 0 && keys[index] === keys[above - 1]; index--) {
      const other = this.at(order[index]);
      if (!isSectionMarker(other.name) || isSectionMarker(symbol.name)) symbol = other;
    }
    return { symbol, offset: 0n };
  }

  /** Address of the next symbol above a kernel address. */
  next(address: bigint): bigint | undefined {
    const { order, keys } = this.#byAddress();
    const above = this.#firstAbove(address);
    return above < keys.length && address >= firstKernelAddress ? this.address(order[above]) : undefined;
  }

  /** Index of the first symbol above an address, in order of addresses. */
  #firstAbove(address: bigint): number {
    const { keys } = this.#byAddress();
    const wanted = Number(BigInt.asIntN(64, address));
    let low = 0;
    let high = keys.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (keys[middle] <= wanted) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  *all(): Iterable<KernelSymbol> {
    for (let index = 0; index < this.count; index++) yield this.at(index);
  }

  #decode(from: number, to: number): string {
    let name = '';
    for (let at = from; at < to; at++) name += String.fromCharCode(this.#text[at]);
    return name;
  }

  #equals(index: number, name: Uint8Array): boolean {
    const start = this.#starts[index] + 1;
    if (this.#starts[index + 1] - 1 - start !== name.length) return false;
    for (let i = 0; i < name.length; i++) if (this.#text[start + i] !== name[i]) return false;
    return true;
  }

  /** Byte by byte, then by their order in the table. */
  #compareNames(a: number, b: number): number {
    let [left, right] = [this.#starts[a] + 1, this.#starts[b] + 1];
    while (this.#text[left] === this.#text[right] && this.#text[left] !== 0) {
      left++;
      right++;
    }
    return this.#text[left] - this.#text[right] || a - b;
  }

  #hashTable(): Int32Array {
    if (this.#hash) return this.#hash;
    let size = 1024;
    while (size < this.count * 2) size *= 2;
    const table = new Int32Array(size).fill(-1);
    for (let index = this.count - 1; index >= 0; index--) {
      let slot = hashOf(this.#text, this.#starts[index] + 1, this.#starts[index + 1] - 1) & (size - 1);
      while (table[slot] >= 0) slot = (slot + 1) & (size - 1);
      table[slot] = index;
    }
    this.#hash = table;
    return table;
  }

  /** Per-CPU offsets (small absolute values) are left out: no code or data lies there. */
  #byAddress(): { order: Uint32Array; keys: Float64Array } {
    if (this.#sorted) return this.#sorted;
    const signed = new Float64Array(this.count);
    const order = new Uint32Array(this.count);
    let used = 0;
    for (let index = 0; index < this.count; index++) {
      signed[index] = this.#signedAddress(index);
      if (signed[index] < 0) order[used++] = index;
    }
    const sorted = order.subarray(0, used).sort((a, b) => signed[a] - signed[b] || this.#compareNames(a, b));
    const keys = new Float64Array(used);
    for (let index = 0; index < used; index++) keys[index] = signed[sorted[index]];
    this.#sorted = { order: sorted, keys };
    return this.#sorted;
  }
}

const firstKernelAddress = 1n << 63n;

const isSectionMarker = (name: string): boolean => name.endsWith('_text_start');

function hashOf(bytes: Uint8Array, from: number, to: number): number {
  let hash = 0x811c9dc5;
  for (let at = from; at < to; at++) hash = Math.imul(hash ^ bytes[at], 0x01000193);
  return hash ^ (hash >>> 15);
}

/** Expands every name once. Throws FormatError for lengths or tokens outside their tables. */
function expand(tables: KallsymsTables): { text: Uint8Array; starts: Uint32Array } {
  const { count, names, tokenTable, tokenIndex } = tables;
  const ends = tokenEnds(tables);
  const starts = new Uint32Array(count + 1);
  let text = new Uint8Array(count * 32 + 1024);
  let out = 0;
  let at = 0;
  for (let index = 0; index < count; index++) {
    if (at + 2 > names.length) throw new FormatError(`kallsyms: the names end after ${index} of ${count} symbols`);
    let length = names[at++];
    if (length & 0x80) length = (length & 0x7f) | (names[at++] << 7); // since 6.1: names longer than 127 tokens
    if (length === 0 || at + length > names.length) throw new FormatError(`kallsyms: symbol ${index} of ${count} is cut short`);
    if (out + 2048 > text.length) {
      const larger = new Uint8Array(text.length * 2);
      larger.set(text);
      text = larger;
    }
    starts[index] = out;
    const limit = out + 1024; // KSYM_NAME_LEN is 512
    for (const stop = at + length; at < stop; at++) {
      const token = names[at];
      for (let from = tokenIndex[token], to = ends[token]; from < to; from++) text[out++] = tokenTable[from];
      if (out > limit) throw new FormatError(`kallsyms: the name of symbol ${index} is longer than the kernel allows`);
    }
    text[out++] = 0;
  }
  starts[count] = out;
  return { text: text.subarray(0, out), starts };
}

function tokenEnds({ tokenTable, tokenIndex }: KallsymsTables): Uint32Array {
  if (tokenIndex.length !== 256) throw new FormatError('kallsyms: the token index does not have 256 entries');
  return Uint32Array.from(tokenIndex, (start) => {
    const end = tokenTable.indexOf(0, start);
    if (end < 0 || end - start > 128) throw new FormatError('kallsyms: the token table is not terminated');
    return end;
  });
}
