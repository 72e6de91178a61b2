import { Cursor } from '../../base/cursor.ts';
import { FormatError } from '../../base/errors.ts';
import type { DwarfFile } from './file.ts';
import { readAddress, readOffset } from './forms.ts';

/** .debug_aranges (DWARF 5 §6.1.2): which unit an address belongs to, without reading any. A damaged set ends the reading. */
export function readAddressRanges(file: DwarfFile): { readonly low: number; readonly high: number; readonly unitOffset: number }[] {
  const cursor = new Cursor(file.section('.debug_aranges'), 0, '.debug_aranges');
  const ranges: { low: number; high: number; unitOffset: number }[] = [];
  try {
    while (!cursor.atEnd) {
      const start = cursor.offset;
      let length = cursor.u32();
      const offsetSize = length === 0xffffffff ? 8 : 4;
      if (offsetSize === 8) length = cursor.u64Number();
      const end = cursor.offset + length;
      cursor.u16(); // version
      const unitOffset = readOffset(cursor, offsetSize);
      const addressSize = cursor.u8();
      cursor.u8(); // segment size
      if (addressSize !== 4 && addressSize !== 8) return ranges;
      // The pairs are aligned to their own size, counted from the set's beginning.
      const pair = 2 * addressSize;
      cursor.offset = start + Math.ceil((cursor.offset - start) / pair) * pair;
      while (cursor.offset + pair <= end) {
        const low = readAddress(cursor, addressSize);
        const size = readAddress(cursor, addressSize);
        if (size > 0) ranges.push({ low, high: low + size, unitOffset });
      }
      cursor.offset = end;
    }
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
  }
  return ranges;
}
