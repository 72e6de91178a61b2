import type { Kernel } from './kernel.ts';

/** Queues of messages that nobody has fetched (kernel/audit.c). */
const queues = ['audit_queue', 'audit_retry_queue', 'audit_hold_queue'];
const netlinkHeader = 16n;
const longestMessage = 1 << 16;
const longestQueue = 100_000;

/** Audit messages still in the kernel, in each queue's order. */
export function auditMessages(kernel: Kernel): { type: number; text: string }[] {
  const messages: { type: number; text: string }[] = [];
  for (const name of queues) {
    const head = kernel.findSymbol(name);
    if (head === undefined) continue;
    let at = kernel.object('sk_buff_head', head).pointer('next');
    for (let left = longestQueue; at !== head && at !== 0n && left > 0; left--) {
      const buffer = kernel.object('sk_buff', at);
      const data = buffer.pointer('data');
      const length = Math.min(buffer.number('len'), longestMessage) - Number(netlinkHeader);
      const type = kernel.int(data + 4n) & 0xffff;
      messages.push({ type, text: length > 0 ? kernel.string(data + netlinkHeader, length) : '' });
      at = buffer.pointer('next');
    }
  }
  return messages;
}
