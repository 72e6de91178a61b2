import type { Address } from '../base/address.ts';
import type { Kernel } from './kernel.ts';
import type { KernelObject } from './object.ts';

/** What `struct page` says of a page frame. */
export interface PageFrame {
  readonly address: Address;
  readonly mapping: Address;
  readonly index: bigint;
  readonly count: number;
  readonly flags: bigint;
  readonly flagNames: readonly string[];
}

/** With a virtual memory map (CONFIG_SPARSEMEM_VMEMMAP) the structures lie one after the other, by frame number. Undefined without one. */
export function pageStructure(kernel: Kernel, physical: number): KernelObject | undefined {
  const base = kernel.findSymbol('vmemmap_base');
  if (base === undefined) return undefined;
  return kernel.object('page', kernel.word(base) + BigInt(Math.floor(physical / 4096) * kernel.layouts.size('page')));
}

/** Throws MemoryError where the frame's structure is not in the dump. */
export function pageFrame(kernel: Kernel, physical: number): PageFrame | undefined {
  const page = pageStructure(kernel, physical);
  if (!page) return undefined;
  const flags = BigInt.asUintN(64, page.value('flags'));
  return {
    address: page.address,
    mapping: page.pointer('mapping'),
    // Since 6.16 only folios have an index by that name.
    index: BigInt.asUintN(64, page.value(page.has('index') ? 'index' : '__folio_index')),
    count: page.number('_refcount.counter'),
    flags,
    flagNames: flagNames(kernel, flags),
  };
}

/** enum pageflags (include/linux/page-flags.h): bits up to __NR_PAGEFLAGS; the names behind it are second names. */
function flagNames(kernel: Kernel, flags: bigint): string[] {
  const names: string[] = [];
  for (const { name, value } of kernel.types.enumeration('pageflags')?.enumerators ?? []) {
    if (name === '__NR_PAGEFLAGS') break;
    if ((flags >> value) & 1n) names.push(name.replace(/^PG_/, ''));
  }
  return names;
}
