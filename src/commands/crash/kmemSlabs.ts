import { MemoryError, SondeError } from '../../base/errors.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import { pageStructure } from '../../kernel/pageFrame.ts';
import {
  type CacheUse,
  type CpuSlabs,
  cacheUse,
  describeSlab,
  freeObjects,
  type NodeSlabs,
  type Slab,
  type SlabCache,
  slabCaches,
  slabOfPage,
} from '../../kernel/slabCaches.ts';
import { addressOf } from './addressWord.ts';
import { type CrashContext, crashResult } from './command.ts';
import { selectedCpus } from './cpuSelection.ts';
import { isKernelAddress } from './kernelAddress.ts';
import { pointer } from './taskText.ts';

export const cacheHeader = 'CACHE             OBJSIZE  ALLOCATED     TOTAL  SLABS  SSIZE  NAME\n';
const slabHeader = '  SLAB              MEMORY            NODE  TOTAL  ALLOCATED  FREE\n';

interface References {
  readonly words: readonly string[];
  /** `-S`: every object. */
  readonly everything: boolean;
  /** `-I`: names of caches that are left out. */
  readonly ignored?: readonly string[];
  /** `-S=0,1`. */
  readonly cpus?: string;
}

/** `kmem -s` and `kmem -S`: all caches, one by name, or the slab that an address is in. */
export function slabReferences({ words, everything, ignored = [], cpus }: References, context: CrashContext): void {
  const { session, emit } = context;
  const { kernel } = session;
  const caches = slabCaches(kernel);
  const [word] = words;
  if (words.length > 1 && words.every((name) => caches.some((cache) => cache.name === name)))
    throw new SondeError('only one kmem_cache reference is allowed');
  const named = caches.filter(({ name }) => name === word);
  const address = word === undefined || named.length > 0 ? undefined : addressOf(kernel, word);
  if (address !== undefined && isKernelAddress(kernel, address)) {
    for (const each of words) showObject(kernel, each, everything, context);
    return;
  }
  const wanted = word === undefined ? caches : named;
  const only = cpus === undefined ? undefined : selectedCpus(kernel, cpus);
  let header = cacheHeader;
  for (const cache of wanted) {
    const heading = everything ? cacheHeader : header;
    header = '';
    if (ignored.includes(cache.name)) {
      const line = `${pointer(cache.object.address)}  [IGNORED]                                   ${cache.name}\n`;
      emit({ kind: 'slab cache', data: { name: cache.name, ignored: true }, text: () => heading + line });
      continue;
    }
    const use = cacheUse(cache);
    emit(
      crashResult(
        'slab cache',
        () => cacheData(cache, use),
        () => heading + cacheLine(cache, use) + (everything ? cacheText(cache, use, only) : ''),
      ),
    );
  }
}

const cacheData = ({ object, name, objectSize, order }: SlabCache, { allocated, total, slabs }: CacheUse) => ({
  name,
  address: `0x${pointer(object.address)}`,
  objectSize,
  allocated,
  total,
  slabs,
  slabSize: 4096 * 2 ** order,
});

export const cacheLine = ({ object, name, objectSize, order }: SlabCache, { allocated, total, slabs }: CacheUse): string =>
  `${pointer(object.address)} ${String(objectSize).padStart(8)}  ${String(allocated).padStart(9)}  ${String(total).padStart(8)}  ${String(slabs).padStart(5)}  ${`${4 * 2 ** order}k`.padStart(5)}  ${name}\n`;

function cacheText(cache: SlabCache, { cpus, nodes }: CacheUse, only: readonly number[] | undefined): string {
  const shown = cpus.filter(({ cpu }) => !only || only.includes(cpu));
  const nodesText = nodes.map((node) => nodeText(node, shown)).join('');
  return `${shown.map((own) => cpuText(cache, own)).join('')}${nodesText}\n`;
}

function cpuText(cache: SlabCache, { cpu, address, slab, free, partial }: CpuSlabs): string {
  const lines = (list: readonly Slab[]) => (list.length === 0 ? '  (empty)\n' : list.map((each) => slabText(cache, each)).join(''));
  const own = slab ? slabText(cache, slab, { cpu, free }) : '  (empty)\n';
  return `CPU ${cpu} KMEM_CACHE_CPU:\n  ${pointer(address)}\nCPU ${cpu} SLAB:\n${own}CPU ${cpu} PARTIAL:\n${lines(partial)}`;
}

