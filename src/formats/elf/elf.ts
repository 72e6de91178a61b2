import type { Address } from '../../base/address.ts';
import { Cursor, stringAt } from '../../base/cursor.ts';
import { FormatError } from '../../base/errors.ts';
import {
  compressionTypes,
  ELFCLASS64,
  ELFDATA2LSB,
  EM_X86_64,
  machineNames,
  sectionFlags,
  sectionTypes,
  segmentTypes,
} from './constants.ts';

/** The headers of an ELF-64 file and its bytes; contents are views, nothing is copied. */
export interface Elf {
  readonly bytes: Uint8Array;
  /** e_type: see `fileTypes`. */
  readonly type: number;
  readonly entry: Address;
  readonly segments: readonly ElfSegment[];
  readonly sections: readonly ElfSection[];
  /** The section headers lie beyond the end: the file is cut short, or these are only the first pages of it from a core. */
  readonly sectionsCutOff: boolean;
}

export interface ElfSegment {
  readonly type: number;
  readonly flags: number;
  readonly offset: number;
  readonly address: Address;
  readonly fileSize: number;
  readonly memorySize: number;
  readonly align: number;
}

export interface ElfSection {
  readonly index: number;
  readonly name: string;
  readonly type: number;
  readonly flags: bigint;
  readonly address: Address;
  readonly offset: number;
  readonly size: number;
  readonly link: number;
  readonly info: number;
  readonly entrySize: number;
}

export interface Decompressors {
  zlib(bytes: Uint8Array, size: number): Uint8Array;
  zstd(bytes: Uint8Array, size: number): Uint8Array;
}

/** Not an ELF file for this machine: `reason` completes the sentence `"PATH": …`. */
export class WrongFileError extends FormatError {
  override name = 'WrongFileError';
}

/** True for anything that begins as an ELF file does. */
export const isElf = (bytes: Uint8Array): boolean =>
  bytes.length >= 4 && bytes[0] === 0x7f && bytes[1] === 0x45 && bytes[2] === 0x4c && bytes[3] === 0x46;

/** Reads the headers. Throws WrongFileError for other files and machines, FormatError for headers that lie outside the file. */
export function parseElf(bytes: Uint8Array): Elf {
  if (!isElf(bytes)) throw new WrongFileError('not in executable format: file format not recognized');
  if (bytes.length < 64) throw new WrongFileError('not in executable format: file truncated');
  const header = new Cursor(bytes, 16, 'ELF header');
  const type = header.u16();
  const machine = header.u16();
  if (bytes[4] !== ELFCLASS64 || bytes[5] !== ELFDATA2LSB || machine !== EM_X86_64) {
    const width = bytes[4] === ELFCLASS64 ? '64-bit' : '32-bit';
    throw new WrongFileError(`not in executable format: ${width} ${machineNames[machine] ?? `machine ${machine}`} file, not x86-64`);
  }
  header.skip(4);
  const entry = header.u64();
  const segmentsAt = header.u64Number();
  const sectionsAt = header.u64Number();
  header.skip(6);
  const segmentSize = header.u16();
  const segmentCount = header.u16();
  const sectionSize = header.u16();
  const sectionCount = header.u16();
  const namesIndex = header.u16();
  const sections = sectionsAt === 0 ? [] : readSections(bytes, sectionsAt, sectionSize, sectionCount, namesIndex);
  // With more than 65,534 segments the count is in sh_info of section 0 (PN_XNUM).
  const realSegmentCount = segmentCount === 0xffff && sections.length > 0 ? sections[0].info : segmentCount;
  const segments = readSegments(bytes, segmentsAt, segmentSize, realSegmentCount);
  return { bytes, type, entry, segments, sections, sectionsCutOff: sectionsAt !== 0 && sections.length === 0 };
}

function readSegments(bytes: Uint8Array, at: number, size: number, count: number): ElfSegment[] {
  if (count === 0) return [];
  if (size < 56 || at + size * count > bytes.length) throw new WrongFileError('not in executable format: file truncated');
  return Array.from({ length: count }, (_, index) => {
    const cursor = new Cursor(bytes, at + index * size, 'program header');
    const type = cursor.u32();
    const flags = cursor.u32();
    const offset = cursor.u64Number();
    const address = cursor.u64();
    cursor.skip(8);
    return { type, flags, offset, address, fileSize: cursor.u64Number(), memorySize: cursor.u64Number(), align: Number(cursor.u64()) };
  });
}

