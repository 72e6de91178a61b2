import { MemoryError } from '../base/errors.ts';

/** What a heap is read from: a process or its core. */
export interface HeapMemory {
  read(address: bigint, length: number): Uint8Array;
}

/** A chunk of glibc's malloc (malloc/malloc.c: struct malloc_chunk). */
export interface HeapChunk {
  /** Of its header, 16 bytes before what the program is given. */
  readonly address: bigint;
  readonly user: bigint;
  /** With the header. */
  readonly size: number;
  /** Bytes that the program may use: up to the next chunk's size field. */
  readonly usable: number;
  /** `top`: what has not been given away yet. `damaged`: its size can't be right. */
  readonly state: 'in use' | 'free' | 'top' | 'damaged';
  /** Where a freed chunk waits: `tcache`, `fastbin`, or one of the sorted bins. */
  readonly bin?: 'tcache' | 'fastbin' | 'bin';
  /** Position in its tcache or fastbin list, and how long that is. */
  readonly place?: { readonly index: number; readonly count: number };
  /** Bytes at its beginning that malloc has written over since it was freed. */
  readonly overwritten: number;
}

const headerSize = 16;
const smallest = 32;
const flagBits = 7n;
const previousInUse = 1n;
const mostChunks = 1 << 22;

/** The tcache at the heap's beginning (struct tcache_perthread_struct): counts and list heads for 64 sizes; since 2.30 the counts have two bytes. */
const tcacheLayouts = [
  { chunkSize: 0x290, countSize: 2, entriesAt: 128 },
  { chunkSize: 0x250, countSize: 1, entriesAt: 64 },
] as const;
const tcacheBins = 64;

/** Fast bins in main_arena: behind the lock, the flags and have_fastchunks (since 2.27). */
const fastBins = { at: 0x10, count: 10 } as const;

/**
 * The heap that a program's main thread allocates from, chunk by chunk, as the allocator's own fields tell. `start` and `end`: the area called [heap].
 * `mainArena`: address of the variable, where libc's symbols give it: then fast bins are known too.
 */
export class GlibcHeap {
  readonly start: bigint;
  readonly end: bigint;
  readonly #memory: HeapMemory;
  readonly #waiting = new Map<bigint, { bin: 'tcache' | 'fastbin'; place: { index: number; count: number } }>();

  constructor(memory: HeapMemory, start: bigint, end: bigint, mainArena?: bigint) {
    this.#memory = memory;
    this.start = start;
    this.end = end;
    this.#readTcache();
    if (mainArena !== undefined) this.#readFastBins(mainArena);
  }

  /** From the first to the top, or to the first that is damaged. */
  *chunks(): Iterable<HeapChunk> {
    let address = this.start;
    for (let count = 0; address + BigInt(smallest) <= this.end && count < mostChunks; count++) {
      const size = Number((this.#word(address + 8n) ?? 0n) & ~flagBits);
      if (size < smallest || size % headerSize !== 0 || address + BigInt(size) > this.end) {
        yield { address, user: address + 16n, size, usable: 0, state: 'damaged', overwritten: 0 };
        return;
      }
      const next = address + BigInt(size);
      yield next === this.end ? top(address, size) : this.#describe(address, size, next);
      address = next;
    }
  }

  chunkAt(address: bigint): HeapChunk | undefined {
    for (const chunk of this.chunks()) if (address >= chunk.address && address < chunk.address + BigInt(chunk.size)) return chunk;
    return undefined;
  }

  #describe(address: bigint, size: number, next: bigint): HeapChunk {
    const user = address + 16n;
    const usable = size - 8; // the next chunk's prev_size is this one's to use
    const waiting = this.#waiting.get(user);
    if (waiting) return { address, user, size, usable, state: 'free', ...waiting, overwritten: waiting.bin === 'tcache' ? 16 : 8 };
    const isInUse = ((this.#word(next + 8n) ?? previousInUse) & previousInUse) !== 0n;
    // A chunk in a bin has two links, a large one four.
    return {
      address,
      user,
      size,
      usable,
      state: isInUse ? 'in use' : 'free',
      ...(isInUse ? {} : { bin: 'bin' as const }),
      overwritten: isInUse ? 0 : size >= 0x400 ? 32 : 16,
    };
  }

  #readTcache(): void {
    const size = Number((this.#word(this.start + 8n) ?? 0n) & ~flagBits);
    const layout = tcacheLayouts.find(({ chunkSize }) => chunkSize === size);
    if (!layout) return;
    const base = this.start + 16n;
    for (let bin = 0; bin < tcacheBins; bin++) this.#readList(this.#word(base + BigInt(layout.entriesAt + bin * 8)) ?? 0n, 0n, 'tcache');
  }

  #readFastBins(arena: bigint): void {
    // Links lead to headers here.
    for (let bin = 0; bin < fastBins.count; bin++) this.#readList(this.#word(arena + BigInt(fastBins.at + bin * 8)) ?? 0n, 16n, 'fastbin');
  }

  /** Since 2.32 links are mixed with their own address (PROTECT_PTR). Which it is shows in the link itself: it must lead into the heap. */
  #readList(first: bigint, toUser: bigint, bin: 'tcache' | 'fastbin'): void {
    const found: bigint[] = [];
    for (let at = first; at !== 0n && this.#isInside(at) && !found.includes(at + toUser) && found.length < 1024; ) {
      found.push(at + toUser);
      const link = at + toUser;
      const stored = this.#word(link);
      if (stored === undefined) break;
      const mixed = stored ^ (link >> 12n);
      at = mixed === 0n || this.#isInside(mixed) ? mixed : stored;
    }
    found.forEach((user, index) => {
      this.#waiting.set(user, { bin, place: { index, count: found.length } });
    });
  }

  #isInside(address: bigint): boolean {
    return address >= this.start && address < this.end && address % 16n === 0n;
  }

  #word(address: bigint): bigint | undefined {
    try {
      const bytes = this.#memory.read(address, 8);
      return new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true);
    } catch (error) {
      if (error instanceof MemoryError) return undefined;
      throw error;
    }
  }
}

const top = (address: bigint, size: number): HeapChunk => ({ address, user: address + 16n, size, usable: 0, state: 'top', overwritten: 0 });
