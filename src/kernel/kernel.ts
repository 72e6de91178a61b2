import { fiveLevels, fourLevels, type PagingLevel } from '../arch/paging.ts';
import type { Address } from '../base/address.ts';
import { FormatError, SondeError } from '../base/errors.ts';
import { Btf } from '../formats/btf/btf.ts';
import { BtfTypes } from '../program/btf/btfTypes.ts';
import type { Vmcore } from '../targets/kernel/vmcore.ts';
import { AddressSpace } from './addressSpace.ts';
import { readKallsyms } from './kallsymsTables.ts';
import { Layouts } from './layout.ts';
import { KernelObject } from './object.ts';
import { StackUnwinder } from './stackUnwind.ts';
import { KernelSymbols } from './symbols.ts';
import { allTasks, type Task } from './tasks.ts';
import { KernelText } from './text.ts';

/** __START_KERNEL_map: kernel text and data are mapped here, at the physical base (arch/x86/include/asm/page_64_types.h). */
const kernelMap = 0xffff_ffff_8000_0000n;

/**
 * A Linux kernel seen through its dump alone: page tables, symbols and types all come out of its own memory.
 * Nothing is read before it is asked for.
 */
export class Kernel {
  readonly dump: Vmcore;
  readonly levels: readonly PagingLevel[];
  /** Physical address of the kernel's top page table, and its virtual one. */
  readonly root: { readonly physical: number; readonly virtual: Address };
  readonly memory: AddressSpace;
  readonly #spaces = new Map<number, AddressSpace>();
  #symbols: KernelSymbols | undefined;
  #tasks: readonly Task[] | undefined;
  #types: BtfTypes | undefined;
  #btf: Btf | undefined;
  #layouts: Layouts | undefined;
  #unwinder: StackUnwinder | undefined;
  #text: KernelText | undefined;

  /** Throws FormatError when VMCOREINFO lacks the root of the page tables. */
  constructor(dump: Vmcore) {
    this.dump = dump;
    const { info } = dump;
    const virtual = info.symbol('swapper_pg_dir') ?? info.symbol('init_top_pgt');
    const base = info.number('phys_base');
    if (virtual === undefined || base === undefined) throw new FormatError('VMCOREINFO has no page-table root (swapper_pg_dir, phys_base)');
    this.levels = info.number('pgtable_l5_enabled') === 1n ? fiveLevels : fourLevels;
    this.root = { virtual, physical: Number(virtual - kernelMap + base) };
    this.memory = new AddressSpace(dump.physical, this.root.physical, this.levels);
  }

  /** Symbols of the kernel and of its modules. */
  get symbols(): KernelSymbols {
    this.#symbols ??= new KernelSymbols(this, readKallsyms(this.dump.info, this.memory));
    return this.#symbols;
  }

  /** Of a kernel that runs: what changes. Its text, symbols and types stay. */
  forget(): void {
    this.#tasks = undefined;
    this.#unwinder = undefined;
    this.#text = undefined;
    this.#symbols?.forget();
    this.#spaces.clear();
    this.memory.forget();
  }

  /** Every task: each CPU's idle task first, then by pid. */
  get tasks(): readonly Task[] {
    this.#tasks ??= allTasks(this);
    return this.#tasks;
  }

  get btf(): Btf {
    this.#btf ??= new Btf(this.memory.read(this.symbol('__start_BTF'), Number(this.symbol('__stop_BTF') - this.symbol('__start_BTF'))));
    return this.#btf;
  }

  get types(): BtfTypes {
    this.#types ??= new BtfTypes(this.btf);
    return this.#types;
  }

  get layouts(): Layouts {
    this.#layouts ??= new Layouts(this.types);
    return this.#layouts;
  }

  /** Where code is. */
  get text(): KernelText {
    this.#text ??= new KernelText(this);
    return this.#text;
  }

  get unwinder(): StackUnwinder {
    this.#unwinder ??= new StackUnwinder(this);
    return this.#unwinder;
  }

  /** Address of a symbol that must be there. */
  symbol(name: string): Address {
    const address = this.findSymbol(name);
    if (address === undefined) throw new SondeError(`cannot resolve: "${name}"`);
    return address;
  }

  /** Of the kernel itself, not of a module. */
  findSymbol(name: string): Address | undefined {
    return this.symbols.kallsyms.named(name)[0]?.address;
  }

  /** A structure at an address, its members by name. */
  object(struct: string, address: Address): KernelObject {
    return new KernelObject(this, struct, address);
  }

  /** User memory of a process, by the physical address of its top table. */
  space(root: number): AddressSpace {
    let space = this.#spaces.get(root);
    if (!space) {
      space = new AddressSpace(this.dump.physical, root, this.levels);
      this.#spaces.set(root, space);
    }
    return space;
  }

  /** Address of a per-CPU variable on a CPU: its symbol is an offset into each CPU's area. */
  perCpu(name: string, cpu: number): Address {
    return BigInt.asUintN(64, this.symbol(name) + this.word(this.symbol('__per_cpu_offset') + BigInt(cpu * 8)));
  }

  word(address: Address): bigint {
    const bytes = this.memory.read(address, 8);
    return new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true);
  }

  int(address: Address): number {
    const bytes = this.memory.read(address, 4);
    return new DataView(bytes.buffer, bytes.byteOffset, 4).getInt32(0, true);
  }

  /** A NUL-terminated string, at most `limit` bytes, stopping where memory does. */
  string(address: Address, limit = 256): string {
    let text = '';
    while (text.length < limit) {
      const at = address + BigInt(text.length);
      const part = this.memory.read(at, Math.min(limit - text.length, 4096 - Number(at & 0xfffn)));
      const end = part.indexOf(0);
      text += new TextDecoder('latin1').decode(end < 0 ? part : part.subarray(0, end));
      if (end >= 0) break;
    }
    return text;
  }
}
