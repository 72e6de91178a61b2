import { FormatError } from '../../base/errors.ts';

/**
 * BPF Type Format: the kernel's own description of its types (Documentation/bpf/btf.rst). This reads the table:
 * where each type begins and how it is named. What a type *is* is made by `program/btf`, for the types that are asked for.
 */
export const BtfKind = {
  int: 1,
  pointer: 2,
  array: 3,
  struct: 4,
  union: 5,
  enum: 6,
  forward: 7,
  typedef: 8,
  volatile: 9,
  const: 10,
  restrict: 11,
  function: 12,
  functionPrototype: 13,
  variable: 14,
  dataSection: 15,
  float: 16,
  declarationTag: 17,
  typeTag: 18,
  enum64: 19,
} as const;

const magic = 0xeb9f;
const lastKind = 19;
/** Bytes after the 12-byte head: a fixed part, and a part per vlen. */
const extra: readonly (readonly [number, number])[] = [
  [0, 0],
  [4, 0],
  [0, 0],
  [12, 0],
  [0, 12],
  [0, 12],
  [0, 8],
  [0, 0],
  [0, 0],
  [0, 0],
  [0, 0],
  [0, 0],
  [0, 0],
  [0, 8],
  [4, 0],
  [0, 12],
  [0, 0],
  [4, 0],
  [0, 0],
  [0, 12],
];

/** One type's raw fields: `struct btf_type`. */
export interface BtfEntry {
  readonly id: number;
  readonly kind: number;
  readonly name: string;
  readonly vlen: number;
  readonly kindFlag: boolean;
  /** size or type, by kind. */
  readonly sizeOrType: number;
  /** Where its tail begins in `view`. */
  readonly tail: number;
}

export class Btf {
  readonly view: DataView;
  /** Ids run from `firstId`: 1 for vmlinux, one more than the base's last for a module's split BTF. */
  readonly firstId: number;
  readonly #base: Btf | undefined;
  readonly #strings: Uint8Array;
  readonly #positions: Uint32Array;
  readonly #names: Uint32Array;
  readonly #kinds: Uint8Array;

  /** `base`: vmlinux's, for split BTF. Throws FormatError for anything that is not whole BTF. */
  constructor(bytes: Uint8Array, base?: Btf) {
    if (bytes.length < 24) throw new FormatError('BTF: shorter than its header');
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (this.view.getUint16(0, true) !== magic) throw new FormatError('BTF: bad magic number');
    const headerLength = this.view.getUint32(4, true);
    const section = (at: number) => {
      const from = headerLength + this.view.getUint32(at, true);
      const to = from + this.view.getUint32(at + 4, true);
      if (from > bytes.length || to > bytes.length) throw new FormatError('BTF: a section lies outside the data');
      return { from, to };
    };
    const types = section(8);
    const strings = section(16);
    this.#base = base;
    this.firstId = base ? base.lastId + 1 : 1;
    this.#strings = bytes.subarray(strings.from, strings.to);

    const room = Math.floor((types.to - types.from) / 12);
    const positions = new Uint32Array(room);
    const names = new Uint32Array(room);
    const kinds = new Uint8Array(room);
    let count = 0;
    for (let at = types.from; at < types.to; ) {
      if (at + 12 > types.to) throw new FormatError('BTF: a type is cut short');
      const info = this.view.getUint32(at + 4, true);
      const kind = (info >>> 24) & 0x1f;
      if (kind === 0 || kind > lastKind) throw new FormatError(`BTF: unknown kind ${kind} of type ${this.firstId + count}`);
      positions[count] = at;
      names[count] = this.view.getUint32(at, true);
      kinds[count++] = kind;
      at += 12 + extra[kind][0] + extra[kind][1] * (info & 0xffff);
      if (at > types.to) throw new FormatError('BTF: a type is cut short');
    }
    this.#positions = positions.subarray(0, count);
    this.#names = names.subarray(0, count);
    this.#kinds = kinds.subarray(0, count);
  }

  get lastId(): number {
    return this.firstId + this.#positions.length - 1;
  }

  entry(id: number): BtfEntry {
    if (this.#base && id < this.firstId) return this.#base.entry(id);
    const index = id - this.firstId;
    if (index < 0 || index >= this.#positions.length) throw new FormatError(`BTF: no type ${id}`);
    const at = this.#positions[index];
    const info = this.view.getUint32(at + 4, true);
    return {
      id,
      kind: this.#kinds[index],
      name: this.string(this.#names[index]),
      vlen: info & 0xffff,
      kindFlag: info >>> 31 === 1,
      sizeOrType: this.view.getUint32(at + 8, true),
      tail: at + 12,
    };
  }

  /** The view that holds an id's tail: the base's for the base's ids. */
  viewOf(id: number): DataView {
    return this.#base && id < this.firstId ? this.#base.view : this.view;
  }

  string(offset: number): string {
    const baseLength = this.#base ? this.#base.#strings.length : 0;
    if (offset < baseLength && this.#base) return this.#base.string(offset);
    const from = offset - baseLength;
    if (from >= this.#strings.length) throw new FormatError('BTF: a name lies outside the string table');
    const end = this.#strings.indexOf(0, from);
    let text = '';
    for (let at = from; at < (end < 0 ? this.#strings.length : end); at++) text += String.fromCharCode(this.#strings[at]);
    return text;
  }

  /**
   * Ids of the types of that name and one of those kinds. The string table holds each name once, so one search
   * in it and one over an array of numbers answer without decoding any other name.
   */
  find(name: string, kinds: readonly number[]): number[] {
    const found = this.#base ? this.#base.find(name, kinds) : [];
    const offsets = [this.#offsetOf(name)];
    const inBase = this.#base ? this.#base.#offsetOf(name) : undefined;
    if (offsets[0] !== undefined && this.#base) offsets[0] += this.#base.#strings.length;
    offsets.push(inBase);
    for (const offset of offsets) {
      if (offset === undefined) continue;
      for (let index = this.#names.indexOf(offset); index >= 0; index = this.#names.indexOf(offset, index + 1)) {
        if (kinds.includes(this.#kinds[index])) found.push(this.firstId + index);
      }
    }
    return found;
  }

  *ids(kinds: readonly number[]): Iterable<number> {
    for (let index = 0; index < this.#kinds.length; index++) if (kinds.includes(this.#kinds[index])) yield this.firstId + index;
  }

  #offsetOf(name: string): number | undefined {
    const wanted = new TextEncoder().encode(`\0${name}\0`);
    const at = indexOfBytes(this.#strings, wanted);
    return at < 0 ? undefined : at + 1;
  }
}

function indexOfBytes(haystack: Uint8Array, needle: Uint8Array): number {
  const last = haystack.length - needle.length;
  const second = needle[1];
  for (let at = haystack.indexOf(second, 1); at >= 0 && at - 1 <= last; at = haystack.indexOf(second, at + 1)) {
    let same = 0;
    while (same < needle.length && haystack[at - 1 + same] === needle[same]) same++;
    if (same === needle.length) return at - 1;
  }
  return -1;
}
