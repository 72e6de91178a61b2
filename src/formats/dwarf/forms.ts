import type { Cursor } from '../../base/cursor.ts';
import { FormatError } from '../../base/errors.ts';
import { Form } from './constants.ts';

/** What the size of a form depends on: given in each unit's header. */
export interface Encoding {
  readonly version: number;
  readonly addressSize: number;
  /** 4, or 8 in 64-bit DWARF. */
  readonly offsetSize: number;
}

/** Bytes of a form that has a fixed size in a unit; undefined for the others. */
export function fixedSize(form: number, { version, addressSize, offsetSize }: Encoding): number | undefined {
  switch (form) {
    case Form.flagPresent:
    case Form.implicitConst:
      return 0;
    case Form.data1:
    case Form.flag:
    case Form.ref1:
    case Form.strx1:
    case Form.addrx1:
      return 1;
    case Form.data2:
    case Form.ref2:
    case Form.strx2:
    case Form.addrx2:
      return 2;
    case Form.strx3:
    case Form.addrx3:
      return 3;
    case Form.data4:
    case Form.ref4:
    case Form.strx4:
    case Form.addrx4:
    case Form.refSup4:
      return 4;
    case Form.data8:
    case Form.ref8:
    case Form.refSig8:
    case Form.refSup8:
      return 8;
    case Form.data16:
      return 16;
    case Form.addr:
      return addressSize;
    case Form.strp:
    case Form.lineStrp:
    case Form.strpSup:
    case Form.secOffset:
    case Form.gnuRefAlt:
    case Form.gnuStrpAlt:
      return offsetSize;
    case Form.refAddr:
      return version <= 2 ? addressSize : offsetSize;
    default:
      return undefined;
  }
}

/** Moves the cursor behind a value. */
export function skipForm(cursor: Cursor, form: number, encoding: Encoding): void {
  const size = fixedSize(form, encoding);
  if (size !== undefined) return cursor.skip(size);
  switch (form) {
    case Form.string: {
      const end = cursor.bytes.indexOf(0, cursor.offset);
      if (end < 0) throw new FormatError(`Unterminated string at offset ${cursor.offset} of ${cursor.name}`);
      cursor.offset = end + 1;
      return;
    }
    case Form.sdata:
    case Form.udata:
    case Form.refUdata:
    case Form.strx:
    case Form.addrx:
    case Form.loclistx:
    case Form.rnglistx:
    case Form.gnuAddrIndex:
    case Form.gnuStrIndex:
      cursor.ulebNumber();
      return;
    case Form.block1:
      return cursor.skip(cursor.u8());
    case Form.block2:
      return cursor.skip(cursor.u16());
    case Form.block4:
      return cursor.skip(cursor.u32());
    case Form.block:
    case Form.exprloc:
      return cursor.skip(cursor.ulebNumber());
    case Form.indirect: {
      const actual = cursor.ulebNumber();
      if (actual === Form.indirect || actual === Form.implicitConst) throw unknownForm(actual, cursor);
      return skipForm(cursor, actual, encoding);
    }
    default:
      throw unknownForm(form, cursor);
  }
}

/** An offset into a section: 4 or 8 bytes. */
export const readOffset = (cursor: Cursor, offsetSize: number): number => (offsetSize === 8 ? cursor.u64Number() : cursor.u32());

/** A target address as a signed double: exact for every canonical address, user and kernel. */
export function readAddress(cursor: Cursor, addressSize: number): number {
  if (addressSize === 4) return cursor.u32();
  const low = cursor.u32();
  return cursor.i32() * 2 ** 32 + low;
}

export const unknownForm = (form: number, cursor: Cursor): FormatError =>
  new FormatError(`Unknown DWARF form 0x${form.toString(16)} at offset ${cursor.offset} of ${cursor.name}`);
