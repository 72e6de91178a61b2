import { type Address, hex } from '../../base/address.ts';
import { FormatError, SondeError } from '../../base/errors.ts';
import type { ByteSource } from '../../formats/kdump/byteSource.ts';
import type { Compression, DiskDump } from '../../formats/kdump/diskdump.ts';
import { lzoDecompress } from '../../formats/kdump/lzo.ts';
import { snappyDecompress } from '../../formats/kdump/snappy.ts';

export const pageSize = 4096;

/** Why a physical address has no bytes. */
export type PhysicalFault = 'excluded' | 'not in dump';

/** A physical page that the dump does not hold: filtered out on purpose, or never there. */
export class PhysicalError extends SondeError {
  override name = 'PhysicalError';
  constructor(
    readonly physical: Address,
    readonly fault: PhysicalFault,
  ) {
    super(fault === 'excluded' ? `page excluded: physical address: ${hex(physical)}` : `seek error: physical address: ${hex(physical)}`);
  }
}

/** The machine's memory by physical address. Addresses are numbers: no machine has more than 2**52 bytes. */
export interface PhysicalMemory {
  /** Throws PhysicalError with the first address that is missing. A read inside one page is a view. */
  read(physical: number, length: number): Uint8Array;
  /** The address after the last byte of memory that is described. */
  readonly end: number;
  /** Where there are bytes, in order: for scans. */
  ranges(): Iterable<{ readonly start: number; readonly end: number }>;
}

/** An uncompressed range of physical memory in a file: a PT_LOAD. */
export interface Segment {
  readonly physical: number;
  readonly size: number;
  readonly fileOffset: number;
}

/** ELF dumps, /proc/kcore and raw images. A range cut off by the file's end is missing, not zero. */
export class SegmentMemory implements PhysicalMemory {
  readonly end: number;
  readonly #source: ByteSource;
  readonly #segments: readonly Segment[];
  #last: Segment | undefined;

  constructor(source: ByteSource, segments: readonly Segment[]) {
    this.#source = source;
    this.#segments = [...segments].sort((a, b) => a.physical - b.physical);
    this.end = this.#segments.reduce((end, segment) => Math.max(end, segment.physical + segment.size), 0);
  }

  read(physical: number, length: number): Uint8Array {
    const segment = this.#segmentAt(physical);
    const within = segment.physical + segment.size - physical;
    const bytes = this.#source.read(segment.fileOffset + physical - segment.physical, Math.min(length, within));
    if (bytes.length === length) return bytes;
    if (bytes.length < Math.min(length, within)) throw new PhysicalError(BigInt(physical + bytes.length), 'not in dump');
    const out = new Uint8Array(length);
    out.set(bytes);
    out.set(this.read(physical + bytes.length, length - bytes.length), bytes.length);
    return out;
  }

  *ranges(): Iterable<{ start: number; end: number }> {
    for (const { physical, size } of this.#segments) yield { start: physical, end: physical + size };
  }

  #segmentAt(physical: number): Segment {
    const holds = (segment: Segment) => physical >= segment.physical && physical < segment.physical + segment.size;
    if (this.#last && holds(this.#last)) return this.#last;
    this.#last = this.#segments.find(holds);
    if (!this.#last) throw new PhysicalError(BigInt(physical), 'not in dump');
    return this.#last;
  }
}

/** Decompressors that are libraries, handed in: zlib is Node's, zstd is WebAssembly. */
export interface Decompressors {
  zlib(bytes: Uint8Array, size: number): Uint8Array;
  zstd(bytes: Uint8Array, size: number): Uint8Array;
}

/** kdump-compressed dumps, in one file or split over several; pages are decompressed when read and the last ones kept. */
export class CompressedMemory implements PhysicalMemory {
  readonly end: number;
  readonly #parts: readonly DiskDump[];
  readonly #decompressors: Decompressors;
  readonly #pages = new Map<number, Uint8Array>();
  readonly #kept: number;

  /** `keep`: how many decompressed pages stay in memory. */
  constructor(parts: readonly DiskDump[], decompressors: Decompressors, keep = 4096) {
    this.#parts = parts;
    this.#decompressors = decompressors;
    this.#kept = keep;
    this.end = parts[0].maxFrame * parts[0].blockSize;
  }

  read(physical: number, length: number): Uint8Array {
    const blockSize = this.#parts[0].blockSize;
    const offset = physical % blockSize;
    const page = this.#page((physical - offset) / blockSize);
    if (offset + length <= blockSize) return page.subarray(offset, offset + length);
    const out = new Uint8Array(length);
    out.set(page.subarray(offset));
    const done = blockSize - offset;
    out.set(this.read(physical + done, length - done), done);
    return out;
  }

  *ranges(): Iterable<{ start: number; end: number }> {
    const { blockSize, maxFrame } = this.#parts[0];
    let start = -1;
    for (let frame = 0; frame <= maxFrame; frame++) {
      const isPresent = frame < maxFrame && this.#partOf(frame).state(frame) === 'present';
      if (isPresent && start < 0) start = frame;
      if (isPresent || start < 0) continue;
      yield { start: start * blockSize, end: frame * blockSize };
      start = -1;
    }
  }

  #partOf(frame: number): DiskDump {
    return this.#parts.find(({ split }) => !split || (frame >= split.startFrame && frame < split.endFrame)) ?? this.#parts[0];
  }

  #page(frame: number): Uint8Array {
    const known = this.#pages.get(frame);
    if (known) return known;
    const part = this.#partOf(frame);
    const state = part.state(frame);
    if (state !== 'present') throw new PhysicalError(BigInt(frame * part.blockSize), state === 'excluded' ? 'excluded' : 'not in dump');
    const { bytes, compression } = part.page(frame);
    const page = this.#decompress(bytes, compression, part.blockSize);
    if (page.length !== part.blockSize) throw new FormatError(`kdump: page ${frame} has ${page.length} bytes`);
    if (this.#pages.size >= this.#kept) {
      const [oldest] = this.#pages.keys();
      this.#pages.delete(oldest);
    }
    this.#pages.set(frame, page);
    return page;
  }

  #decompress(bytes: Uint8Array, compression: Compression, size: number): Uint8Array {
    switch (compression) {
      case 'none':
        return bytes;
      case 'zlib':
        return this.#decompressors.zlib(bytes, size);
      case 'lzo':
        return lzoDecompress(bytes, size);
      case 'snappy':
        return snappyDecompress(bytes, size);
      case 'zstd':
        return this.#decompressors.zstd(bytes, size);
    }
  }
}
