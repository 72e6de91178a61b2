import { type Address, wrap64 } from '../../base/address.ts';
import { Cursor } from '../../base/cursor.ts';
import { FormatError } from '../../base/errors.ts';

/** A section of call frame information. Addresses are link-time. */
export interface CfiSection {
  /** The two formats differ in how a CIE is told from an FDE and in the CIE pointer (LSB 5.0 §10.6.1 against DWARF 5 §6.4.1). */
  readonly kind: '.eh_frame' | '.debug_frame';
  readonly bytes: Uint8Array;
  /** Where the section is loaded: what DW_EH_PE_pcrel counts from. */
  readonly address: Address;
  /** What DW_EH_PE_textrel and DW_EH_PE_datarel count from: .text and .got. */
  readonly textBase?: Address;
  readonly dataBase?: Address;
}

/** Common information entry: what a group of FDEs shares. */
export interface Cie {
  readonly section: CfiSection;
  readonly codeAlignment: bigint;
  readonly dataAlignment: bigint;
  /** DWARF number of the column that holds the return address. */
  readonly returnAddress: number;
  readonly augmentation: string;
  /** Augmentation S: a signal trampoline; pc is exact, not after a call. */
  readonly signalFrame: boolean;
  /** Augmentation R: DW_EH_PE_* of the addresses in the FDEs and in DW_CFA_set_loc. */
  readonly pointerEncoding: number;
  /** Augmentation L: encoding of the language specific data pointer. */
  readonly lsdaEncoding: number;
  /** Initial instructions: [start, end) in the section's bytes. */
  readonly start: number;
  readonly end: number;
}

/** Frame description entry: how to unwind within [low, high). */
export interface Fde {
  readonly cie: Cie;
  readonly low: Address;
  readonly high: Address;
  readonly start: number;
  readonly end: number;
  /** Offset of the entry in its section: its identity. */
  readonly offset: number;
}

/** DW_EH_PE_*: LSB 5.0 §10.5. */
const encoding = { omit: 0xff, formMask: 0x0f, applicationMask: 0x70, indirect: 0x80, signed: 0x08 } as const;

/** Reads CIEs and FDEs of one section, CIEs once each. */
export class CfiEntries {
  readonly #cies = new Map<number, Cie>();

  constructor(readonly section: CfiSection) {}

  /**
   * The entry at an offset: an FDE, `cie`, or `end` (a terminator or the end of the section), and where the next begins.
   * Throws FormatError for bytes that are none.
   */
  entryAt(offset: number): { readonly entry: Fde | 'cie' | 'end'; readonly next: number } {
    const header = this.#header(offset);
    if (header === undefined) return { entry: 'end', next: this.section.bytes.length };
    const { end, cieOffset } = header;
    return { entry: cieOffset === undefined ? 'cie' : this.#fde(offset, header.cursor, end, cieOffset), next: end };
  }

  #header(offset: number): { cursor: Cursor; end: number; cieOffset: number | undefined } | undefined {
    const { bytes, kind } = this.section;
    if (offset + 4 > bytes.length) return undefined;
    const cursor = new Cursor(bytes, offset, kind);
    let length = cursor.u32();
    if (length === 0 && kind === '.eh_frame') return undefined;
    const wide = length === 0xffffffff;
    if (wide) length = cursor.u64Number();
    const idAt = cursor.offset;
    const end = idAt + length;
    if (end > bytes.length || length < 4) throw new FormatError(`${kind}: the entry at 0x${offset.toString(16)} does not fit its section`);
    const id = wide && kind === '.debug_frame' ? cursor.u64() : BigInt(cursor.u32());
    if (kind === '.eh_frame') return { cursor, end, cieOffset: id === 0n ? undefined : idAt - Number(id) };
    const isCie = id === (wide ? 0xffffffffffffffffn : 0xffffffffn);
    return { cursor, end, cieOffset: isCie ? undefined : Number(id) };
  }

