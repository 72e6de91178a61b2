import type { Address } from '../base/address.ts';
import { SondeError } from '../base/errors.ts';
import type { Kernel } from './kernel.ts';
import { mapleEntries } from './mapleTree.ts';
import type { KernelObject } from './object.ts';
import { filePath } from './paths.ts';

/** A virtual memory area: `struct vm_area_struct`. */
export interface Vma {
  readonly address: Address;
  readonly start: Address;
  readonly end: Address;
  readonly flags: bigint;
  /** Path of the mapped file; empty for anonymous memory. */
  readonly file: string;
  /** In pages. */
  readonly pageOffset: bigint;
}

/** The areas of an address space in order: from the maple tree (6.1 on), before that from the list `mm->mmap`. */
export function vmas(mm: KernelObject): Vma[] {
  const { kernel } = mm;
  const areas: KernelObject[] = [];
  if (mm.has('mm_mt')) {
    for (const { entry } of mapleEntries(kernel, mm.pointer('mm_mt.ma_root'))) areas.push(kernel.object('vm_area_struct', entry));
  } else {
    for (let vma = mm.follow('mmap', 'vm_area_struct'); vma; vma = vma.follow('vm_next', 'vm_area_struct')) {
      areas.push(vma);
      if (areas.length > 1 << 20) throw new SondeError('the list of memory areas goes round in a circle');
    }
  }
  return areas.map((area) => describe(kernel, area));
}

function describe(kernel: Kernel, area: KernelObject): Vma {
  const file = area.pointer('vm_file');
  return {
    address: area.address,
    start: area.pointer('vm_start'),
    end: area.pointer('vm_end'),
    flags: area.value('vm_flags'),
    file: file === 0n ? '' : filePath(kernel.object('file', file)),
    pageOffset: area.value('vm_pgoff'),
  };
}

/** Physical address of the top page table of an address space; with PTI the kernel's half, as `mm->pgd` points to it. */
export function pageTableRoot(mm: KernelObject): number {
  const root = mm.kernel.memory.translate(mm.pointer('pgd'));
  if (root === undefined) throw new SondeError('the page table root of this process is not mapped');
  return root;
}

/** MM_FILEPAGES, MM_ANONPAGES, MM_SHMEMPAGES; MM_SWAPENTS is 2 (include/linux/mm_types_task.h). */
const residentCounters = [0, 1, 3];

/**
 * Resident pages of an address space: file, anonymous and shared memory. Before 6.2 each thread keeps the last few changes to itself
 * (SPLIT_RSS_COUNTING), so the threads that use it are asked too.
 */
export function residentPages(mm: KernelObject, threads: readonly KernelObject[]): number {
  const { kernel } = mm;
  if (mm.has('rss_stat.count')) {
    let pages = sumOfWords(kernel, mm.addressOf('rss_stat.count'));
    for (const thread of threads) if (thread.has('rss_stat.count')) pages += sumOfInts(kernel, thread.addressOf('rss_stat.count'));
    return Math.max(pages, 0);
  }
  const size = kernel.layouts.size('percpu_counter');
  const base = mm.addressOf('rss_stat');
  const counter = (index: number) => kernel.object('percpu_counter', base + BigInt(index * size));
  return residentCounters.reduce((sum, index) => sum + percpuCounter(counter(index)), 0);
}

const sumOfWords = (kernel: Kernel, base: Address): number =>
  residentCounters.reduce((sum, index) => sum + Number(BigInt.asIntN(64, kernel.word(base + BigInt(index * 8)))), 0);

const sumOfInts = (kernel: Kernel, base: Address): number =>
  residentCounters.reduce((sum, index) => sum + kernel.int(base + BigInt(index * 4)), 0);

/** struct percpu_counter (lib/percpu_counter.c): a sum, and what each CPU has not added yet. */
function percpuCounter(counter: KernelObject): number {
  const { kernel } = counter;
  let sum = counter.number('count');
  const areas = kernel.symbol('__per_cpu_offset');
  const parts = counter.pointer('counters');
  const cpus = kernel.int(kernel.symbol('nr_cpu_ids'));
  for (let cpu = 0; parts !== 0n && cpu < cpus; cpu++) {
    sum += kernel.int(BigInt.asUintN(64, parts + kernel.word(areas + BigInt(cpu * 8))));
  }
  return sum;
}