/** A file whose section headers are cut off still has segments: then there are simply no sections. */
function readSections(bytes: Uint8Array, at: number, size: number, headerCount: number, headerNames: number): ElfSection[] {
  if (size < 64 || at + size > bytes.length) return [];
  const first = readSection(bytes, at, 0);
  const count = headerCount === 0 ? first.size : headerCount; // SHN_LORESERVE or more: the count is in sh_size of section 0
  if (at + size * count > bytes.length) return [];
  const raw = Array.from({ length: count }, (_, index) => readSection(bytes, at + index * size, index));
  const names = raw[headerNames === 0xffff ? first.link : headerNames];
  const table = names ? contents(bytes, names) : undefined;
  return raw.map(({ nameOffset, ...section }) => ({
    ...section,
    name: table && nameOffset < table.length ? safeString(table, nameOffset) : '',
  }));
}

const safeString = (table: Uint8Array, offset: number): string => (table.indexOf(0, offset) < 0 ? '' : stringAt(table, offset));

function readSection(bytes: Uint8Array, at: number, index: number): ElfSection & { nameOffset: number } {
  const cursor = new Cursor(bytes, at, 'section header');
  const nameOffset = cursor.u32();
  const type = cursor.u32();
  const flags = cursor.u64();
  const address = cursor.u64();
  const offset = Number(cursor.u64());
  const size = Number(cursor.u64());
  const link = cursor.u32();
  const info = cursor.u32();
  cursor.skip(8);
  return { index, name: '', nameOffset, type, flags, address, offset, size, link, info, entrySize: Number(cursor.u64()) };
}

const contents = (bytes: Uint8Array, section: ElfSection): Uint8Array | undefined =>
  section.type === sectionTypes.noBits || section.offset + section.size > bytes.length
    ? undefined
    : bytes.subarray(section.offset, section.offset + section.size);

/** Inflating more than this many times the input is no debug section but an attack on memory. */
const greatestRatio = 1032; // deflate's own limit

/**
 * A section's contents, decompressed: SHF_COMPRESSED (gABI chapter 4, Elf64_Chdr) and the older `.zdebug_*` with its
 * `ZLIB` head. Undefined for SHT_NOBITS and sections that lie outside the file.
 */
export function sectionContents(elf: Elf, section: ElfSection, decompressors: Decompressors): Uint8Array | undefined {
  const bytes = contents(elf.bytes, section);
  if (!bytes) return undefined;
  if (section.flags & sectionFlags.compressed) {
    const cursor = new Cursor(bytes, 0, section.name);
    const type = cursor.u32();
    cursor.skip(4);
    const size = cursor.u64Number();
    return inflate(section.name, bytes.subarray(24), size, type, decompressors);
  }
  if (section.name.startsWith('.zdebug_') && bytes.length > 12 && stringIs(bytes, 'ZLIB')) {
    const size = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(4));
    return inflate(section.name, bytes.subarray(12), size, compressionTypes.zlib, decompressors);
  }
  return bytes;
}

function inflate(name: string, bytes: Uint8Array, size: number, type: number, decompressors: Decompressors): Uint8Array {
  if (size > bytes.length * greatestRatio + 4096) throw new FormatError(`${name}: impossible uncompressed size ${size}`);
  if (type === compressionTypes.zlib) return decompressors.zlib(bytes, size);
  if (type === compressionTypes.zstd) return decompressors.zstd(bytes, size);
  throw new FormatError(`${name}: unknown compression type ${type}`);
}

const stringIs = (bytes: Uint8Array, text: string): boolean => [...text].every((letter, index) => bytes[index] === letter.charCodeAt(0));

export const isAllocated = (section: ElfSection): boolean => (section.flags & sectionFlags.allocated) !== 0n;

/** PT_INTERP's path. */
export function interpreterOf(elf: Elf): string | undefined {
  const segment = elf.segments.find(({ type }) => type === segmentTypes.interpreter);
  if (!segment || segment.offset + segment.fileSize > elf.bytes.length) return undefined;
  return safeString(elf.bytes.subarray(segment.offset, segment.offset + segment.fileSize), 0) || undefined;
}
