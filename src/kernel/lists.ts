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