function nodeText({ node, object, slabs, partial }: NodeSlabs, cpus: readonly CpuSlabs[]): string {
  const perCpu = cpus.filter(({ slab }) => slab?.node === node).length;
  const line = `${pointer(object.address)} ${String(node).padStart(5)} ${String(slabs).padStart(6)} ${String(partial.length).padStart(8)} ${String(perCpu).padStart(8)}\n`;
  const list = partial.length === 0 ? '  (empty)\n' : slabHeader + partial.map((slab) => slabLine(slab, slab.inUse)).join('');
  return `KMEM_CACHE_NODE   NODE  SLABS  PARTIAL  PER-CPU\n${line}NODE ${node} PARTIAL:\n${list}NODE ${node} FULL:\n  (not tracked)\n`;
}

/** A slab and its objects: those in use in brackets, those that a CPU keeps for itself with its number. */
function slabText(cache: SlabCache, slab: Slab, cpu?: { readonly cpu: number; readonly free: ReadonlySet<bigint> }): string {
  const free = freeObjects(cache, slab.freeList, slab.total);
  const allocated = slab.inUse - (cpu?.free.size ?? 0);
  const objects = Array.from({ length: slab.total }, (_, index) => {
    const object = slab.memory + BigInt(index * cache.stride);
    if (cpu && (cpu.free.has(object) || free.has(object))) return `   ${pointer(object)}  (cpu ${cpu.cpu} cache)\n`;
    return free.has(object) ? `   ${pointer(object)}  \n` : `  [${pointer(object)}]\n`;
  });
  return `${slabHeader}${slabLine(slab, allocated)}  FREE / [ALLOCATED]\n${objects.join('')}`;
}

const slabLine = ({ object, memory, node, total }: Slab, allocated: number): string =>
  `  ${pointer(object.address)}  ${pointer(memory)}  ${String(node).padStart(4)}  ${String(total).padStart(5)}  ${String(allocated).padStart(9)}  ${String(total - allocated).padStart(4)}\n`;

function showObject(kernel: Kernel, word: string, everything: boolean, { emit }: CrashContext): void {
  const address = addressOf(kernel, word);
  const found = address === undefined ? undefined : slabObject(kernel, address, everything);
  if (!found) throw new SondeError(`address is not allocated in slab subsystem: ${word}`);
  emit(
    crashResult(
      'slab object',
      () => found.data,
      () => found.text,
    ),
  );
}

/** The cache, slab and object that an address belongs to, as `kmem ADDRESS` shows them; `everything`: all objects of the slab. */
export function slabObject(kernel: Kernel, address: bigint, everything: boolean): { data: unknown; text: string } | undefined {
  const place = slabAround(kernel, address);
  if (!place) return undefined;
  const { cache, slab } = place;
  const use = cacheUse(cache);
  const owner = use.cpus.find((own) => own.slab?.object.address === slab.object.address);
  const cpu = owner && { cpu: owner.cpu, free: owner.free };
  const lines = slabText(cache, slab, cpu).split('\n');
  const index = Number((address - slab.memory) / BigInt(cache.stride));
  const object = slab.memory + BigInt(index * cache.stride);
  // Header, the slab's line, the objects' header; then one line for each.
  const text = everything ? lines.join('\n') : `${[...lines.slice(0, 3), lines[3 + index]].join('\n')}\n`;
  return {
    data: { cache: cache.name, slab: `0x${pointer(slab.object.address)}`, object: `0x${pointer(object)}`, line: lines[3 + index]?.trim() },
    text: `${cacheHeader}${cacheLine(cache, use)}${text}`,
  };
}

function slabAround(kernel: Kernel, address: bigint): { cache: SlabCache; slab: Slab } | undefined {
  try {
    const physical = kernel.memory.translate(address);
    const page = physical === undefined ? undefined : pageStructure(kernel, physical);
    if (!page) return undefined;
    const head = page.pointer('compound_head');
    const object = slabOfPage(kernel, (head & 1n) === 1n ? head - 1n : page.address);
    const owner = object.pointer('slab_cache');
    const cache = slabCaches(kernel).find((candidate) => candidate.object.address === owner);
    if (!cache) return undefined;
    const slab = describeSlab(object);
    const isInside = address >= slab.memory && address < slab.memory + BigInt(slab.total * cache.stride);
    return isInside ? { cache, slab } : undefined;
  } catch (error) {
    if (error instanceof MemoryError) return undefined;
    throw error;
  }
}
