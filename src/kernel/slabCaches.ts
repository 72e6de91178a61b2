import type { Address } from '../base/address.ts';
import { MemoryError, SondeError } from '../base/errors.ts';
import { cpuCount } from './cpus.ts';
import type { Kernel } from './kernel.ts';
import { listEntries } from './lists.ts';
import type { KernelObject } from './object.ts';

/** More slabs than a list of one cache has. */
const longest = 1 << 20;

/** A cache of the slab allocator (SLUB): `struct kmem_cache`. */
export interface SlabCache {
  readonly object: KernelObject;
  readonly name: string;
  /** Bytes of an object as its user sees it, and with what the allocator adds. */
  readonly objectSize: number;
  readonly stride: number;
  /** log2 of a new slab's pages. */
  readonly order: number;
}

/** One slab: some pages with objects of a cache. Until 5.16 `struct page` itself, since then `struct slab`. */
export interface Slab {
  readonly object: KernelObject;
  /** Where its objects lie. */
  readonly memory: Address;
  readonly node: number;
  readonly total: number;
  /** Objects that are in use or on a CPU's list. */
  readonly inUse: number;
  readonly freeList: Address;
}

/** What a CPU allocates from: `struct kmem_cache_cpu`. */
export interface CpuSlabs {
  readonly cpu: number;
  readonly address: Address;
  readonly slab: Slab | undefined;
  /** Free objects that only this CPU gives away. */
  readonly free: ReadonlySet<Address>;
  readonly partial: readonly Slab[];
}

/** `struct kmem_cache_node`. */
export interface NodeSlabs {
  readonly node: number;
  readonly object: KernelObject;
  readonly slabs: number;
  readonly objects: number;
  readonly partial: readonly Slab[];
}

export interface CacheUse {
  readonly cpus: readonly CpuSlabs[];
  readonly nodes: readonly NodeSlabs[];
  readonly allocated: number;
  readonly total: number;
  readonly slabs: number;
}

/** SLUB's caches in the order of slab_caches. Throws SondeError for kernels with another allocator. */
export function slabCaches(kernel: Kernel): SlabCache[] {
  if (!kernel.layouts.has('kmem_cache', 'node') && !kernel.layouts.has('kmem_cache', 'per_node'))
    throw new SondeError('this kernel has no SLUB caches');
  const caches: SlabCache[] = [];
  for (const object of listEntries(kernel, kernel.symbol('slab_caches'), 'kmem_cache', 'list')) caches.push(describe(object));
  return caches;
}

/** `oo`: order and objects of a new slab in one word (mm/slub.c: OO_SHIFT). */
const orderShift = 16;

const describe = (object: KernelObject): SlabCache => ({
  object,
  name: object.kernel.string(object.pointer('name'), 128),
  objectSize: object.number('object_size'),
  stride: object.number('size'),
  order: object.number('oo.x') >> orderShift,
});

/** How much of a cache is in use, CPU by CPU and node by node. */
export function cacheUse(cache: SlabCache): CacheUse {
  const nodes = nodeSlabs(cache);
  const cpus = cpuSlabs(cache);
  const total = nodes.reduce((sum, { objects }) => sum + objects, 0);
  let free = 0;
  const freeIn = (slab: Slab) => slab.total - slab.inUse;
  for (const { slab, free: own, partial } of cpus) {
    free += own.size + (slab ? freeIn(slab) : 0);
    for (const other of partial) free += freeIn(other);
  }
  for (const { partial } of nodes) for (const slab of partial) free += freeIn(slab);
  free += objectsInSheaves(cache);
  return { cpus, nodes, allocated: total - free, total, slabs: nodes.reduce((sum, { slabs }) => sum + slabs, 0) };
}

/** Since 6.18: free objects that CPUs and nodes keep in sheaves (mm/slub.c); their slabs count them as in use. */
function objectsInSheaves({ object }: SlabCache): number {
  const { kernel } = object;
  if (!object.has('cpu_sheaves') || object.pointer('cpu_sheaves') === 0n) return 0;
  let free = 0;
  for (let cpu = 0; cpu < cpuCount(kernel); cpu++) {
    const at = object.pointer('cpu_sheaves') + kernel.word(kernel.symbol('__per_cpu_offset') + BigInt(cpu * 8));
    const own = kernel.object('slub_percpu_sheaves', BigInt.asUintN(64, at));
    for (const name of ['main', 'spare']) free += own.follow(name, 'slab_sheaf')?.number('size') ?? 0;
  }
  for (const { barn } of nodeTable(object)) if (barn?.has('nr_full')) free += barn.number('nr_full') * object.number('sheaf_capacity');
  return free;
}

