import type { Address } from '../base/address.ts';
import { SondeError } from '../base/errors.ts';
import { type ArrayType, bare } from '../program/types.ts';
import type { Kernel } from './kernel.ts';

/** An entry of a tree, and the way to it: slots of nodes, or `l` and `r`. */
export interface TreeEntry {
  readonly address: Address;
  readonly path: readonly (number | 'l' | 'r')[];
  /** Of an xarray or radix tree: what the entry is kept under. */
  readonly index?: bigint;
}

/** A tree of every structure that fits into memory is less deep. */
const deepest = 128;
const mostEntries = 1 << 22;

/** Nodes of a red-black tree from a node on: each before those below it, or with `inOrder` between. Throws SondeError for a circle. */
export function* rbTreeEntries(kernel: Kernel, node: Address, inOrder: boolean, path: TreeEntry['path'] = []): Iterable<TreeEntry> {
  if (node === 0n) return;
  if (path.length > deepest) throw new SondeError('red-black tree is too deep: it is damaged');
  const child = (side: 'l' | 'r') => {
    const pointer = kernel.word(node + BigInt(kernel.layouts.offset('rb_node', side === 'l' ? 'rb_left' : 'rb_right')));
    return rbTreeEntries(kernel, pointer, inOrder, [...path, side]);
  };
  if (!inOrder) yield { address: node, path };
  yield* child('l');
  if (inOrder) yield { address: node, path };
  yield* child('r');
}

/** How xarrays and the radix trees before them (until 4.19) mark a pointer to a node, and what their nodes are (include/linux/xarray.h). */
const slotTrees = {
  xarray: { root: 'xarray', head: 'xa_head', node: 'xa_node', tagMask: 3n, tag: 2n },
  radix: { root: 'radix_tree_root', head: 'rnode', node: 'radix_tree_node', tagMask: 3n, tag: 1n },
} as const;
type SlotTree = (typeof slotTrees)[keyof typeof slotTrees];

export const hasSlotTree = (kernel: Kernel, kind: keyof typeof slotTrees): boolean =>
  kernel.layouts.has(slotTrees[kind].root, slotTrees[kind].head) && kernel.layouts.has(slotTrees[kind].node, 'slots');

/** Entries of an xarray or radix tree by index, from its root, or with `isNode` from one of its nodes. Throws SondeError for a damaged one. */
export function* slotTreeEntries(kernel: Kernel, kind: keyof typeof slotTrees, start: Address, isNode: boolean): Iterable<TreeEntry> {
  const tree = slotTrees[kind];
  const head = isNode ? start | tree.tag : kernel.word(start + BigInt(kernel.layouts.offset(tree.root, tree.head)));
  if (head === 0n) return;
  const counter = { left: mostEntries };
  if ((head & tree.tagMask) === tree.tag) yield* slotsOf(kernel, tree, head & ~tree.tagMask, 0n, [], counter);
  else yield { address: head, path: [], index: 0n };
}

function* slotsOf(
  kernel: Kernel,
  tree: SlotTree,
  node: Address,
  first: bigint,
  path: readonly number[],
  counter: { left: number },
): Iterable<TreeEntry> {
  if (path.length > deepest || counter.left-- <= 0) throw new SondeError('tree is too large: it is damaged');
  const object = kernel.object(tree.node, node);
  const shift = object.value('shift');
  const { offset, type, size } = kernel.layouts.field(tree.node, 'slots');
  const bytes = kernel.memory.read(node + BigInt(offset), size);
  const view = new DataView(bytes.buffer, bytes.byteOffset, size);
  const count = (bare(type) as ArrayType).count ?? 0;
  for (let slot = 0; slot < count; slot++) {
    const entry = view.getBigUint64(slot * 8, true);
    const index = first + (BigInt(slot) << shift);
    if (entry === 0n) continue;
    if ((entry & tree.tagMask) !== tree.tag) yield { address: entry, path: [...path, slot], index };
    // Small ones stand for the slot before (multi-index entries), not for nodes.
    else if (entry > 4096n && shift > 0n) yield* slotsOf(kernel, tree, entry & ~tree.tagMask, index, [...path, slot], counter);
  }
}
