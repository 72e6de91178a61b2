import type { PhysicalMemory } from './physical.ts';
import { PhysicalError, pageSize } from './physical.ts';

const beginning = new TextEncoder().encode('OSRELEASE=');

/**
 * VMCOREINFO as the kernel itself keeps it: a page of its own that begins with its text (kernel/crash_core.c: vmcoreinfo_data). For dumps
 * that came without the note. A kernel that was replaced may have left an older one: the longest is the one that was finished.
 */
export function findVmcoreInfo(physical: PhysicalMemory): Uint8Array | undefined {
  let best: Uint8Array | undefined;
  for (const { start, end } of physical.ranges()) {
    for (let at = Math.ceil(start / pageSize) * pageSize; at + pageSize <= end; at += pageSize) {
      const text = textAt(physical, at);
      if (text && (!best || text.length > best.length)) best = text;
    }
  }
  return best;
}

function textAt(physical: PhysicalMemory, at: number): Uint8Array | undefined {
  try {
    const page = physical.read(at, pageSize);
    for (let index = 0; index < beginning.length; index++) if (page[index] !== beginning[index]) return undefined;
    const length = page.indexOf(0);
    return page.slice(0, length < 0 ? pageSize : length);
  } catch (error) {
    if (error instanceof PhysicalError) return undefined;
    throw error;
  }
}
