import { RegisterBlock } from '../arch/registerBlock.ts';
import { type Address, wrap64 } from '../base/address.ts';
import { FormatError, MemoryError, SondeError } from '../base/errors.ts';
import { isElf, parseElf } from '../formats/elf/elf.ts';
import { buildIdOf } from '../formats/elf/notes.ts';
import type { FileSource } from '../program/fileSource.ts';
import { nextConnection } from '../targets/connections.ts';
import type { Mapping, Memory, RegisterFile, Target, TargetThread } from '../targets/target.ts';
import type { AddressSpace } from './addressSpace.ts';
import type { Kernel } from './kernel.ts';
import { pageTableRoot, type Vma, vmas } from './memoryMap.ts';
import type { KernelObject } from './object.ts';
import { type CachedFile, cachedFile } from './pageCache.ts';
import { filePath } from './paths.ts';
import type { Task } from './tasks.ts';
import { pageState } from './userPages.ts';
import { extendedRegisters, userRegisters } from './userRegisters.ts';

const pageSize = 4096;
/** VM_* (include/linux/mm.h). */
export const vmaFlag = { read: 1n, write: 2n, execute: 4n, shared: 8n, io: 0x4000n, dontDump: 0x0400_0000n } as const;

/**
 * A user process inside a kernel: its memory through its page tables, its registers from its kernel stacks, its files from the kernel's page
 * cache. What the process would have read is read: untouched anonymous pages are zeros, pages of files come from the cache or from the same
 * file (by build-id) of this machine.
 */
export class ProcessTarget implements Target {
  readonly kind = 'kernel';
  readonly connection = nextConnection();
  readonly memory: Memory;
  /** The leader first. */
  readonly tasks: readonly Task[];
  readonly vmas: readonly Vma[];
  readonly #kernel: Kernel;
  readonly #mm: KernelObject;
  readonly #space: AddressSpace;
  readonly #files: FileSource;
  readonly #registers = new Map<number, RegisterBlock>();
  readonly #cached = new Map<string, CachedFile | undefined>();
  readonly #contents = new Map<string, Uint8Array | undefined>();

  /** `task`: any thread of the process. Throws SondeError for kernel threads. */
  constructor(kernel: Kernel, task: Task, files: FileSource) {
    if (!task.mm) throw new SondeError(`task ${task.pid} (${task.comm}) is a kernel thread: it has no user memory`);
    this.#kernel = kernel;
    this.#mm = task.mm;
    this.#files = files;
    this.#space = kernel.space(pageTableRoot(task.mm));
    this.tasks = kernel.tasks.filter(({ tgid, mm }) => tgid === task.tgid && mm).sort((a, b) => a.pid - b.pid);
    this.vmas = vmas(task.mm);
    this.memory = {
      read: (address, length) => this.#read(address, length),
      write: (address) => {
        throw new MemoryError(address);
      },
    };
  }

  get pid(): number {
    return this.tasks[0].tgid;
  }

  get executable(): string | undefined {
    const file = this.#mm.follow('exe_file', 'file');
    return file && filePath(file);
  }

  threads(): readonly TargetThread[] {
    return this.tasks.map(({ pid, comm }) => ({ tid: pid, name: comm }));
  }

  task(tid: number): Task {
    const task = this.tasks.find(({ pid }) => pid === tid);
    if (!task) throw new SondeError(`Thread ${tid} is not in this process.`);
    return task;
  }

