import { Cursor } from '../../base/cursor.ts';
import { FormatError } from '../../base/errors.ts';
import { At, GnuLocationListEntry, LocationListEntry, RangeEntry } from './constants.ts';
import type { Die } from './die.ts';
import { readAddress, readOffset } from './forms.ts';
import type { UnitHeader } from './unit.ts';

/** Half-open, link-time, signed doubles. */
export interface LinkRange {
  readonly low: number;
  readonly high: number;
}

export interface LinkLocation extends LinkRange {
  readonly expression: Uint8Array;
}

/** Addresses that a DIE's code takes: DW_AT_low_pc and high_pc, or DW_AT_ranges (DWARF 5 §2.17). Empty ranges are left out. */
export function rangesOf(die: Die): readonly LinkRange[] {
  const { unit } = die;
  const index = die.listIndex(At.ranges);
  if (index !== undefined) return readRangeList(unit, listOffset(unit, '.debug_rnglists', rnglistsBase(unit), index));
  const offset = die.sectionOffset(At.ranges);
  if (offset !== undefined) {
    if (unit.version >= 5) return readRangeList(unit, offset);
    // A split unit's old lists are in the program, behind those of other units.
    const home = unit.skeleton ?? unit;
    return readOldRangeList(home, offset + (die === unit.root ? 0 : (home.root.sectionOffset(At.gnuRangesBase) ?? 0)));
  }
  const low = die.address(At.lowPc);
  if (low === undefined) return [];
  const high = die.address(At.highPc) ?? low + (die.number(At.highPc) ?? 0);
  return high > low ? [{ low, high }] : [];
}

/** A row of a location list: an entry, perhaps an empty one, or a base address for those that follow. */
export type LinkLocationRow = LinkLocation | { readonly base: number };

/** The rows of a location list attribute; undefined where the attribute is no list (DWARF 5 §2.6.2). A default entry covers all addresses. */
export function locationListOf(die: Die, attribute: number): readonly LinkLocationRow[] | undefined {
  const { unit } = die;
  const index = die.listIndex(attribute);
  if (index !== undefined) {
    return readLocationList(
      unit,
      listOffset(unit, '.debug_loclists', unit.root.sectionOffset(At.loclistsBase) ?? tableHeaderSize(unit), index),
    );
  }
  const offset = die.sectionOffset(attribute);
  if (offset === undefined) return undefined;
  if (unit.version >= 5) return readLocationList(unit, offset);
  return unit.skeleton ? readSplitLocationList(unit, offset) : readOldLocationList(unit, offset);
}

/** Header of .debug_rnglists, .debug_loclists: length, version, address size, segment size, count. */
const tableHeaderSize = (unit: UnitHeader): number => (unit.offsetSize === 8 ? 20 : 12);
const rnglistsBase = (unit: UnitHeader): number => unit.root.sectionOffset(At.rnglistsBase) ?? tableHeaderSize(unit);

/** Through the table of offsets behind the header, which `base` points to. */
function listOffset(unit: UnitHeader, section: string, base: number, index: number): number {
  const cursor = new Cursor(unit.file.section(section), base + index * unit.offsetSize, section);
  return base + readOffset(cursor, unit.offsetSize);
}

/** A list has at least a byte an entry, so it ends with its section. */
function readRangeList(unit: UnitHeader, offset: number): LinkRange[] {
  const cursor = new Cursor(unit.file.section('.debug_rnglists'), offset, '.debug_rnglists');
  const { addressSize } = unit;
  const ranges: LinkRange[] = [];
  let base = unit.baseAddress;
  const add = (low: number, high: number): void => {
    if (high > low) ranges.push({ low, high });
  };
  for (;;) {
    const kind = cursor.u8();
    switch (kind) {
      case RangeEntry.endOfList:
        return ranges;
      case RangeEntry.baseAddressx:
        base = unit.indexedAddress(cursor.ulebNumber());
        break;
      case RangeEntry.startxEndx: {
        const low = unit.indexedAddress(cursor.ulebNumber());
        add(low, unit.indexedAddress(cursor.ulebNumber()));
        break;
      }
      case RangeEntry.startxLength: {
        const low = unit.indexedAddress(cursor.ulebNumber());
        add(low, low + cursor.ulebNumber());
        break;
      }
      case RangeEntry.offsetPair: {
        const low = base + cursor.ulebNumber();
        add(low, base + cursor.ulebNumber());
        break;
      }
      case RangeEntry.baseAddress:
        base = readAddress(cursor, addressSize);
        break;
      case RangeEntry.startEnd: {
        const low = readAddress(cursor, addressSize);
        add(low, readAddress(cursor, addressSize));
        break;
      }
      case RangeEntry.startLength: {
        const low = readAddress(cursor, addressSize);
        add(low, low + cursor.ulebNumber());
        break;
      }
      default:
        throw new FormatError(`Unknown range list entry ${kind} at offset ${cursor.offset - 1} of .debug_rnglists`);
    }
  }
}

