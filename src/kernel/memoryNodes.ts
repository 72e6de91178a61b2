import type { Address } from '../base/address.ts';
import { MemoryError } from '../base/errors.ts';
import { bare } from '../program/types.ts';
import type { Kernel } from './kernel.ts';
import type { KernelObject } from './object.ts';
import { subsystem, subsystemDevices } from './subsystems.ts';

/** MAX_NUMNODES is at most 1 << 10 (include/linux/numa.h). */
const mostNodes = 1024;

/** A node of memory: `struct pglist_data`. */
export interface MemoryNode {
  readonly object: KernelObject;
  readonly id: number;
  /** In frames. */
  readonly start: number;
  readonly spanned: number;
  readonly zones: readonly Zone[];
}

/** `struct zone`; sizes in pages. */
export interface Zone {
  readonly object: KernelObject;
  readonly index: number;
  readonly name: string;
  readonly start: number;
  readonly spanned: number;
  readonly present: number;
}

/** All nodes (mm/page_alloc.c: node_data; contig_page_data without NUMA). */
export function memoryNodes(kernel: Kernel): MemoryNode[] {
  const single = kernel.findSymbol('contig_page_data');
  if (single !== undefined) return [describeNode(kernel.object('pglist_data', single))];
  const table = kernel.symbol('node_data');
  const end = kernel.symbols.next(table) ?? table + 8n;
  const nodes: MemoryNode[] = [];
  for (let at = table, index = 0; at + 8n <= end && index < mostNodes; at += 8n, index++) {
    const address = kernel.word(at);
    if (address !== 0n) nodes.push(describeNode(kernel.object('pglist_data', address)));
  }
  return nodes;
}

function describeNode(object: KernelObject): MemoryNode {
  const { kernel } = object;
  const size = kernel.layouts.size('zone');
  const count = Math.floor(kernel.layouts.field('pglist_data', 'node_zones').size / size);
  const first = object.addressOf('node_zones');
  return {
    object,
    id: object.number('node_id'),
    start: object.number('node_start_pfn'),
    spanned: object.number('node_spanned_pages'),
    zones: Array.from({ length: count }, (_, index) => describeZone(kernel.object('zone', first + BigInt(index * size)), index)),
  };
}

const describeZone = (object: KernelObject, index: number): Zone => ({
  object,
  index,
  name: object.kernel.string(object.pointer('name'), 32),
  start: object.number('zone_start_pfn'),
  spanned: object.number('spanned_pages'),
  present: object.number('present_pages'),
});

/** A list of free blocks of one order and migrate type. */
export interface FreeList {
  readonly order: number;
  readonly head: Address;
  /** Addresses of the blocks' first struct page. */
  readonly pages: readonly Address[];
}

/** More blocks than a zone can hold free: a list that is longer goes round in a circle. */
const mostBlocks = 1 << 24;

/** The buddy allocator's lists of a zone (include/linux/mmzone.h: struct free_area), order by order. */
export function* freeLists({ object }: Zone): Iterable<FreeList> {
  const { kernel } = object;
  const areaSize = kernel.layouts.size('free_area');
  const orders = Math.floor(kernel.layouts.field('zone', 'free_area').size / areaSize);
  const types = Math.floor(kernel.layouts.field('free_area', 'free_list').size / 16);
  // Pages are linked by their `lru`, which is called buddy_list since 5.19.
  const link = BigInt(kernel.layouts.offset('page', 'lru'));
  for (let order = 0; order < orders; order++) {
    for (let type = 0; type < types; type++) {
      const head = object.addressOf('free_area') + BigInt(order * areaSize + kernel.layouts.offset('free_area', 'free_list') + type * 16);
      yield { order, head, pages: linkedPages(kernel, head, link) };
    }
  }
}

function linkedPages(kernel: Kernel, head: Address, link: bigint): Address[] {
  const pages: Address[] = [];
  const seen = new Set<Address>();
  try {
    for (let at = kernel.word(head); at !== head && at !== 0n && !seen.has(at) && pages.length < mostBlocks; at = kernel.word(at)) {
      seen.add(at);
      pages.push(at - link);
    }
  } catch (error) {
    if (!(error instanceof MemoryError)) throw error;
  }
  return pages;
}

/** A statistic of the memory manager: NR_FREE_PAGES and the like. */
export interface Statistic {
  readonly name: string;
  readonly value: bigint;
}

/** Counters in an array of atomic_long_t, one for each enumerator in front of the one that counts them (include/linux/mmzone.h, vmstat.h). */
export function statistics(kernel: Kernel, enumeration: string, end: string, array: Address): Statistic[] {
  const names = enumeratorsBelow(kernel, enumeration, end);
  return names.map((name, index) => ({ name, value: BigInt.asIntN(64, kernel.word(array + BigInt(index * 8))) }));
}

/** Of several names for a number the last one counts: the first are marks (NR_LRU_BASE). */
export function enumeratorsBelow(kernel: Kernel, enumeration: string, end: string): string[] {
  const names: string[] = [];
  for (const { name, value } of kernel.types.enumeration(enumeration)?.enumerators ?? []) {
    if (name === end) break;
    names[Number(value)] = name;
  }
  return names;
}

/** Events of all CPUs (mm/vmstat.c: vm_event_states), summed. */
export function eventCounts(kernel: Kernel, cpus: number): Statistic[] {
  return enumeratorsBelow(kernel, 'vm_event_item', 'NR_VM_EVENT_ITEMS').map((name, index) => {
    let value = 0n;
    for (let cpu = 0; cpu < cpus; cpu++) value += kernel.word(kernel.perCpu('vm_event_states', cpu) + BigInt(index * 8));
    return { name, value: BigInt.asUintN(64, value) };
  });
}

