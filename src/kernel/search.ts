import type { Address } from '../base/address.ts';
import { PhysicalError } from '../targets/kernel/physical.ts';
import type { AddressSpace } from './addressSpace.ts';
import type { Kernel } from './kernel.ts';

const pageSize = 4096;

/** A page of what is searched: where it is, by the addresses that results are told in, and what it holds. */
export interface SearchedPage {
  readonly address: Address;
  readonly bytes: Uint8Array;
}

/** Physical memory page by page, as far as the dump holds it. */
export function* physicalPages(kernel: Kernel, from: number, to: number): Iterable<SearchedPage> {
  const { physical } = kernel.dump;
  for (const { start, end } of physical.ranges()) {
    for (let at = Math.max(start, from - (from % pageSize)); at < Math.min(end, to); at += pageSize) {
      const bytes = readPage(kernel, at);
      if (bytes) yield { address: BigInt(at), bytes };
    }
  }
}

/** What an address space maps, page by page, as far as the dump holds it. */
export function* mappedPages(kernel: Kernel, space: AddressSpace, from: Address, to: Address): Iterable<SearchedPage> {
  const first = from & ~0xfffn;
  for (const { start, size, physical } of space.mapped(first, to)) {
    const begin = start < first ? Number(first - start) : 0;
    for (let offset = begin; offset < size; offset += pageSize) {
      const address = start + BigInt(offset);
      if (address >= to) return;
      const bytes = readPage(kernel, physical + offset);
      if (bytes) yield { address, bytes };
    }
  }
}

function readPage(kernel: Kernel, physical: number): Uint8Array | undefined {
  try {
    return kernel.dump.physical.read(physical, pageSize);
  } catch (error) {
    if (error instanceof PhysicalError) return undefined;
    throw error;
  }
}

/** Offsets in a page where a number is. `ignored`: bits that do not matter. */
export function numberOffsets(page: Uint8Array, value: bigint, size: 2 | 4 | 8, ignored: bigint): number[] {
  if (ignored === 0n) return alignedOffsets(page, littleEndian(value, size), size);
  const view = new DataView(page.buffer, page.byteOffset, page.byteLength);
  const read =
    size === 8
      ? view.getBigUint64
      : size === 4
        ? (at: number, little: boolean) => BigInt(view.getUint32(at, little))
        : (at: number, little: boolean) => BigInt(view.getUint16(at, little));
  const wanted = value & ~ignored;
  const found: number[] = [];
  for (let at = 0; at + size <= page.length; at += size) if ((read.call(view, at, true) & ~ignored) === wanted) found.push(at);
  return found;
}

function alignedOffsets(page: Uint8Array, pattern: Uint8Array, size: number): number[] {
  const bytes = Buffer.from(page.buffer, page.byteOffset, page.byteLength);
  const found: number[] = [];
  for (let at = bytes.indexOf(pattern); at >= 0; ) {
    if (at % size === 0) found.push(at);
    // The next multiple: inside a run of equal bytes every offset would be tried otherwise.
    at = bytes.indexOf(pattern, at - (at % size) + size);
    while (at > 0 && at % size !== 0) at = bytes.indexOf(pattern, at + 1);
  }
  return found;
}

function littleEndian(value: bigint, size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  for (let index = 0; index < size; index++) bytes[index] = Number((value >> BigInt(index * 8)) & 0xffn);
  return bytes;
}

/** Offsets in a page where text begins; with `next`, the page that follows, also text that ends there. */
export function textOffsets(page: Uint8Array, text: Uint8Array, next: Uint8Array | undefined): number[] {
  const whole = next
    ? Buffer.concat([page, next.subarray(0, text.length - 1)])
    : Buffer.from(page.buffer, page.byteOffset, page.byteLength);
  const found: number[] = [];
  for (let at = whole.indexOf(text); at >= 0 && at < page.length; at = whole.indexOf(text, at + 1)) found.push(at);
  return found;
}
