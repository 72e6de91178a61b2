import { FormatError } from '../../base/errors.ts';
import type { ByteSource } from './byteSource.ts';

/**
 * kdump-compressed dumps (makedumpfile, QEMU's dump-guest-memory): `struct disk_dump_header`, `struct kdump_sub_header`,
 * two bitmaps, page descriptors (makedumpfile/diskdump_mod.h, IMPLEMENTATION). Header versions 1 to 6.
 */
export interface DiskDump {
  readonly blockSize: number;
  readonly headerVersion: number;
  /** utsname as far as it was filled in: QEMU leaves it blank. */
  readonly release: string;
  readonly dumpLevel: number;
  /** Of the pages that are compressed at all. */
  readonly compression: Compression;
  readonly cpuCount: number;
  /** One part of a split dump holds the frames from `startFrame` up to but not including `endFrame`. */
  readonly split: { readonly startFrame: number; readonly endFrame: number } | undefined;
  readonly vmcoreInfo: Uint8Array | undefined;
  /** ELF notes of the CPUs, where they were kept. */
  readonly notes: Uint8Array | undefined;
  readonly maxFrame: number;
  /** `excluded`: the frame is memory, but was filtered out. */
  state(frame: number): 'present' | 'excluded' | 'none';
  /** Descriptor of a present frame. */
  page(frame: number): { readonly bytes: Uint8Array; readonly compression: Compression };
}

export type Compression = 'none' | 'zlib' | 'lzo' | 'snappy' | 'zstd';

const compressionFlags: readonly (readonly [number, Compression])[] = [
  [0x1, 'zlib'],
  [0x2, 'lzo'],
  [0x4, 'snappy'],
  [0x20, 'zstd'],
];
const compressionOf = (flags: number): Compression => compressionFlags.find(([flag]) => flags & flag)?.[1] ?? 'none';
const descriptorSize = 24;
const framesPerRank = 4096;

export function isDiskDump(bytes: Uint8Array): boolean {
  return new TextDecoder('latin1').decode(bytes.subarray(0, 8)) === 'KDUMP   ';
}

/** Throws FormatError for a header that does not describe a whole dump. */
export function parseDiskDump(source: ByteSource): DiskDump {
  const head = source.read(0, 464);
  if (head.length < 464 || !isDiskDump(head)) throw new FormatError('not a kdump-compressed dump');
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  const headerVersion = view.getInt32(8, true);
  const blockSize = view.getInt32(428, true);
  if (blockSize < 512 || blockSize > 65536 || (blockSize & (blockSize - 1)) !== 0)
    throw new FormatError(`kdump header: impossible block size ${blockSize}`);
  const subHeaderBlocks = view.getInt32(432, true);
  const bitmapBlocks = view.getUint32(436, true);
  const sub = source.read(blockSize, 104);
  if (sub.length < 104) throw new FormatError('kdump dump is truncated in its header');
  const subView = new DataView(sub.buffer, sub.byteOffset, sub.byteLength);
  const word = (at: number) => Number(subView.getBigUint64(at, true));
  const maxFrame = headerVersion >= 6 ? word(96) : view.getUint32(440, true);
  const bitmapStart = (1 + subHeaderBlocks) * blockSize;
  const bitmapBytes = bitmapBlocks * blockSize;
  if (subHeaderBlocks < 0 || bitmapStart + bitmapBytes > source.size) throw new FormatError('kdump dump is truncated in its bitmaps');
  if (maxFrame > bitmapBytes * 4) throw new FormatError('kdump header: more frames than the bitmap has bits');
  const memory = source.read(bitmapStart, bitmapBytes / 2);
  const dumped = source.read(bitmapStart + bitmapBytes / 2, bitmapBytes / 2);
  const split = headerVersion >= 2 && subView.getInt32(12, true) !== 0;
  const startFrame = split ? word(headerVersion >= 6 ? 80 : 16) : 0;
  const ranks = rank(dumped);
  const descriptors = bitmapStart + bitmapBytes;
  const indexOf = (frame: number) => rankOf(dumped, ranks, frame) - (split ? rankOf(dumped, ranks, startFrame) : 0);
  const region = (offsetAt: number) => {
    const bytes = word(offsetAt) > 0 ? source.read(word(offsetAt), Math.min(word(offsetAt + 8), 1 << 24)) : undefined;
    return bytes && bytes.length > 0 ? bytes : undefined;
  };
  return {
    blockSize,
    headerVersion,
    release: new TextDecoder('latin1').decode(head.subarray(12 + 130, 12 + 195)).replace(/\0[\s\S]*$/, ''),
    dumpLevel: headerVersion >= 1 ? subView.getInt32(8, true) : 0,
    compression: compressionOf(view.getInt32(424, true)),
    cpuCount: view.getInt32(460, true),
    split: split ? { startFrame, endFrame: word(headerVersion >= 6 ? 88 : 24) } : undefined,
    vmcoreInfo: headerVersion >= 3 ? region(32) : undefined,
    notes: headerVersion >= 4 ? region(48) : undefined,
    maxFrame,
    state: (frame) => {
      if (frame < 0 || frame >= maxFrame) return 'none';
      if (bit(dumped, frame)) return 'present';
      return bit(memory, frame) ? 'excluded' : 'none';
    },
    page: (frame) => {
      const descriptor = source.read(descriptors + indexOf(frame) * descriptorSize, descriptorSize);
      if (descriptor.length < descriptorSize) throw new FormatError('kdump dump is truncated in its page descriptors');
      const fields = new DataView(descriptor.buffer, descriptor.byteOffset, descriptorSize);
      const size = fields.getUint32(8, true);
      const flags = fields.getUint32(12, true);
      const bytes = source.read(Number(fields.getBigUint64(0, true)), Math.min(size, blockSize * 2));
      if (bytes.length < size) throw new FormatError('kdump dump is truncated: a page lies past its end');
      return { bytes, compression: compressionOf(flags) };
    },
  };
}

const bit = (bitmap: Uint8Array, index: number): boolean => ((bitmap[index >>> 3] >>> (index & 7)) & 1) === 1;

/** How many bits are set before each multiple of `framesPerRank`. */
function rank(bitmap: Uint8Array): Uint32Array {
  const step = framesPerRank / 8;
  const ranks = new Uint32Array(Math.ceil(bitmap.length / step) + 1);
  let total = 0;
  for (let block = 0; block * step < bitmap.length; block++) {
    ranks[block] = total;
    for (let at = block * step; at < Math.min((block + 1) * step, bitmap.length); at++) total += ones[bitmap[at]];
  }
  return ranks;
}

function rankOf(bitmap: Uint8Array, ranks: Uint32Array, frame: number): number {
  const block = Math.floor(frame / framesPerRank);
  let total = ranks[block];
  for (let at = (block * framesPerRank) / 8; at < frame >>> 3; at++) total += ones[bitmap[at]];
  return total + ones[bitmap[frame >>> 3] & ((1 << (frame & 7)) - 1)];
}

const ones = Uint8Array.from({ length: 256 }, (_, byte) => byte.toString(2).replaceAll('0', '').length);
