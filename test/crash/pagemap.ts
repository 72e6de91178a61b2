import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Dump } from './dumps.ts';

/** Frame of every page that the guest's own /proc/PID/pagemap called present, by process. */
export function guestPages(dump: Dump): Map<string, Map<bigint, bigint>> {
  const processes = readdirSync(dump.truth).filter((name) => /^\d+$/.test(name) && existsSync(join(dump.truth, name, 'pagemap')));
  return new Map(processes.map((pid) => [pid, pagesOf(readFileSync(join(dump.truth, pid, 'pagemap'), 'utf8'))]));
}

function pagesOf(text: string): Map<bigint, bigint> {
  const pages = new Map<bigint, bigint>();
  for (const [, address, frame] of text.matchAll(/^([0-9a-f]+) pfn=([0-9a-f]+)/gm)) pages.set(BigInt(`0x${address}`), BigInt(`0x${frame}`));
  return pages;
}

/** What `vm -p` printed: physical addresses of mapped pages. */
export function shownPages(text: string): Map<bigint, bigint> {
  const pages = new Map<bigint, bigint>();
  for (const [, address, physical] of text.matchAll(/^([0-9a-f]+) +([0-9a-f]+)$/gm))
    pages.set(BigInt(`0x${address}`), BigInt(`0x${physical}`) >> 12n);
  return pages;
}
