import type { Address } from '../base/address.ts';
import { SondeError } from '../base/errors.ts';
import { type ArrayType, bare } from '../program/types.ts';
import type { Kernel } from './kernel.ts';

/** What a maple tree keeps for the indices `first` to `last`. */
export interface MapleEntry {
  readonly first: bigint;
  readonly last: bigint;
  readonly entry: Address;
  /** The slots of the nodes on the way to it; none of an entry that the root itself is. */
  readonly path: readonly number[];
}

/** enum maple_type (include/linux/maple_tree.h); a node pointer carries its type in bits 3-6. */
const nodeTypes = { dense: 0n, leaf: 1n, range: 2n, allocationRange: 3n } as const;
const nodeMask = ~0xffn;
const maximum = (1n << 64n) - 1n;
const deepest = 32;

/** Every entry that is not NULL, in index order. `root`: `struct maple_tree`'s ma_root. Throws SondeError for a tree that is too deep. */
export function* mapleEntries(kernel: Kernel, root: Address): Iterable<MapleEntry> {
  if (root === 0n) return;
  if (isNode(root)) yield* nodeEntries(kernel, root, 0n, maximum, []);
  else yield { first: 0n, last: 0n, entry: root, path: [] };
}

function* nodeEntries(kernel: Kernel, node: Address, first: bigint, last: bigint, path: readonly number[]): Iterable<MapleEntry> {
  if (path.length > deepest) throw new SondeError('maple tree is too deep: it is damaged');
  const type = (node >> 3n) & 0xfn;
  const isLeaf = type === nodeTypes.leaf;
  const struct = type === nodeTypes.allocationRange ? 'maple_arange_64' : 'maple_range_64';
  if (type === nodeTypes.dense || type > nodeTypes.allocationRange) throw new SondeError(`maple tree node of unknown type ${type}`);
  const address = node & nodeMask;
  const pivots = words(kernel, address, struct, 'pivot');
  const slots = words(kernel, address, struct, 'slot');
  let from = first;
  for (let index = 0; index < slots.length; index++) {
    const pivot = index < pivots.length ? pivots[index] : last;
    const to = (pivot === 0n && index > 0) || pivot > last ? last : pivot;
    const slot = slots[index];
    if (slot !== 0n) {
      if (isLeaf) yield { first: from, last: to, entry: slot, path: [...path, index] };
      else yield* nodeEntries(kernel, slot, from, to, [...path, index]);
    }
    if (to >= last) return;
    from = to + 1n;
  }
}

/** xa_is_node: internal entries have binary 10 in their low bits; small ones are not nodes. */
const isNode = (entry: Address): boolean => (entry & 3n) === 2n && entry > 4096n;

function words(kernel: Kernel, node: Address, struct: string, member: string): bigint[] {
  const { offset, type } = kernel.layouts.field(struct, member);
  const bytes = kernel.memory.read(node + BigInt(offset), type.size);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: (bare(type) as ArrayType).count ?? 0 }, (_, index) => view.getBigUint64(index * 8, true));
}
