import { frameMask, pageBits } from '../arch/paging.ts';
import type { Address } from '../base/address.ts';
import { PhysicalError, type PhysicalMemory } from '../targets/kernel/physical.ts';
import type { AddressSpace } from './addressSpace.ts';

const pageSize = 4096;
const tableSpan = 512 * pageSize;

/** What the page tables say of one page. */
export type PageState =
  | { readonly kind: 'mapped'; readonly physical: number }
  /** `type`: which swap area; `offset`: which page of it. */
  | { readonly kind: 'swapped'; readonly type: number; readonly offset: bigint }
  | { readonly kind: 'none' };

const none: PageState = { kind: 'none' };
/** A page that may not be touched (PROT_NONE, NUMA balancing): mapped, but not present (arch/x86/include/asm/pgtable_types.h). */
const protNone = 0x100n;

/**
 * Every page of a range in order. Tables are read once each, not once a page: an address space has hundreds of thousands.
 * `start` and `end` are page aligned. Where a table is not in the dump nothing is mapped.
 */
export function* pagesIn(
  space: AddressSpace,
  physical: PhysicalMemory,
  start: Address,
  end: Address,
): Iterable<{ address: Address; state: PageState }> {
  for (let at = start; at < end; ) {
    const next = (at - (at % BigInt(tableSpan)) + BigInt(tableSpan)) as Address;
    const stop = next < end ? next : end;
    const states = tableStates(space, physical, at);
    for (; at < stop; at += BigInt(pageSize)) yield { address: at, state: states(Number((at >> 12n) & 511n)) };
  }
}

/** The 512 pages that one last-level table (or one large page) maps, around an address. */
function tableStates(space: AddressSpace, physical: PhysicalMemory, address: Address): (index: number) => PageState {
  try {
    const { steps, physical: mapped, span } = space.walk(address);
    const last = steps[steps.length - 1];
    if (last.level.name !== 'PTE') {
      if (mapped === undefined) return () => none;
      const base = mapped - (mapped % span);
      const within = Number(address & BigInt(span - 1)) - (Number(address & BigInt(span - 1)) % tableSpan);
      return (index) => ({ kind: 'mapped', physical: base + within + index * pageSize });
    }
    const table = physical.read(last.at - (last.at % pageSize), pageSize);
    const view = new DataView(table.buffer, table.byteOffset, pageSize);
    return (index) => pageState(view.getBigUint64(index * 8, true));
  } catch (error) {
    if (error instanceof PhysicalError) return () => none;
    throw error;
  }
}

/** A last-level entry. Entries that are not present are kept inverted, against L1TF (arch/x86/include/asm/pgtable-invert.h, pgtable_64.h). */
export function pageState(entry: bigint): PageState {
  if (entry === 0n) return none;
  if (entry & pageBits.present) return { kind: 'mapped', physical: Number(entry & frameMask) };
  if (entry & protNone) return { kind: 'mapped', physical: Number(~entry & frameMask) };
  return { kind: 'swapped', type: Number(entry >> 59n), offset: BigInt.asUintN(64, ~entry << 5n) >> 14n };
}
