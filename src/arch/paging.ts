/**
 * x86-64 paging as tables (Intel SDM vol. 3A §4.5): levels from the root down, bits of an entry. Physical addresses are numbers.
 */
export interface PagingLevel {
  readonly name: 'PGD' | 'P4D' | 'PUD' | 'PMD' | 'PTE';
  /** Lowest address bit that indexes this level. */
  readonly shift: number;
  /** Bytes that one entry maps. */
  readonly span: number;
}

const level = (name: PagingLevel['name'], shift: number): PagingLevel => ({ name, shift, span: 2 ** shift });
const lower = [level('PUD', 30), level('PMD', 21), level('PTE', 12)];

export const fourLevels: readonly PagingLevel[] = [level('PGD', 39), ...lower];
export const fiveLevels: readonly PagingLevel[] = [level('PGD', 48), level('P4D', 39), ...lower];

export const pageBits = { present: 1n, large: 0x80n } as const;

/** Bits 12 to 51 of an entry: the frame's address. */
export const frameMask = 0x000f_ffff_ffff_f000n;

/** What crash prints of an entry, in its order (arch/x86/include/asm/pgtable_types.h). */
export const pageFlagNames: readonly (readonly [bigint, string])[] = [
  [1n << 0n, 'PRESENT'],
  [1n << 1n, 'RW'],
  [1n << 2n, 'USER'],
  [1n << 3n, 'PWT'],
  [1n << 4n, 'PCD'],
  [1n << 5n, 'ACCESSED'],
  [1n << 6n, 'DIRTY'],
  [1n << 7n, 'PSE'],
  [1n << 8n, 'GLOBAL'],
  [1n << 63n, 'NX'],
];
