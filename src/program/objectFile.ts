import type { Address } from '../base/address.ts';
import { fileTypes, sectionFlags, sectionTypes, segmentTypes } from '../formats/elf/constants.ts';
import { type Elf, interpreterOf, isAllocated, parseElf, sectionContents, WrongFileError } from '../formats/elf/elf.ts';
import type { FileSource } from './fileSource.ts';
import type { ObjectFile, Patch, ProgramHeader, Section } from './module.ts';

/** An ELF file opened for reading: `ObjectFile` over `formats/elf`. Sections are decompressed once, when first asked for. */
export class ElfObjectFile implements ObjectFile {
  readonly elf: Elf;
  readonly sectionHeaders: readonly Section[];
  readonly #contents = new Map<string, Uint8Array | undefined>();
  readonly #files: FileSource;
  readonly #patches: Patch[] = [];

  /** Throws WrongFileError or FormatError for what is not a readable ELF file. */
  constructor(
    readonly path: string,
    bytes: Uint8Array,
    files: FileSource,
  ) {
    this.elf = parseElf(bytes);
    if (this.elf.sectionsCutOff) throw new WrongFileError('not in executable format: file truncated');
    this.#files = files;
    this.sectionHeaders = this.elf.sections.map((section) => ({
      name: section.name,
      address: section.address,
      size: section.size,
      fileOffset: section.offset,
      allocated: isAllocated(section),
      executable: (section.flags & sectionFlags.executable) !== 0n,
      writable: (section.flags & sectionFlags.write) !== 0n,
      noBits: section.type === sectionTypes.noBits,
    }));
  }

  get type(): ObjectFile['type'] {
    if (this.elf.type === fileTypes.core) return 'core';
    if (this.elf.type === fileTypes.relocatable) return 'relocatable';
    return this.elf.type === fileTypes.shared ? 'shared' : 'executable';
  }

  get entry(): Address {
    return this.elf.entry;
  }

  get interpreter(): string | undefined {
    return interpreterOf(this.elf);
  }

  get programHeaders(): readonly ProgramHeader[] {
    return this.elf.segments;
  }

  sectionBytes(name: string): Uint8Array | undefined {
    if (!this.#contents.has(name)) {
      const section =
        this.elf.sections.find((candidate) => candidate.name === name) ??
        this.elf.sections.find((candidate) => candidate.name === olderName(name));
      this.#contents.set(name, section && sectionContents(this.elf, section, this.#files.decompress));
    }
    return this.#contents.get(name);
  }

  readLoaded(linkAddress: Address, length: number): Uint8Array | undefined {
    const end = linkAddress + BigInt(length);
    const segment = this.elf.segments.find(
      ({ type, address, memorySize }) => type === segmentTypes.load && linkAddress >= address && end <= address + BigInt(memorySize),
    );
    if (!segment) return undefined;
    const start = Number(linkAddress - segment.address);
    const inFile = Math.max(0, Math.min(length, segment.fileSize - start, this.elf.bytes.length - segment.offset - start));
    const bytes = this.#patched(segment.offset + start, inFile);
    if (inFile === length) return bytes;
    const padded = new Uint8Array(length); // .bss
    padded.set(bytes);
    return padded;
  }

  fileOffsetOf(linkAddress: Address, length: number): number | undefined {
    const segment = this.elf.segments.find(
      ({ type, address, fileSize }) =>
        type === segmentTypes.load && linkAddress >= address && linkAddress + BigInt(length) <= address + BigInt(fileSize),
    );
    return segment && segment.offset + Number(linkAddress - segment.address);
  }

  notePatch(patch: Patch): void {
    this.#patches.push(patch);
  }

  /** What was read of the file may be older than its patches, or a mapping that must not be written. */
  #patched(offset: number, length: number): Uint8Array {
    const bytes = this.elf.bytes.subarray(offset, offset + length);
    if (this.#patches.length === 0) return bytes;
    const copy = bytes.slice();
    for (const { fileOffset, bytes: patch } of this.#patches)
      patch.forEach((byte, index) => {
        const at = fileOffset + index - offset;
        if (at >= 0 && at < length) copy[at] = byte;
      });
    return copy;
  }
}

/** `.zdebug_info` is how `.debug_info` was compressed before SHF_COMPRESSED. */
const olderName = (name: string): string => name.replace(/^\.debug_/, '.zdebug_');
