import type { Address } from '../../base/address.ts';
import { Cursor } from '../../base/cursor.ts';
import { FormatError } from '../../base/errors.ts';
import { CfiEntries, type CfiSection, type Fde, readEncoded } from './cfiEntries.ts';

export type { CfiSection, Fde } from './cfiEntries.ts';
export { type CfaRule, type RegisterRule, type UnwindRow, unwindRow, unwindRows } from './cfiProgram.ts';

/** The sections of one module. */
export interface CfiSources {
  readonly ehFrame?: CfiSection;
  /** .eh_frame_hdr with its link-time address: a sorted table over .eh_frame. */
  readonly ehFrameHeader?: { readonly bytes: Uint8Array; readonly address: Address };
  readonly debugFrame?: CfiSection;
}

/** Finds the FDE of an address: .debug_frame first, as it is complete where .eh_frame may be cut down, then .eh_frame. */
export class CfiTable {
  readonly #lookups: readonly FdeLookup[];

  constructor({ ehFrame, ehFrameHeader, debugFrame }: CfiSources) {
    const lookups: FdeLookup[] = [];
    if (debugFrame) lookups.push(new ScannedSection(debugFrame));
    if (ehFrame) lookups.push((ehFrameHeader && headerLookup(ehFrame, ehFrameHeader)) ?? new ScannedSection(ehFrame));
    this.#lookups = lookups;
  }

  /** The FDE whose range holds a link-time address. Damaged entries are passed over. */
  fdeAt(address: Address): Fde | undefined {
    for (const lookup of this.#lookups) {
      const fde = lookup.fdeAt(address);
      if (fde) return fde;
    }
    return undefined;
  }
}

interface FdeLookup {
  fdeAt(address: Address): Fde | undefined;
}

/** All FDEs of a section, sorted by address at the first question. */
class ScannedSection implements FdeLookup {
  #sorted: readonly Fde[] | undefined;

  constructor(readonly section: CfiSection) {}

  fdeAt(address: Address): Fde | undefined {
    this.#sorted ??= [...scan(this.section)].sort((a, b) => (a.low < b.low ? -1 : a.low > b.low ? 1 : 0));
    const sorted = this.#sorted;
    let low = 0;
    let high = sorted.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (sorted[middle].low <= address) low = middle + 1;
      else high = middle;
    }
    const fde = sorted[low - 1];
    return fde && address < fde.high ? fde : undefined;
  }
}

/** Every FDE in file order. A damaged entry ends the walk: what follows it can't be found. */
export function* scan(section: CfiSection): Iterable<Fde> {
  const entries = new CfiEntries(section);
  for (let offset = 0; offset < section.bytes.length; ) {
    let found: ReturnType<CfiEntries['entryAt']>;
    try {
      found = entries.entryAt(offset);
    } catch (error) {
      if (error instanceof FormatError) return;
      throw error;
    }
    // FDEs of discarded functions are left in .debug_frame with address 0 by the linker.
    if (typeof found.entry === 'object' && found.entry.high > found.entry.low && found.entry.low !== 0n) yield found.entry;
    offset = found.next;
  }
}

/** DW_EH_PE_datarel | DW_EH_PE_sdata4: the only table encoding that linkers write, and the only one that can be searched in place. */
const searchableTable = 0x3b;

/** Binary search in .eh_frame_hdr (LSB 5.0 §10.6.2); undefined when it is not of the kind that can be searched. */
function headerLookup(ehFrame: CfiSection, header: NonNullable<CfiSources['ehFrameHeader']>): FdeLookup | undefined {
  const { bytes, address } = header;
  if (bytes.length < 12 || bytes[0] !== 1 || bytes[3] !== searchableTable) return undefined;
  const cursor = new Cursor(bytes, 4);
  const base = { address, dataBase: address };
  let entryCount: number;
  try {
    readEncoded(cursor, bytes[1], base);
    entryCount = Number(readEncoded(cursor, bytes[2], base) ?? 0n);
  } catch {
    return undefined;
  }
  const table = cursor.offset;
  if (entryCount <= 0 || table + entryCount * 8 > bytes.length) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const entries = new CfiEntries(ehFrame);
  return {
    fdeAt(wanted) {
      const relative = Number(wanted - address); // both in one module: fits a double exactly
      let low = 0;
      let high = entryCount;
      while (low < high) {
        const middle = (low + high) >>> 1;
        if (view.getInt32(table + middle * 8, true) <= relative) low = middle + 1;
        else high = middle;
      }
      if (low === 0) return undefined;
      const offset = Number(address + BigInt(view.getInt32(table + (low - 1) * 8 + 4, true)) - ehFrame.address);
      try {
        const { entry } = offset >= 0 ? entries.entryAt(offset) : { entry: undefined };
        return typeof entry === 'object' && wanted >= entry.low && wanted < entry.high ? entry : undefined;
      } catch (error) {
        if (error instanceof FormatError) return undefined;
        throw error;
      }
    },
  };
}
