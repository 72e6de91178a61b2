import type { Address } from '../base/address.ts';
import { SondeError } from '../base/errors.ts';
import type { Kernel } from './kernel.ts';
import type { KernelObject } from './object.ts';

/** More elements than any kernel list has: a list that is longer goes round in a circle. */
const longest = 1 << 20;

/**
 * The structures on a `struct list_head` list (include/linux/list.h), the head itself left out.
 * Throws SondeError where the list is broken: a circle that never comes back to its head.
 */
export function* listEntries(kernel: Kernel, head: Address, struct: string, member: string): Iterable<KernelObject> {
  const offset = BigInt(kernel.layouts.offset(struct, member));
  const seen = new Set<Address>();
  for (let at = kernel.word(head); at !== head; at = kernel.word(at)) {
    if (seen.has(at) || seen.size > longest) throw new SondeError(`invalid list: duplicate entry at ${at.toString(16)}`);
    seen.add(at);
    yield kernel.object(struct, at - offset);
  }
}

/**
 * Linkage structures one after the other, whatever they are in: `first`, then what the word `link` bytes behind each points to. Ends at NULL, at a node that
 * points to itself, at `first` again or where `isEnd` says so. Throws SondeError for a circle that comes back to another node.
 */
export function* linkedNodes(kernel: Kernel, first: Address, link: bigint, isEnd: (node: Address) => boolean): Iterable<Address> {
  const seen = new Set<Address>();
  for (let at = first; at !== 0n && !isEnd(at); ) {
    if (seen.has(at) || seen.size > longest) throw new SondeError(`duplicate list entry: ${at.toString(16)}`);
    seen.add(at);
    yield at;
    const next = kernel.word(at + link);
    if (next === at || next === first) return;
    at = next;
  }
}
