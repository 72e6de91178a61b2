/**
 * ORC, the kernel's unwind tables (Documentation/arch/x86/orc-unwinder.rst, arch/x86/include/asm/orc_types.h): for every
 * range of code, how the caller's stack pointer, frame pointer and instruction pointer are found. A table is two arrays: where ranges begin, as
 * 32-bit offsets from the element itself, sorted; and six-byte entries.
 */

/** What an entry's offsets are counted from: ORC_REG_*. */
export type OrcBase = 'undefined' | 'previous sp' | 'dx' | 'di' | 'bp' | 'sp' | 'r10' | 'r13' | '*bp' | '*sp' | 'unknown';

/** What lies on the stack at the place found: a return address, all registers, the hardware's five, or nothing: the stack ends. */
export type OrcKind = 'call' | 'registers' | 'hardware frame' | 'end' | 'undefined';

export interface OrcEntry {
  readonly kind: OrcKind;
  readonly sp: OrcBase;
  readonly spOffset: number;
  readonly bp: OrcBase;
  readonly bpOffset: number;
  /** The frame was entered by a signal or exception: its address is not behind a call. */
  readonly signal: boolean;
}

interface BitField {
  readonly shift: number;
  readonly bits: number;
}

/** Where the fields of `struct orc_entry` are; it changed in 6.3 (`signal`) and 6.4 (`end` became a type). */
export interface OrcLayout {
  readonly size: number;
  readonly spOffset: number;
  readonly bpOffset: number;
  /** Bits of the 16-bit word behind the offsets. */
  readonly flags: number;
  readonly spBase: BitField;
  readonly bpBase: BitField;
  readonly type: BitField;
  readonly end?: BitField;
  readonly signal?: BitField;
  /** What the numbers of sp_reg and bp_reg mean. */
  readonly bases: readonly OrcBase[];
}

/** ORC_REG_* until 7.0, and since. */
const olderBases: readonly OrcBase[] = ['undefined', 'previous sp', 'dx', 'di', 'bp', 'sp', 'r10', 'r13', '*bp', '*sp'];
const newerBases: readonly OrcBase[] = ['undefined', 'unknown', 'dx', 'sp', 'bp', 'di', 'r10', 'r13', 'previous sp', '*sp', '*bp'];

/**
 * Which numbering a table uses is said nowhere (it is a matter of macros), but most entries count from the stack pointer: that is 5 in the older and 3 in
 * the newer. `entries`: some hundred of them.
 */
export function basesOf(entries: Uint8Array, layout: Omit<OrcLayout, 'bases'>): readonly OrcBase[] {
  const view = new DataView(entries.buffer, entries.byteOffset, entries.byteLength);
  const counts = [0, 0];
  for (let at = 0; at + layout.size <= entries.length; at += layout.size) {
    const base = (view.getUint16(at + layout.flags, true) >> layout.spBase.shift) & ((1 << layout.spBase.bits) - 1);
    if (base === 5) counts[0]++;
    if (base === 3) counts[1]++;
  }
  return counts[1] > counts[0] ? newerBases : olderBases;
}

/** ORC_TYPE_* while there was an `end` bit, and since. */
const kindsWithEndBit: readonly OrcKind[] = ['call', 'registers', 'hardware frame'];
const kinds: readonly OrcKind[] = ['undefined', 'end', 'call', 'registers', 'hardware frame'];

export function decodeOrcEntry(bytes: Uint8Array, layout: OrcLayout): OrcEntry {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const flags = view.getUint16(layout.flags, true);
  const field = ({ shift, bits }: BitField) => (flags >> shift) & ((1 << bits) - 1);
  const type = field(layout.type);
  const named = (layout.end ? kindsWithEndBit : kinds)[type] ?? 'undefined';
  return {
    kind: layout.end && field(layout.end) ? 'end' : named,
    sp: layout.bases[field(layout.spBase)] ?? 'unknown',
    spOffset: view.getInt16(layout.spOffset, true),
    bp: layout.bases[field(layout.bpBase)] ?? 'unknown',
    bpOffset: view.getInt16(layout.bpOffset, true),
    signal: layout.signal ? field(layout.signal) !== 0 : named !== 'call',
  };
}

/**
 * The index of the range that holds a place, -1 when it lies before all. `offsetAt(index)` is an element of the sorted array;
 * `place` is counted from the array's own beginning.
 */
export function findOrcIndex(count: number, offsetAt: (index: number) => number, place: number): number {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (middle * 4 + offsetAt(middle) <= place) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