  /** Throws SondeError where they can't be had. */
  registerBlock(tid: number): RegisterBlock {
    let block = this.#registers.get(tid);
    if (!block) {
      const task = this.task(tid);
      block = new RegisterBlock(userRegisters(this.#kernel, task), extendedRegisters(task));
      this.#registers.set(tid, block);
    }
    return block;
  }

  registers(tid: number): RegisterFile {
    return this.registerBlock(tid);
  }

  auxiliaryVector(): ReadonlyMap<number, bigint> {
    const { offset, size } = this.#kernel.layouts.field('mm_struct', 'saved_auxv');
    const bytes = this.#kernel.memory.read(this.#mm.address + BigInt(offset), size);
    const view = new DataView(bytes.buffer, bytes.byteOffset, size);
    const vector = new Map<number, bigint>();
    for (let at = 0; at + 16 <= size; at += 16) {
      const type = Number(view.getBigUint64(at, true));
      if (type === 0) break;
      vector.set(type, view.getBigUint64(at + 8, true));
    }
    return vector;
  }

  mappings(): readonly Mapping[] {
    return this.vmas.map(({ start, end, flags, file, pageOffset }) => ({
      start,
      end,
      offset: file === '' ? 0 : Number(pageOffset) * pageSize,
      read: (flags & vmaFlag.read) !== 0n,
      write: (flags & vmaFlag.write) !== 0n,
      execute: (flags & vmaFlag.execute) !== 0n,
      shared: (flags & vmaFlag.shared) !== 0n,
      path: file,
    }));
  }

  signalInfo(): undefined {
    return undefined;
  }

  /**
   * A mapped file: this machine's, if it is the same by its build-id, else what the dump itself has of it in the page cache. Undefined if that is
   * not all of it.
   */
  fileContents(path: string): Uint8Array | undefined {
    if (!this.#contents.has(path)) this.#contents.set(path, this.#sameFileHere(path) ?? this.#cachedFile(path)?.contents());
    return this.#contents.get(path);
  }

  /** Is there anything to read at a page? */
  hasPage(address: Address): boolean {
    return this.#piece(address & ~0xfffn, 1) !== undefined;
  }

  #sameFileHere(path: string): Uint8Array | undefined {
    const expected = this.buildIdOf(path);
    if (expected === undefined || !this.#files.exists(path)) return undefined;
    try {
      const bytes = this.#files.read(path);
      return isElf(bytes) && buildIdOf(parseElf(bytes)) === expected ? bytes : undefined;
    } catch (error) {
      if (error instanceof SondeError) return undefined;
      throw error;
    }
  }

  /** Build-id of a mapped ELF file, from its first page in memory or in the cache. */
  buildIdOf(path: string): string | undefined {
    const first = this.vmas.find(({ file, pageOffset }) => file === path && pageOffset === 0n);
    const image = first && (this.#piece(first.start, pageSize) ?? this.#cachedFile(path)?.read(0, pageSize));
    if (!image || !isElf(image)) return undefined;
    try {
      return buildIdOf(parseElf(image));
    } catch (error) {
      if (error instanceof FormatError || error instanceof SondeError) return undefined;
      throw error;
    }
  }

  #cachedFile(path: string): CachedFile | undefined {
    if (!this.#cached.has(path)) {
      const vma = this.vmas.find(({ file }) => file === path);
      const file = vma && this.#kernel.object('vm_area_struct', vma.address).follow('vm_file', 'file');
      this.#cached.set(path, file && cachedFile(file));
    }
    return this.#cached.get(path);
  }

  #read(address: Address, length: number): Uint8Array {
    const out = new Uint8Array(length);
    for (let done = 0; done < length; ) {
      const at = wrap64(address + BigInt(done));
      const part = this.#piece(at, length - done);
      if (!part) throw new MemoryError(at, this.#isSwapped(at) ? 'swapped out' : 'not mapped');
      out.set(part, done);
      done += part.length;
    }
    return out;
  }

  /** As much of one page as is wanted; undefined where there is nothing to be had. */
  #piece(address: Address, length: number): Uint8Array | undefined {
    const wanted = Math.min(length, pageSize - Number(address & 0xfffn));
    try {
      return this.#space.read(address, wanted);
    } catch (error) {
      if (!(error instanceof MemoryError)) throw error;
      return error.reason === 'not mapped' ? this.#untouched(address, wanted) : undefined;
    }
  }

  /** What the process would find in a page that it has not touched yet. */
  #untouched(address: Address, length: number): Uint8Array | undefined {
    const vma = this.vmas.find(({ start, end }) => address >= start && address < end);
    if (!vma || this.#isSwapped(address)) return undefined;
    const area = this.#kernel.object('vm_area_struct', vma.address);
    // Special mappings (the vdso) have operations, but no file.
    if (vma.file === '') return area.pointer('vm_ops') === 0n ? new Uint8Array(length) : undefined;
    const offset = Number(vma.pageOffset) * pageSize + Number(address - vma.start);
    const cached = this.#cachedFile(vma.file)?.read(offset, length);
    if (cached) return cached;
    const here = this.#sameFileHere(vma.file)?.subarray(offset, offset + length);
    return here && here.length > 0 ? here : undefined;
  }

  #isSwapped(address: Address): boolean {
    try {
      const { steps } = this.#space.walk(address);
      const last = steps[steps.length - 1];
      return last.level.name === 'PTE' && pageState(last.entry).kind === 'swapped';
    } catch {
      return false; // a table that is not in the dump
    }
  }
}
