import type { Address } from '../base/address.ts';
import { MemoryError } from '../base/errors.ts';
import { basesOf, decodeOrcEntry, findOrcIndex, type OrcEntry, type OrcLayout } from '../formats/orc/orc.ts';
import type { Kernel } from './kernel.ts';
import { type LoadedModule, loadedModules, moduleAt } from './modules.ts';

/** One ORC table in the kernel's memory: where ranges begin, and what is to be done in them. */
interface OrcTable {
  readonly places: Address;
  readonly entries: Address;
  readonly count: number;
}

/** More entries than any kernel has. */
const most = 1 << 24;

/**
 * The ORC tables of a kernel and its modules. They are megabytes, of which a backtrace needs a few entries: a lookup reads what
 * a binary search touches, and its answer is kept.
 */
export class OrcTables {
  readonly #kernel: Kernel;
  readonly #layout: OrcLayout | undefined;
  readonly #image: { readonly start: Address; readonly end: Address; readonly table: OrcTable } | undefined;
  readonly #known = new Map<Address, OrcEntry | undefined>();
  #modules: readonly LoadedModule[] | undefined;

  /** A kernel that was built without ORC (CONFIG_UNWINDER_FRAME_POINTER) has no tables: nothing is found. */
  constructor(kernel: Kernel) {
    this.#kernel = kernel;
    this.#image = imageTable(kernel);
    this.#layout = kernel.layouts.has('orc_entry') ? orcLayout(kernel, this.#image?.table) : undefined;
  }

  /** What is to be done at an address of the kernel's code; undefined where no table says: in code made at run time. */
  find(address: Address): OrcEntry | undefined {
    if (!this.#known.has(address)) this.#known.set(address, this.#layout && this.#look(address, this.#layout));
    return this.#known.get(address);
  }

  #look(address: Address, layout: OrcLayout): OrcEntry | undefined {
    const table = this.#tableFor(address);
    if (!table || table.count <= 0 || table.count > most) return undefined;
    try {
      const place = Number(address - table.places);
      const index = findOrcIndex(table.count, (at) => this.#kernel.int(table.places + BigInt(at * 4)), place);
      if (index < 0) return undefined;
      return decodeOrcEntry(this.#kernel.memory.read(table.entries + BigInt(index * layout.size), layout.size), layout);
    } catch (error) {
      if (error instanceof MemoryError) return undefined;
      throw error;
    }
  }

  #tableFor(address: Address): OrcTable | undefined {
    if (this.#image && address >= this.#image.start && address < this.#image.end) return this.#image.table;
    this.#modules ??= loadedModules(this.#kernel);
    const module = moduleAt(this.#modules, address)?.object;
    if (!module?.has('arch.orc_unwind')) return undefined;
    return {
      places: module.pointer('arch.orc_unwind_ip'),
      entries: module.pointer('arch.orc_unwind'),
      count: module.number('arch.num_orcs'),
    };
  }
}

function imageTable(kernel: Kernel) {
  const [places, placesEnd, entries, start, end] = [
    '__start_orc_unwind_ip',
    '__stop_orc_unwind_ip',
    '__start_orc_unwind',
    '_text',
    '_einittext',
  ].map((name) => kernel.findSymbol(name));
  if (places === undefined || placesEnd === undefined || entries === undefined || start === undefined || end === undefined)
    return undefined;
  return { start, end, table: { places, entries, count: Number(placesEnd - places) / 4 } };
}

/** Enough entries to know the numbering by. */
const sample = 512;

function orcLayout({ layouts, memory }: Kernel, table: OrcTable | undefined): OrcLayout {
  const { offset: flags } = layouts.field('orc_entry', 'sp_reg');
  const bits = (member: string) => {
    const { offset, bitOffset = 0, bitSize = 8 } = layouts.field('orc_entry', member);
    return { shift: (offset - flags) * 8 + bitOffset, bits: bitSize };
  };
  const optional = (member: string) => (layouts.has('orc_entry', member) ? bits(member) : undefined);
  const layout = {
    size: layouts.size('orc_entry'),
    spOffset: layouts.offset('orc_entry', 'sp_offset'),
    bpOffset: layouts.offset('orc_entry', 'bp_offset'),
    flags,
    spBase: bits('sp_reg'),
    bpBase: bits('bp_reg'),
    type: bits('type'),
    end: optional('end'),
    signal: optional('signal'),
  };
  const entries = table ? memory.read(table.entries, Math.min(table.count, sample) * layout.size) : new Uint8Array(0);
  return { ...layout, bases: basesOf(entries, layout) };
}