/** `node[]`, which is `per_node[]` since 7.0 and has a barn of sheaves for each node too. */
function* nodeTable(object: KernelObject): Iterable<{ index: number; node: KernelObject; barn: KernelObject | undefined }> {
  const { kernel } = object;
  const isPair = object.has('per_node');
  const table = object.addressOf(isPair ? 'per_node' : 'node');
  // The table is as long as there can be nodes, but the object is cut off behind the last that there is.
  const count = kernel.findSymbol('nr_node_ids') === undefined ? 1 : Math.min(Math.max(kernel.int(kernel.symbol('nr_node_ids')), 1), 1024);
  for (let index = 0; index < count; index++) {
    const pair = isPair && kernel.object('kmem_cache_per_node_ptrs', table + BigInt(index * 16));
    const address = pair ? pair.pointer('node') : kernel.word(table + BigInt(index * 8));
    if (address !== 0n)
      yield { index, node: kernel.object('kmem_cache_node', address), barn: pair ? pair.follow('barn', 'node_barn') : undefined };
  }
}

function nodeSlabs({ object }: SlabCache): NodeSlabs[] {
  const { kernel } = object;
  const nodes: NodeSlabs[] = [];
  for (const { index, node } of nodeTable(object)) {
    const link = slabStruct(kernel) === 'slab' ? 'slab_list' : kernel.layouts.has('page', 'slab_list') ? 'slab_list' : 'lru';
    const partial: Slab[] = [];
    for (const slab of listEntries(kernel, node.addressOf('partial'), slabStruct(kernel), link)) partial.push(describeSlab(slab));
    nodes.push({
      node: index,
      object: node,
      slabs: node.has('nr_slabs') ? node.number('nr_slabs.counter') : 0,
      objects: node.has('total_objects') ? node.number('total_objects.counter') : 0,
      partial,
    });
  }
  return nodes;
}

function cpuSlabs(cache: SlabCache): CpuSlabs[] {
  const { object } = cache;
  const { kernel } = object;
  if (!object.has('cpu_slab')) return []; // since 7.0 there are only sheaves
  const member = kernel.layouts.has('kmem_cache_cpu', 'slab') ? 'slab' : 'page';
  return Array.from({ length: cpuCount(kernel) }, (_, cpu) => {
    const address = BigInt.asUintN(64, object.pointer('cpu_slab') + kernel.word(kernel.symbol('__per_cpu_offset') + BigInt(cpu * 8)));
    const own = kernel.object('kmem_cache_cpu', address);
    const slab = own.follow(member, slabStruct(kernel));
    const partial: Slab[] = [];
    let next = own.has('partial') ? own.follow('partial', slabStruct(kernel)) : undefined;
    for (; next && partial.length < longest; next = next.follow('next', slabStruct(kernel))) partial.push(describeSlab(next));
    const described = slab && describeSlab(slab);
    return {
      cpu,
      address,
      slab: described,
      free: described ? freeObjects(cache, own.pointer('freelist'), described.total) : new Set<Address>(),
      partial,
    };
  });
}

/**
 * The objects on a list of free ones. With CONFIG_SLAB_FREELIST_HARDENED each link is mixed with the cache's random number and, byte-swapped, with its own
 * address (mm/slub.c: freelist_ptr). A damaged list ends after as many as there can be.
 */
export function freeObjects({ object }: SlabCache, first: Address, most: number): Set<Address> {
  const { kernel } = object;
  const offset = BigInt(object.number('offset'));
  const random = object.has('random') ? object.pointer('random') : undefined;
  const free = new Set<Address>();
  try {
    for (let at = first; at !== 0n && free.size < most && !free.has(at); ) {
      free.add(at);
      const link = at + offset;
      const stored = kernel.word(link);
      at = random === undefined ? stored : stored ^ random ^ swapped(link);
    }
  } catch (error) {
    if (!(error instanceof MemoryError)) throw error;
  }
  return free;
}

function swapped(word: bigint): bigint {
  let out = 0n;
  for (let byte = 0n; byte < 64n; byte += 8n) out = (out << 8n) | ((word >> byte) & 0xffn);
  return out;
}

const slabStruct = (kernel: Kernel): 'slab' | 'page' => (kernel.layouts.has('slab', 'slab_cache') ? 'slab' : 'page');

/** The slab that a page belongs to: `page` is its first. */
export const slabOfPage = (kernel: Kernel, page: Address): KernelObject => kernel.object(slabStruct(kernel), page);

export function describeSlab(object: KernelObject): Slab {
  const { kernel } = object;
  return {
    object,
    memory: pageMemory(kernel, object.address),
    node: Number(BigInt.asUintN(64, object.value(object.has('__page_flags') ? '__page_flags' : 'flags')) >> nodeShift),
    total: object.number('objects'),
    inUse: object.number('inuse'),
    freeList: object.pointer('freelist'),
  };
}

/** NODES_PGSHIFT with 10 bits of node number, as distributions configure it: the uppermost bits of a page's flags. */
const nodeShift = 54n;

/** Where the memory of a struct page lies in the direct map. */
function pageMemory(kernel: Kernel, page: Address): Address {
  const frame = (page - kernel.word(kernel.symbol('vmemmap_base'))) / BigInt(kernel.layouts.size('page'));
  return kernel.word(kernel.symbol('page_offset_base')) + frame * 4096n;
}
