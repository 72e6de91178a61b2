import { RegisterBlock } from '../../arch/registerBlock.ts';
import { type Address, wrap64 } from '../../base/address.ts';
import { FormatError, MemoryError, SondeError } from '../../base/errors.ts';
import { type Core, parseCore } from '../../formats/core/core.ts';
import { isElf, parseElf } from '../../formats/elf/elf.ts';
import { buildIdOf } from '../../formats/elf/notes.ts';
import type { FileSource } from '../../program/fileSource.ts';
import { nextConnection } from '../connections.ts';
import type { Mapping, Memory, RegisterFile, Target, TargetThread } from '../target.ts';

const AT_PHDR = 3;
const readable = 4;
const writable = 2;
const executable = 1;

/**
 * A core file. Memory that was left out of it (unmodified pages of mapped files) comes from those files, if they are still the same ones.
 */
export class CoreTarget implements Target {
  readonly kind = 'core';
  readonly connection = nextConnection();
  readonly core: Core;
  readonly memory: Memory;
  readonly #bytes: Uint8Array;
  readonly #files: FileSource;
  readonly #registers = new Map<number, RegisterBlock>();
  readonly #mapped = new Map<string, Uint8Array | undefined>();

  constructor(
    readonly path: string,
    bytes: Uint8Array,
    files: FileSource,
  ) {
    this.core = parseCore(bytes);
    this.#bytes = bytes;
    this.#files = files;
    for (const { tid, general, extended } of this.core.threads) this.#registers.set(tid, new RegisterBlock(general, extended));
    this.memory = {
      read: (address, length) => this.#read(address, length),
      write: (address) => {
        throw new MemoryError(address);
      },
    };
  }

  get pid(): number {
    return this.core.process?.pid ?? this.core.threads[0]?.tid ?? 0;
  }

  /** The file that holds the program headers the kernel told the program of. */
  get executable(): string | undefined {
    return this.executableMapping?.path;
  }

  get executableMapping(): Core['mappings'][number] | undefined {
    const headers = this.core.auxiliaryVector.get(AT_PHDR);
    return headers === undefined ? undefined : this.core.mappings.find(({ start, end }) => headers >= start && headers < end);
  }

  threads(): readonly TargetThread[] {
    return this.core.threads.map(({ tid }) => ({ tid, name: undefined }));
  }

  registers(tid: number): RegisterFile {
    const block = this.#registers.get(tid);
    if (!block) throw new SondeError(`Thread ${tid} is not in the core file.`);
    return block;
  }

  auxiliaryVector(): ReadonlyMap<number, bigint> {
    return this.core.auxiliaryVector;
  }

  signalInfo(tid: number): Uint8Array | undefined {
    return this.core.threads.find((thread) => thread.tid === tid)?.siginfo;
  }

  mappings(): readonly Mapping[] {
    const files = this.core.mappings;
    return this.core.segments.map(({ address, memorySize, flags }) => {
      const file = files.find(({ start, end }) => address >= start && address < end);
      return {
        start: address,
        end: address + BigInt(memorySize),
        offset: file ? file.offset + Number(address - file.start) : 0,
        read: (flags & readable) !== 0,
        write: (flags & writable) !== 0,
        execute: (flags & executable) !== 0,
        shared: false,
        path: file?.path ?? '',
      };
    });
  }

  /** The build-id of the ELF file mapped at an address, from the core's own copy of its first page. */
  buildIdAt(address: Address): string | undefined {
    const segment = this.core.segments.find(
      (candidate) => address >= candidate.address && address < candidate.address + BigInt(candidate.fileSize),
    );
    if (!segment) return undefined;
    const from = segment.offset + Number(address - segment.address);
    const image = this.#bytes.subarray(from, segment.offset + segment.fileSize);
    if (!isElf(image)) return undefined;
    try {
      return buildIdOf(parseElf(image));
    } catch (error) {
      if (error instanceof FormatError) return undefined;
      throw error;
    }
  }

  #read(address: Address, length: number): Uint8Array {
    const out = new Uint8Array(length);
    for (let done = 0; done < length; ) {
      const part = this.#piece(wrap64(address + BigInt(done)), length - done);
      out.set(part, done);
      done += part.length;
    }
    return out;
  }

  /** As much as lies together. */
  #piece(address: Address, length: number): Uint8Array {
    const segment = this.core.segments.find(
      (candidate) => address >= candidate.address && address < candidate.address + BigInt(candidate.fileSize),
    );
    if (segment) {
      const from = segment.offset + Number(address - segment.address);
      const bytes = this.#bytes.subarray(from, Math.min(from + length, segment.offset + segment.fileSize));
      if (bytes.length === 0) throw new MemoryError(address, 'not in dump'); // cut off
      return bytes;
    }
    const mapping = this.core.mappings.find(({ start, end }) => address >= start && address < end);
    const file = mapping && this.#fileOf(mapping.path);
    if (!mapping || !file) throw new MemoryError(address, 'not in dump');
    const from = mapping.offset + Number(address - mapping.start);
    const bytes = file.subarray(from, Math.min(from + length, mapping.offset + Number(mapping.end - mapping.start)));
    if (bytes.length === 0) throw new MemoryError(address, 'not in dump');
    return bytes;
  }

  /** A mapped file's contents; undefined when it is gone or, by its build-id, another one by now. */
  #fileOf(path: string): Uint8Array | undefined {
    if (!this.#mapped.has(path)) this.#mapped.set(path, this.#openMapped(path));
    return this.#mapped.get(path);
  }

  #openMapped(path: string): Uint8Array | undefined {
    const first = this.core.mappings.find((mapping) => mapping.path === path && mapping.offset === 0);
    const expected = first && this.buildIdAt(first.start);
    try {
      const bytes = this.#files.read(path);
      if (expected !== undefined && (!isElf(bytes) || buildIdOf(parseElf(bytes)) !== expected)) return undefined;
      return bytes;
    } catch (error) {
      if (error instanceof SondeError) return undefined;
      throw error;
    }
  }
}