/** Present sections of physical memory (CONFIG_SPARSEMEM): `struct mem_section`. */
export interface MemorySection {
  readonly number: number;
  readonly address: Address;
  /** Its struct pages, less what the first frame number would add. */
  readonly codedMap: Address;
  /** P present, M has a memory map, O online, E early. */
  readonly state: string;
}

/** SECTION_SIZE_BITS of x86-64 (arch/x86/include/asm/sparsemem.h). */
export const pagesPerSection = 2 ** (27 - 12);
const mostRoots = 1 << 17;
const sectionStates = ['P', 'M', 'O', 'E'];

export function memorySections(kernel: Kernel): MemorySection[] {
  const table = kernel.findSymbol('mem_section');
  if (table === undefined || !kernel.layouts.has('mem_section', 'section_mem_map')) return [];
  const roots = kernel.word(table);
  const size = kernel.layouts.size('mem_section');
  const perRoot = Math.floor(4096 / size);
  const last = kernel.findSymbol('__highest_present_section_nr');
  const count = last === undefined ? mostRoots : Math.min(kernel.int(last) + 1, mostRoots);
  const sections: MemorySection[] = [];
  for (let number = 0; number < count; number++) {
    const root = kernel.word(roots + BigInt(Math.floor(number / perRoot) * 8));
    if (root === 0n) continue;
    const address = root + BigInt((number % perRoot) * size);
    const map = kernel.object('mem_section', address).pointer('section_mem_map');
    if ((map & 1n) === 0n) continue;
    const state = sectionStates.filter((_, bit) => (map >> BigInt(bit)) & 1n).join('');
    sections.push({ number, address, codedMap: map & ~0x3fn, state });
  }
  return sections;
}

/** A block of memory that can be taken away: `struct memory_block`. */
export interface MemoryBlock {
  readonly address: Address;
  readonly name: string;
  readonly node: number;
  readonly state: string;
  readonly firstSection: number;
  /** Physical. */
  readonly start: number;
  readonly end: number;
}

const blockStates: Readonly<Record<number, string>> = { 1: 'ONLINE', 2: 'GOING_OFFLINE', 4: 'OFFLINE' };

/** The devices of memory_subsys (drivers/base/memory.c). */
export function memoryBlocks(kernel: Kernel): MemoryBlock[] {
  const bus = kernel.layouts.has('memory_block', 'dev') ? subsystem(kernel, 'bus', 'memory_subsys') : undefined;
  if (!bus) return [];
  const sizeAt = kernel.findSymbol('memory_block_size');
  const blocks: MemoryBlock[] = [];
  for (const device of subsystemDevices(bus, 'bus')) {
    const block = kernel.object('memory_block', device - BigInt(kernel.layouts.offset('memory_block', 'dev')));
    const firstSection = block.number('start_section_nr');
    const start = firstSection * pagesPerSection * 4096;
    const size = sizeAt === undefined ? pagesPerSection * 4096 : Number(kernel.word(sizeAt)) || pagesPerSection * 4096;
    blocks.push({
      address: block.address,
      name: kernel.string(block.pointer('dev.kobj.name'), 64),
      node: block.has('nid') ? block.number('nid') : 0,
      state: blockStates[block.number('state')] ?? String(block.number('state')),
      firstSection,
      start,
      end: start + size - 1,
    });
  }
  return blocks;
}

/** A pool of huge pages: `struct hstate`. */
export interface HugePool {
  readonly address: Address;
  readonly name: string;
  /** log2 of its pages' size in pages. */
  readonly order: number;
  readonly total: number;
  readonly free: number;
}

export function hugePools(kernel: Kernel): HugePool[] {
  const table = kernel.findSymbol('hstates');
  const count = kernel.findSymbol('hugetlb_max_hstate');
  if (table === undefined || count === undefined || !kernel.layouts.has('hstate')) return [];
  const size = kernel.layouts.size('hstate');
  return Array.from({ length: Math.min(Math.max(kernel.int(count), 0), 8) }, (_, index) => {
    const pool = kernel.object('hstate', table + BigInt(index * size));
    return {
      address: pool.address,
      name: pool.string('name'),
      order: pool.number('order'),
      total: pool.number('nr_huge_pages'),
      free: pool.number('free_huge_pages'),
    };
  });
}

/** Pages of block devices' own mappings, which `free` calls buffers (block/bdev.c: nr_blockdev_pages). */
export function bufferPages(kernel: Kernel): number {
  const symbol = kernel.findSymbol('blockdev_superblock');
  if (symbol === undefined) return 0;
  const superBlock = kernel.object('super_block', kernel.word(symbol));
  const head = superBlock.addressOf('s_inodes');
  const link = BigInt(kernel.layouts.offset('inode', 'i_sb_list'));
  let pages = 0;
  const seen = new Set<Address>();
  for (let at = kernel.word(head); at !== head && !seen.has(at); at = kernel.word(at)) {
    seen.add(at);
    pages += kernel.object('inode', at - link).number('i_data.nrpages');
  }
  return pages;
}

/** How many elements an array member has. */
export function arrayLength(kernel: Kernel, struct: string, member: string): number {
  const type = bare(kernel.layouts.field(struct, member).type);
  return type.kind === 'array' ? (type.count ?? 0) : 0;
}
