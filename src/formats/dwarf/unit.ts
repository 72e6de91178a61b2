import { Cursor } from '../../base/cursor.ts';
import { FormatError } from '../../base/errors.ts';
import type { AbbreviationTable } from './abbreviations.ts';
import { At, UnitType } from './constants.ts';
import { type Die, dieAt } from './die.ts';
import type { DwarfFile } from './file.ts';
import { type Encoding, readAddress, readOffset } from './forms.ts';

/** A unit of .debug_info or .debug_types: its header (DWARF 5 §7.5.1), and what its root DIE says about the other sections. */
export class UnitHeader implements Encoding {
  #root: Die | undefined;
  /** Of a split unit: its stand-in in the program, which has what the linker knows: addresses, ranges, lines (DWARF 5 §3.1.2). */
  skeleton: UnitHeader | undefined;

  constructor(
    readonly file: DwarfFile,
    readonly sectionName: '.debug_info' | '.debug_types',
    /** Of the header. */
    readonly offset: number,
    /** Behind the last byte. */
    readonly end: number,
    readonly firstDie: number,
    readonly version: 2 | 3 | 4 | 5,
    readonly type: number,
    readonly addressSize: number,
    readonly offsetSize: 4 | 8,
    readonly abbreviationsOffset: number,
    /** Type units: the type's signature, and its DIE's offset from the header. */
    readonly signature: bigint | undefined,
    readonly typeOffset: number | undefined,
    /** Skeleton and split units since DWARF 5. */
    readonly dwoId: bigint | undefined,
  ) {}

  get section(): Uint8Array {
    return this.file.section(this.sectionName);
  }

  get abbreviations(): AbbreviationTable {
    return this.file.abbreviations(this.abbreviationsOffset);
  }

  /** DW_TAG_compile_unit, DW_TAG_partial_unit or DW_TAG_type_unit. */
  get root(): Die {
    this.#root ??= dieAt(this, this.firstDie);
    return this.#root;
  }

  /** By what a skeleton and its split unit know each other. Before DWARF 5 it is an attribute. */
  get splitId(): bigint | undefined {
    return this.dwoId ?? this.root.constant(At.gnuDwoId);
  }
  /** Of a skeleton: the file with the rest. */
  get splitName(): string | undefined {
    return this.root.string(At.dwoName) ?? this.root.string(At.gnuDwoName);
  }

  get addrBase(): number {
    return this.root.sectionOffset(At.addrBase) ?? this.root.sectionOffset(At.gnuAddrBase) ?? 2 * this.offsetSize;
  }
  /** Without the attribute: behind the header of the first table. */
  get strOffsetsBase(): number {
    return this.root.sectionOffset(At.strOffsetsBase) ?? (this.version >= 5 ? 2 * this.offsetSize : 0);
  }

  /** Link-time address at an index of .debug_addr, as a signed double. */
  indexedAddress(index: number): number {
    if (this.skeleton) return this.skeleton.indexedAddress(index);
    const cursor = new Cursor(this.file.section('.debug_addr'), this.addrBase + index * this.addressSize, '.debug_addr');
    return readAddress(cursor, this.addressSize);
  }
  /** Offset in .debug_str of the string at an index of .debug_str_offsets. */
  indexedString(index: number): number {
    const cursor = new Cursor(this.file.section('.debug_str_offsets'), this.strOffsetsBase + index * this.offsetSize, '.debug_str_offsets');
    return readOffset(cursor, this.offsetSize);
  }

  /** What range and location lists without a base address entry count from. */
  get baseAddress(): number {
    return (this.skeleton ?? this).root.address(At.lowPc) ?? 0;
  }
}

/** Headers of all units of a section: a few bytes each. */
export function readUnits(file: DwarfFile, sectionName: '.debug_info' | '.debug_types'): UnitHeader[] {
  const cursor = new Cursor(file.section(sectionName), 0, sectionName);
  const units: UnitHeader[] = [];
  while (!cursor.atEnd) {
    const unit = readUnit(file, sectionName, cursor);
    if (unit) units.push(unit);
  }
  return units;
}

/** Leaves the cursor behind the unit. Undefined: padding. */
function readUnit(file: DwarfFile, sectionName: '.debug_info' | '.debug_types', cursor: Cursor): UnitHeader | undefined {
  const { offset } = cursor;
  let length = cursor.u32();
  const offsetSize = length === 0xffffffff ? 8 : 4;
  if (offsetSize === 8) length = cursor.u64Number();
  else if (length >= 0xfffffff0)
    throw new FormatError(
      `Dwarf Error: bad unit length in compilation unit header (is 0x${length.toString(16)}) [at offset 0x${offset.toString(16)}]`,
    );
  if (length === 0) return undefined;
  const end = cursor.offset + length;
  if (end > cursor.bytes.length) {
    throw new FormatError(
      `Dwarf Error: bad length (0x${length.toString(16)}) in compilation unit header (offset 0x${offset.toString(16)} + 0)`,
    );
  }
  const version = cursor.u16();
  if (version < 2 || version > 5) {
    throw new FormatError(`Dwarf Error: wrong version in compilation unit header (is ${version}, should be 2, 3, 4 or 5)`);
  }
  let type: number = sectionName === '.debug_types' ? UnitType.type : UnitType.compile;
  let addressSize = 0;
  if (version >= 5) {
    type = cursor.u8();
    addressSize = cursor.u8();
  }
  const abbreviationsOffset = readOffset(cursor, offsetSize);
  if (version < 5) addressSize = cursor.u8();
  if (addressSize !== 8 && addressSize !== 4)
    throw new FormatError(`Dwarf Error: bad address size (${addressSize}) in compilation unit header`);
  const dwoId = type === UnitType.skeleton || type === UnitType.splitCompile ? cursor.u64() : undefined;
  const isType = type === UnitType.type || type === UnitType.splitType;
  const signature = isType ? cursor.u64() : undefined;
  const typeOffset = isType ? readOffset(cursor, offsetSize) : undefined;
  const firstDie = cursor.offset;
  if (firstDie > end) throw new FormatError(`Dwarf Error: compilation unit header at offset 0x${offset.toString(16)} is cut short`);
  cursor.offset = end;
  return new UnitHeader(
    file,
    sectionName,
    offset,
    end,
    firstDie,
    version as 2 | 3 | 4 | 5,
    type,
    addressSize,
    offsetSize,
    abbreviationsOffset,
    signature,
    typeOffset,
    dwoId,
  );
}