/** .debug_ranges of versions 2 to 4 (DWARF 4 §2.17.3): pairs of addresses; the largest address selects a new base. */
function readOldRangeList(unit: UnitHeader, offset: number): LinkRange[] {
  const cursor = new Cursor(unit.file.section('.debug_ranges'), offset, '.debug_ranges');
  const ranges: LinkRange[] = [];
  let base = unit.baseAddress;
  for (;;) {
    const low = readAddress(cursor, unit.addressSize);
    const high = readAddress(cursor, unit.addressSize);
    if (low === 0 && high === 0) return ranges;
    if (isBaseSelection(low, unit)) base = high;
    else if (high > low) ranges.push({ low: base + low, high: base + high });
  }
}

const isBaseSelection = (low: number, unit: UnitHeader): boolean => (unit.addressSize === 8 ? low === -1 : low === 0xffffffff);

function readLocationList(unit: UnitHeader, offset: number): LinkLocationRow[] {
  const cursor = new Cursor(unit.file.section('.debug_loclists'), offset, '.debug_loclists');
  const { addressSize } = unit;
  const locations: LinkLocationRow[] = [];
  let base = unit.baseAddress;
  const add = (low: number, high: number): void => {
    const expression = cursor.take(cursor.ulebNumber());
    locations.push({ low, high, expression });
  };
  const setBase = (address: number): void => {
    base = address;
    locations.push({ base });
  };
  for (;;) {
    const kind = cursor.u8();
    switch (kind) {
      case LocationListEntry.endOfList:
        return locations;
      case LocationListEntry.baseAddressx:
        setBase(unit.indexedAddress(cursor.ulebNumber()));
        break;
      case LocationListEntry.startxEndx: {
        const low = unit.indexedAddress(cursor.ulebNumber());
        add(low, unit.indexedAddress(cursor.ulebNumber()));
        break;
      }
      case LocationListEntry.startxLength: {
        const low = unit.indexedAddress(cursor.ulebNumber());
        add(low, low + cursor.ulebNumber());
        break;
      }
      case LocationListEntry.offsetPair: {
        const low = base + cursor.ulebNumber();
        add(low, base + cursor.ulebNumber());
        break;
      }
      case LocationListEntry.defaultLocation:
        add(-Infinity, Infinity);
        break;
      case LocationListEntry.baseAddress:
        setBase(readAddress(cursor, addressSize));
        break;
      case LocationListEntry.startEnd: {
        const low = readAddress(cursor, addressSize);
        add(low, readAddress(cursor, addressSize));
        break;
      }
      case LocationListEntry.startLength: {
        const low = readAddress(cursor, addressSize);
        add(low, low + cursor.ulebNumber());
        break;
      }
      case LocationListEntry.gnuViewPair:
        cursor.ulebNumber();
        cursor.ulebNumber();
        break;
      default:
        throw new FormatError(`Unknown location list entry ${kind} at offset ${cursor.offset - 1} of .debug_loclists`);
    }
  }
}

/** .debug_loc of versions 2 to 4 (DWARF 4 §2.6.2). gcc's location views stand before the list that DW_AT_location points to. */
function readOldLocationList(unit: UnitHeader, offset: number): LinkLocationRow[] {
  const cursor = new Cursor(unit.file.section('.debug_loc'), offset, '.debug_loc');
  const locations: LinkLocationRow[] = [];
  let base = unit.baseAddress;
  for (;;) {
    const low = readAddress(cursor, unit.addressSize);
    const high = readAddress(cursor, unit.addressSize);
    if (low === 0 && high === 0) return locations;
    if (isBaseSelection(low, unit)) {
      base = high;
      locations.push({ base });
      continue;
    }
    const expression = cursor.take(cursor.u16());
    locations.push({ low: base + low, high: base + high, expression });
  }
}

/** .debug_loc.dwo of DWARF 4: addresses are indices, as later in DWARF 5, but lengths have four bytes and expressions two for theirs. */
function readSplitLocationList(unit: UnitHeader, offset: number): LinkLocationRow[] {
  const cursor = new Cursor(unit.file.section('.debug_loc'), offset, '.debug_loc.dwo');
  const locations: LinkLocationRow[] = [];
  for (;;) {
    const kind = cursor.u8();
    if (kind === GnuLocationListEntry.endOfList) return locations;
    const low = unit.indexedAddress(cursor.ulebNumber());
    if (kind === GnuLocationListEntry.baseAddress) {
      locations.push({ base: low });
      continue;
    }
    if (kind !== GnuLocationListEntry.startEnd && kind !== GnuLocationListEntry.startLength)
      throw new FormatError(`Unknown location list entry ${kind} at offset ${cursor.offset - 1} of .debug_loc.dwo`);
    const high = kind === GnuLocationListEntry.startEnd ? unit.indexedAddress(cursor.ulebNumber()) : low + cursor.u32();
    locations.push({ low, high, expression: cursor.take(cursor.u16()) });
  }
}