  #fde(offset: number, cursor: Cursor, end: number, cieOffset: number): Fde {
    const cie = this.#cie(cieOffset);
    const low = readEncoded(cursor, cie.pointerEncoding, this.section) ?? 0n;
    const size = readEncoded(cursor, cie.pointerEncoding & encoding.formMask, this.section) ?? 0n;
    if (cie.augmentation.startsWith('z')) skip(cursor, cursor.ulebNumber(), end);
    return { cie, low, high: wrap64(low + size), start: cursor.offset, end, offset };
  }

  #cie(offset: number): Cie {
    let cie = this.#cies.get(offset);
    if (!cie) {
      cie = this.#readCie(offset);
      this.#cies.set(offset, cie);
    }
    return cie;
  }

  #readCie(offset: number): Cie {
    const { section } = this;
    const header = offset >= 0 ? this.#header(offset) : undefined;
    if (!header || header.cieOffset !== undefined) throw new FormatError(`${section.kind}: no CIE at 0x${offset.toString(16)}`);
    const { cursor, end } = header;
    const version = cursor.u8();
    if (version !== 1 && version !== 3 && version !== 4) throw new FormatError(`${section.kind}: CIE version ${version} is not known`);
    const augmentation = cursor.string();
    if (augmentation.startsWith('eh')) skip(cursor, 8, end); // gcc 2's exception table pointer
    if (version === 4) skip(cursor, 2, end); // address and segment selector sizes
    const codeAlignment = cursor.uleb();
    const dataAlignment = cursor.sleb();
    const returnAddress = version === 1 ? cursor.u8() : cursor.ulebNumber();
    const augmented = augmentation.startsWith('z') ? this.#augmentation(augmentation, cursor, end) : plainAugmentation;
    return { section, codeAlignment, dataAlignment, returnAddress, augmentation, ...augmented, start: cursor.offset, end };
  }

  /** `z` and letters, each with its data (LSB 5.0 §10.6.1.1.1). An unknown letter ends the reading; the length makes the rest skippable. */
  #augmentation(letters: string, cursor: Cursor, end: number): typeof plainAugmentation {
    const length = cursor.ulebNumber();
    const dataEnd = cursor.offset + length;
    let { signalFrame, pointerEncoding, lsdaEncoding } = plainAugmentation;
    for (const letter of letters.slice(1)) {
      if (letter === 'R') pointerEncoding = cursor.u8();
      else if (letter === 'L') lsdaEncoding = cursor.u8();
      else if (letter === 'P') readEncoded(cursor, cursor.u8(), this.section);
      else if (letter === 'S') signalFrame = true;
      else if (letter !== 'B') break;
    }
    skip(cursor, dataEnd - cursor.offset, end);
    return { signalFrame, pointerEncoding, lsdaEncoding };
  }
}

const plainAugmentation = { signalFrame: false, pointerEncoding: 0, lsdaEncoding: encoding.omit as number };

function skip(cursor: Cursor, length: number, end: number): void {
  const to = cursor.offset + length;
  if (length < 0 || to > end) throw new FormatError('call frame information: augmentation data does not fit its entry');
  cursor.offset = to;
}

/** A pointer in one of the DW_EH_PE_* encodings; undefined for DW_EH_PE_omit. DW_EH_PE_indirect is the reader's to follow: unwinding needs no such pointer. */
export function readEncoded(
  cursor: Cursor,
  format: number,
  section: Pick<CfiSection, 'address' | 'textBase' | 'dataBase'>,
): Address | undefined {
  if (format === encoding.omit) return undefined;
  const at = section.address + BigInt(cursor.offset);
  const value = readForm(cursor, format & encoding.formMask);
  switch (format & encoding.applicationMask) {
    case 0x00:
      return wrap64(value);
    case 0x10:
      return wrap64(value + at);
    case 0x20:
      return wrap64(value + (section.textBase ?? 0n));
    case 0x30:
      return wrap64(value + (section.dataBase ?? 0n));
    default:
      throw new FormatError(`call frame information: pointer encoding 0x${format.toString(16)} is not known`);
  }
}

function readForm(cursor: Cursor, form: number): bigint {
  switch (form) {
    case 0x01:
      return cursor.uleb();
    case 0x02:
      return BigInt(cursor.u16());
    case 0x03:
      return BigInt(cursor.u32());
    case 0x00:
    case 0x04:
    case 0x08:
    case 0x0c:
      return cursor.u64();
    case 0x09:
      return cursor.sleb();
    case 0x0a:
      return BigInt.asIntN(16, BigInt(cursor.u16()));
    case 0x0b:
      return BigInt.asIntN(32, BigInt(cursor.u32()));
    default:
      throw new FormatError(`call frame information: pointer format 0x${form.toString(16)} is not known`);
  }
}
