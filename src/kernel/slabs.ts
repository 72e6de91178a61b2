import { fourLevels } from '../arch/paging.ts';
import type { Address } from '../base/address.ts';
import { MemoryError, SondeError } from '../base/errors.ts';
import type { Kernel } from './kernel.ts';
import { listEntries } from './lists.ts';

/** Where physical memory is mapped and where `struct page`s are, without randomisation (Documentation/arch/x86/x86_64/mm.rst). */
const fixedBases = {
  fourLevels: { direct: 0xffff_8880_0000_0000n, pages: 0xffff_ea00_0000_0000n },
  fiveLevels: { direct: 0xff11_0000_0000_0000n, pages: 0xffd4_0000_0000_0000n },
} as const;

/** Which slab cache an address belongs to: objects lie in pages of the direct map, whose descriptors name their cache. */
export class SlabPages {
  readonly #kernel: Kernel;
  readonly #direct: Address;
  readonly #pages: Address;
  readonly #pageSize: bigint;
  readonly #names: ReadonlyMap<Address, string>;
  readonly #slab: 'slab' | 'page';

  constructor(kernel: Kernel) {
    this.#kernel = kernel;
    const fixed = fixedBases[kernel.levels === fourLevels ? 'fourLevels' : 'fiveLevels'];
    const variable = (name: string) => {
      const address = kernel.findSymbol(name);
      return address === undefined ? undefined : kernel.word(address);
    };
    this.#direct = variable('page_offset_base') ?? fixed.direct;
    this.#pages = variable('vmemmap_base') ?? fixed.pages;
    this.#pageSize = BigInt(kernel.layouts.size('page'));
    this.#slab = kernel.layouts.has('slab', 'slab_cache') ? 'slab' : 'page';
    this.#names = cacheNames(kernel);
  }

  /** The cache's name; undefined for memory of any other use. */
  cacheOf(address: Address): string | undefined {
    const offset = address - this.#direct;
    if (offset < 0n || offset >= BigInt(this.#kernel.dump.physical.end)) return undefined;
    try {
      const page = this.#kernel.object('page', this.#pages + (offset >> 12n) * this.#pageSize);
      const head = page.pointer('compound_head');
      const slab = this.#kernel.object(this.#slab, (head & 1n) === 1n ? head - 1n : page.address);
      return this.#names.get(slab.pointer('slab_cache'));
    } catch (error) {
      if (error instanceof MemoryError) return undefined;
      throw error;
    }
  }
}

function cacheNames(kernel: Kernel): Map<Address, string> {
  const names = new Map<Address, string>();
  try {
    for (const cache of listEntries(kernel, kernel.symbol('slab_caches'), 'kmem_cache', 'list'))
      names.set(cache.address, kernel.string(cache.pointer('name')));
  } catch (error) {
    if (!(error instanceof SondeError)) throw error;
  }
  return names;
}
