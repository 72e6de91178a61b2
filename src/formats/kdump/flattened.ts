import { FormatError } from '../../base/errors.ts';
import type { ByteSource } from './byteSource.ts';

/**
 * makedumpfile's flattened format (`-F`, and QEMU's kdump-*): a 4,096-byte head, then records of
 * big-endian { offset, size } with their bytes, ended by { -1, -1 } (makedumpfile/makedumpfile.h, struct makedumpfile_data_header).
 */
const headSize = 4096;
const signature = 'makedumpfile';

export function isFlattened(bytes: Uint8Array): boolean {
  return bytes.length >= headSize && [...signature].every((letter, index) => bytes[index] === letter.charCodeAt(0));
}

/** The stream put back in order without copying: records are indexed and read in place. Throws FormatError where it is cut short. */
export function unflatten(bytes: Uint8Array): ByteSource {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const offsets: number[] = [];
  const sizes: number[] = [];
  const positions: number[] = [];
  let at = headSize;
  for (;;) {
    if (at + 16 > bytes.length) throw new FormatError('flattened dump is truncated: its end record is missing');
    const offset = view.getBigInt64(at);
    const size = view.getBigInt64(at + 8);
    at += 16;
    if (offset === -1n) break;
    if (offset < 0n || size < 0n || size > BigInt(bytes.length - at))
      throw new FormatError('flattened dump is truncated or damaged: a record runs past the end');
    offsets.push(Number(offset));
    sizes.push(Number(size));
    positions.push(at);
    at += Number(size);
  }
  return new Records(bytes, offsets, sizes, positions);
}

class Records implements ByteSource {
  readonly size: number;
  readonly #bytes: Uint8Array;
  /** Record numbers by offset; a record written later wins where two overlap (headers are rewritten at the end). */
  readonly #order: Uint32Array;
  readonly #offsets: Float64Array;
  readonly #sizes: Float64Array;
  readonly #positions: Float64Array;
  /** Greatest end of any record up to here in `order`: how far back an overlap can begin. */
  readonly #reach: Float64Array;

  constructor(bytes: Uint8Array, offsets: readonly number[], sizes: readonly number[], positions: readonly number[]) {
    this.#bytes = bytes;
    this.#offsets = Float64Array.from(offsets);
    this.#sizes = Float64Array.from(sizes);
    this.#positions = Float64Array.from(positions);
    this.#order = Uint32Array.from(offsets.keys()).sort((a, b) => offsets[a] - offsets[b] || a - b);
    this.#reach = new Float64Array(offsets.length);
    let reach = 0;
    this.#order.forEach((record, index) => {
      reach = Math.max(reach, offsets[record] + sizes[record]);
      this.#reach[index] = reach;
    });
    this.size = reach;
  }

  read(offset: number, length: number): Uint8Array {
    const wanted = Math.max(0, Math.min(length, this.size - offset));
    const records = this.#overlapping(offset, offset + wanted);
    if (records.length === 1) {
      const [record] = records;
      const from = offset - this.#offsets[record];
      if (from >= 0 && from + wanted <= this.#sizes[record])
        return this.#bytes.subarray(this.#positions[record] + from, this.#positions[record] + from + wanted);
    }
    const out = new Uint8Array(wanted); // holes read as zero: makedumpfile seeks over them
    for (const record of records.sort((a, b) => a - b)) {
      const from = Math.max(offset, this.#offsets[record]);
      const to = Math.min(offset + wanted, this.#offsets[record] + this.#sizes[record]);
      const start = this.#positions[record] + from - this.#offsets[record];
      out.set(this.#bytes.subarray(start, start + to - from), from - offset);
    }
    return out;
  }

  #overlapping(from: number, to: number): number[] {
    let low = 0;
    let high = this.#order.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#offsets[this.#order[middle]] < to) low = middle + 1;
      else high = middle;
    }
    const found: number[] = [];
    for (let index = low - 1; index >= 0 && this.#reach[index] > from; index--) {
      const record = this.#order[index];
      if (this.#offsets[record] + this.#sizes[record] > from) found.push(record);
    }
    return found;
  }
}
