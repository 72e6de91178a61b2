import { FormatError, MemoryError, SondeError } from '../base/errors.ts';
import { PhysicalError } from '../targets/kernel/physical.ts';
import type { Kernel } from './kernel.ts';
import type { KernelObject } from './object.ts';
import { hasSlotTree, slotTreeEntries } from './treeEntries.ts';

const pageSize = 4096;
/** More than any program or library has: a damaged size must not take all memory. */
const largestFile = 2 ** 31;
const headFlag = 'PG_head';

/** What the page cache holds of a file (mm/filemap.c): the dump has the file's own contents there, as far as anybody read them. */
export class CachedFile {
  readonly size: number;
  readonly #kernel: Kernel;
  /** Physical address by page of the file. */
  readonly #pages = new Map<number, number>();

  /** `file`: struct file. Throws MemoryError or SondeError where the dump lacks the structures. */
  constructor(file: KernelObject) {
    const { kernel } = file;
    this.#kernel = kernel;
    const mapping = kernel.object('address_space', file.pointer('f_mapping'));
    this.size = kernel.object('inode', mapping.pointer('host')).number('i_size');
    const kind = hasSlotTree(kernel, 'xarray') ? 'xarray' : 'radix';
    for (const { address, index = 0n } of slotTreeEntries(
      kernel,
      kind,
      mapping.addressOf(mapping.has('i_pages') ? 'i_pages' : 'page_tree'),
      false,
    )) {
      // Odd ones tell of pages that were here before (shadow entries), or are in swap.
      if (address & 1n) continue;
      const physical = physicalOf(kernel, address & ~3n);
      const count = pagesOf(kernel, address & ~3n);
      const first = Number(index) - (Number(index) % count);
      for (let page = 0; page < count; page++) this.#pages.set(first + page, physical + page * pageSize);
    }
  }

  /** Is every page of it there? */
  get isComplete(): boolean {
    for (let page = 0; page * pageSize < this.size; page++) if (!this.#pages.has(page)) return false;
    return this.size > 0;
  }

  has(offset: number): boolean {
    return this.#pages.has(Math.floor(offset / pageSize));
  }

  /** Bytes of one page from an offset on, at most `length`; undefined where they are not cached, or not in the dump. Behind the file's end: zeros, as in memory. */
  read(offset: number, length: number): Uint8Array | undefined {
    const physical = this.#pages.get(Math.floor(offset / pageSize));
    if (physical === undefined) return undefined;
    const within = offset % pageSize;
    try {
      return this.#kernel.dump.physical.read(physical + within, Math.min(length, pageSize - within));
    } catch (error) {
      if (error instanceof PhysicalError) return undefined;
      throw error;
    }
  }

  /** The whole file; undefined unless all of it is there. */
  contents(): Uint8Array | undefined {
    if (!this.isComplete || this.size > largestFile) return undefined;
    const out = new Uint8Array(this.size);
    for (let at = 0; at < this.size; at += pageSize) {
      const part = this.read(at, this.size - at);
      if (!part) return undefined;
      out.set(part, at);
    }
    return out;
  }
}

/** A file's cached pages; undefined where the dump does not tell. */
export function cachedFile(file: KernelObject): CachedFile | undefined {
  try {
    return new CachedFile(file);
  } catch (error) {
    if (error instanceof MemoryError || error instanceof SondeError || error instanceof FormatError) return undefined;
    throw error;
  }
}

/** Where the memory lies that a struct page (or folio) describes. */
function physicalOf(kernel: Kernel, page: bigint): number {
  return Number((page - kernel.word(kernel.symbol('vmemmap_base'))) / BigInt(kernel.layouts.size('page'))) * pageSize;
}

/** 1, or the pages of a large folio: its order is in its second page (struct folio, include/linux/mm_types.h). */
function pagesOf(kernel: Kernel, address: bigint): number {
  const page = kernel.object('page', address);
  const bit = kernel.types.enumeration('pageflags')?.enumerators.find(({ name }) => name === headFlag)?.value;
  if (bit === undefined || ((BigInt.asUintN(64, page.value('flags')) >> bit) & 1n) === 0n) return 1;
  const order = kernel.layouts.has('folio', '_flags_1')
    ? Number(kernel.object('folio', address).value('_flags_1') & 0xffn)
    : kernel.object('page', address + BigInt(kernel.layouts.size('page'))).number('compound_order');
  return order <= 18 ? 2 ** order : 1;
}
