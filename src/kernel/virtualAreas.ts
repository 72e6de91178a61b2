import type { Address } from '../base/address.ts';
import type { Kernel } from './kernel.ts';
import { listEntries } from './lists.ts';
import type { KernelObject } from './object.ts';
import { rbTreeEntries } from './treeEntries.ts';

/** A range that vmalloc gave away: `struct vmap_area`, and its `struct vm_struct`. */
export interface VirtualArea {
  readonly object: KernelObject;
  readonly vmStruct: Address;
  readonly start: Address;
  readonly end: Address;
}

/** By address. Since 6.9 they are spread over nodes with a tree each (mm/vmalloc.c: vmap_nodes). Areas without a vm_struct (per-CPU chunks, lazily freed) are left out. */
export function virtualAreas(kernel: Kernel): VirtualArea[] {
  const list = kernel.findSymbol('vmap_area_list');
  const areas: VirtualArea[] = [];
  const add = (object: KernelObject) => {
    const vmStruct = object.pointer('vm');
    const start = object.pointer('va_start');
    if (vmStruct > 1n << 63n) areas.push({ object, vmStruct, start, end: object.pointer('va_end') });
  };
  if (list !== undefined) {
    for (const object of listEntries(kernel, list, 'vmap_area', 'list')) add(object);
    return areas;
  }
  const nodes = kernel.findSymbol('vmap_nodes');
  const count = kernel.findSymbol('nr_vmap_nodes');
  if (nodes === undefined || count === undefined || !kernel.layouts.has('vmap_node', 'busy')) return areas;
  const size = kernel.layouts.size('vmap_node');
  const link = BigInt(kernel.layouts.offset('vmap_area', 'rb_node'));
  for (let index = 0; index < Math.min(Math.max(kernel.int(count), 0), 128); index++) {
    const node = kernel.object('vmap_node', kernel.word(nodes) + BigInt(index * size));
    for (const { address } of rbTreeEntries(kernel, node.pointer('busy.root.rb_node'), true))
      add(kernel.object('vmap_area', address - link));
  }
  return areas.sort((a, b) => (a.start < b.start ? -1 : 1));
}
