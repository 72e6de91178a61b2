import { frameMask, pageBits, pageFlagNames } from '../../arch/paging.ts';

/** An entry of a page table as `vtop` and `pte` show it: heading and line. */
export function entryText(entry: bigint): string {
  const value = entry.toString(16);
  const isPresent = (entry & pageBits.present) !== 0n;
  const physical = isPresent ? (entry & frameMask).toString(16) : '0';
  const names = pageFlagNames.filter(([bit]) => entry & bit).map(([, name]) => name);
  const flags = names.length > 0 ? names.join('|') : 'no mapping';
  const width = Math.max(value.length, 3);
  const heading = `${' '.repeat((width - 3) >> 1)}PTE`.padEnd(width);
  return `${heading}  ${'PHYSICAL'.padEnd(Math.max(physical.length, 8))}  FLAGS\n${value.padStart(width)}  ${physical.padStart(8)}  (${flags})\n`;
}
