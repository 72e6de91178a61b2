import { frameMask, type PagingLevel, pageBits } from '../arch/paging.ts';
import type { Address } from '../base/address.ts';
import { MemoryError } from '../base/errors.ts';
import { PhysicalError, type PhysicalMemory, pageSize } from '../targets/kernel/physical.ts';

/** One step of a page walk: where the entry is and what it holds. */
export interface WalkStep {
  readonly level: PagingLevel;
  /** Physical address of the entry. */
  readonly at: number;
  readonly entry: bigint;
}

export interface Walk {
  readonly steps: readonly WalkStep[];
  /** Physical address; undefined where an entry is not present. */
  readonly physical: number | undefined;
  /** Bytes that the last entry maps: 4 KiB, 2 MiB, 1 GiB. */
  readonly span: number;
}

/** Virtual memory that one entry maps. */
export interface MappedSpan {
  readonly start: Address;
  readonly size: number;
  readonly physical: number;
}

/**
 * Virtual memory through one root of page tables: the kernel's or a process's. Pages once translated are remembered;
 * a dump does not change.
 */
export class AddressSpace {
  readonly #physical: PhysicalMemory;
  readonly #root: number;
  readonly #levels: readonly PagingLevel[];
  readonly #known = new Map<number, number>();

  /** `root`: physical address of the top table. */
  constructor(physical: PhysicalMemory, root: number, levels: readonly PagingLevel[]) {
    this.#physical = physical;
    this.#root = root;
    this.#levels = levels;
  }

  forget(): void {
    this.#known.clear();
  }

  /** Follows the tables and keeps every step, as `vtop` shows them. Throws PhysicalError where a table itself is missing. */
  walk(address: Address): Walk {
    const steps: WalkStep[] = [];
    let table = this.#root;
    for (const level of this.#levels) {
      const index = Number((address >> BigInt(level.shift)) & 511n);
      const at = table + index * 8;
      const entry = readWord(this.#physical, at);
      steps.push({ level, at, entry });
      if ((entry & pageBits.present) === 0n) return { steps, physical: undefined, span: level.span };
      const frame = Number(entry & frameMask);
      const leaf = level.name === 'PTE' || ((entry & pageBits.large) !== 0n && level.span <= 2 ** 30);
      if (leaf) {
        const offset = Number(address & BigInt(level.span - 1));
        return { steps, physical: frame - (frame % level.span) + offset, span: level.span };
      }
      table = frame;
    }
    throw new Error('page tables end without a leaf level');
  }

  /** Physical address, or undefined where nothing is mapped. */
  translate(address: Address): number | undefined {
    const page = Number(address >> 12n);
    const known = this.#known.get(page);
    const offset = Number(address & 0xfffn);
    if (known !== undefined) return known + offset;
    const { physical } = this.walk(address);
    if (physical !== undefined) this.#known.set(page, physical - offset);
    return physical;
  }

  /**
   * Everything that is mapped between two addresses (`to` excluded), in order, a leaf entry at a time: pages and large pages. Tables that are not in
   * the dump, or that lie outside of memory, map nothing.
   */
  *mapped(from: Address, to: Address): Iterable<MappedSpan> {
    yield* this.#mappedBy(this.#root, 0, 0n, from, to);
  }

  *#mappedBy(table: number, depth: number, base: Address, from: Address, to: Address): Iterable<MappedSpan> {
    const level = this.#levels[depth];
    const bytes = readTable(this.#physical, table);
    if (!bytes) return;
    const view = new DataView(bytes.buffer, bytes.byteOffset, pageSize);
    const span = BigInt(level.span);
    for (let index = 0; index < 512; index++) {
      const entry = view.getBigUint64(index * 8, true);
      if ((entry & pageBits.present) === 0n) continue;
      // The upper half of the root's entries is the kernel's: sign-extended.
      const half = depth === 0 && index >= 256 ? BigInt.asUintN(64, -1n << BigInt(level.shift + 9)) : 0n;
      const start = base + half + BigInt(index) * span;
      if (start >= to || start + span <= from) continue;
      const frame = Number(entry & frameMask);
      const isLeaf = level.name === 'PTE' || ((entry & pageBits.large) !== 0n && level.span <= 2 ** 30);
      if (isLeaf) yield { start, size: level.span, physical: frame - (frame % level.span) };
      else if (frame < this.#physical.end) yield* this.#mappedBy(frame, depth + 1, start, from, to);
    }
  }

  /** Throws MemoryError with the first address that is not mapped, or whose page the dump does not hold. Inside one page: a view. */
  read(address: Address, length: number): Uint8Array {
    const within = pageSize - Number(address & 0xfffn);
    if (length <= within) return this.#readPage(address, length);
    const out = new Uint8Array(length);
    for (let done = 0; done < length; ) {
      const at = address + BigInt(done);
      const part = Math.min(length - done, pageSize - Number(at & 0xfffn));
      out.set(this.#readPage(at, part), done);
      done += part;
    }
    return out;
  }

  #readPage(address: Address, length: number): Uint8Array {
    const physical = this.translate(address);
    if (physical === undefined) throw new MemoryError(address);
    try {
      return this.#physical.read(physical, length);
    } catch (error) {
      if (error instanceof PhysicalError) throw new MemoryError(address, error.fault === 'excluded' ? 'excluded from dump' : 'not in dump');
      throw error;
    }
  }
}

function readTable(physical: PhysicalMemory, at: number): Uint8Array | undefined {
  try {
    return physical.read(at, pageSize);
  } catch (error) {
    if (error instanceof PhysicalError) return undefined;
    throw error;
  }
}

export function readWord(physical: PhysicalMemory, at: number): bigint {
  const bytes = physical.read(at, 8);
  return new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true);
}
