/** What /proc/PID/pagemap says of a page (Documentation/admin-guide/mm/pagemap.rst), from the halves of its word. */
export interface PageState {
  readonly kind: 'present' | 'swapped' | 'none';
  /** Frame number; 0 where the kernel does not tell (without CAP_SYS_ADMIN). */
  readonly frame: number;
  readonly swap?: { readonly type: number; readonly offset: number };
  readonly softDirty: boolean;
  /** Mapped by nobody else. */
  readonly exclusive: boolean;
  /** A page of a file, or of shared memory. */
  readonly fileOrShared: boolean;
}

const highBit = { softDirty: 1 << 23, exclusive: 1 << 24, fileOrShared: 1 << 29, swapped: 1 << 30, present: 1 << 31 } as const;

export const isPresent = (high: number): boolean => (high & highBit.present) !== 0;
export const isSwapped = (high: number): boolean => (high & highBit.swapped) !== 0;
/** Bits 0-54. */
export const frameOf = (low: number, high: number): number => low + (high & 0x7f_ffff) * 2 ** 32;

export function pageState(low: number, high: number): PageState {
  const kind = isPresent(high) ? 'present' : isSwapped(high) ? 'swapped' : 'none';
  return {
    kind,
    frame: kind === 'present' ? frameOf(low, high) : 0,
    swap: kind === 'swapped' ? { type: low & 31, offset: Math.floor(frameOf(low, high) / 32) } : undefined,
    softDirty: (high & highBit.softDirty) !== 0,
    exclusive: (high & highBit.exclusive) !== 0,
    fileOrShared: (high & highBit.fileOrShared) !== 0,
  };
}

/** KPF_* (include/uapi/linux/kernel-page-flags.h) by bit. */
export const frameFlagNames = [
  'LOCKED',
  'ERROR',
  'REFERENCED',
  'UPTODATE',
  'DIRTY',
  'LRU',
  'ACTIVE',
  'SLAB',
  'WRITEBACK',
  'RECLAIM',
  'BUDDY',
  'MMAP',
  'ANON',
  'SWAPCACHE',
  'SWAPBACKED',
  'COMPOUND_HEAD',
  'COMPOUND_TAIL',
  'HUGE',
  'UNEVICTABLE',
  'HWPOISON',
  'NOPAGE',
  'KSM',
  'THP',
  'OFFLINE',
  'ZERO_PAGE',
  'IDLE',
  'PGTABLE',
] as const;
export type FrameFlag = (typeof frameFlagNames)[number];

export const frameFlag = (name: FrameFlag): number => 1 << frameFlagNames.indexOf(name);
/** The lower half of a word of /proc/kpageflags has all that are for everybody. */
export const frameFlagsOf = (low: number): FrameFlag[] => frameFlagNames.filter((_, bit) => (low >>> bit) & 1);
