import type { Address } from '../base/address.ts';
import { SondeError } from '../base/errors.ts';
import type { Kernel } from './kernel.ts';
import type { KernelObject } from './object.ts';

/** A balanced tree of every structure that fits into memory is less deep. */
const deepest = 128;

/** The structures of a red-black tree in order (include/linux/rbtree.h). `root`: its topmost rb_node. Throws SondeError for a tree that is too deep. */
export function* treeNodes(kernel: Kernel, root: Address, struct: string, member: string): Iterable<KernelObject> {
  const offset = BigInt(kernel.layouts.offset(struct, member));
  const left = BigInt(kernel.layouts.offset('rb_node', 'rb_left'));
  const right = BigInt(kernel.layouts.offset('rb_node', 'rb_right'));
  const path: Address[] = [];
  let at = root;
  while (at !== 0n || path.length > 0) {
    while (at !== 0n) {
      if (path.length > deepest) throw new SondeError('red-black tree is too deep: it is damaged');
      path.push(at);
      at = kernel.word(at + left);
    }
    const node = path.pop() as Address;
    yield kernel.object(struct, node - offset);
    at = kernel.word(node + right);
  }
}
