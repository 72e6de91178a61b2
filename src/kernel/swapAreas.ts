import type { Kernel } from './kernel.ts';
import type { KernelObject } from './object.ts';
import { filePath } from './paths.ts';

export interface SwapArea {
  readonly object: KernelObject;
  readonly kind: 'PARTITION' | 'FILE';
  /** In pages; the first holds the header. */
  readonly pages: number;
  readonly used: number;
  readonly priority: number;
  readonly file: string;
}

/** MAX_SWAPFILES is less (include/linux/swap.h). */
const most = 32;
const SWP_WRITEOK = 2;
const S_IFBLK = 6;

/** Where pages are swapped to, by swap type (mm/swapfile.c: swap_info); undefined for one that is not in use. */
export function swapAreas(kernel: Kernel): (SwapArea | undefined)[] {
  const table = kernel.findSymbol('swap_info');
  const count = kernel.findSymbol('nr_swapfiles');
  if (table === undefined || count === undefined) return [];
  return Array.from({ length: Math.min(Math.max(kernel.int(count), 0), most) }, (_, type) => {
    const address = kernel.word(table + BigInt(type * 8));
    return address === 0n ? undefined : describe(kernel.object('swap_info_struct', address));
  });
}

function describe(object: KernelObject): SwapArea | undefined {
  const file = object.follow('swap_file', 'file');
  if (!file || (object.number('flags') & SWP_WRITEOK) === 0) return undefined;
  const mode = file.kernel.object('inode', file.pointer('f_inode')).number('i_mode') >> 12;
  return {
    object,
    kind: mode === S_IFBLK ? 'PARTITION' : 'FILE',
    pages: object.number('pages'),
    used: object.has('inuse_pages.counter') ? object.number('inuse_pages.counter') : object.number('inuse_pages'),
    priority: object.number('prio'),
    file: filePath(file),
  };
}
