import { FormatError } from '../../base/errors.ts';

/**
 * ELF kernel dumps (kdump's /proc/vmcore, QEMU, makedumpfile -E, /proc/kcore). Read apart from `formats/elf` because these
 * headers break its rules: QEMU ≥ 7.2 writes e_ehsize = 8 and the program headers behind the section headers.
 */
export interface ElfVmcore {
  readonly segments: readonly {
    readonly fileOffset: number;
    readonly fileSize: number;
    readonly virtual: bigint;
    readonly physical: bigint;
    readonly memorySize: number;
  }[];
  readonly notes: readonly ElfNote[];
}

export interface ElfNote {
  readonly name: string;
  readonly type: number;
  readonly bytes: Uint8Array;
}

const PT_LOAD = 1;
const PT_NOTE = 4;
const PN_XNUM = 0xffff;

/** Throws FormatError where it is no 64-bit little-endian ELF core, or cut off within its headers or notes. */
export function parseElfVmcore(bytes: Uint8Array): ElfVmcore {
  if (bytes.length < 64 || bytes[0] !== 0x7f || bytes[1] !== 0x45 || bytes[2] !== 0x4c || bytes[3] !== 0x46)
    throw new FormatError('not an ELF file');
  if (bytes[4] !== 2 || bytes[5] !== 1) throw new FormatError('not a 64-bit little-endian dump');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const tableOffset = Number(view.getBigUint64(32, true));
  const entrySize = view.getUint16(54, true);
  const count = view.getUint16(56, true) === PN_XNUM ? overflowCount(view) : view.getUint16(56, true);
  if (entrySize < 56 || tableOffset + count * entrySize > bytes.length) throw new FormatError('dump is truncated in its program headers');
  const segments: ElfVmcore['segments'][number][] = [];
  const notes: ElfNote[] = [];
  for (let index = 0; index < count; index++) {
    const at = tableOffset + index * entrySize;
    const type = view.getUint32(at, true);
    const fileOffset = Number(view.getBigUint64(at + 8, true));
    const fileSize = Number(view.getBigUint64(at + 32, true));
    if (type === PT_LOAD) {
      const memorySize = Number(view.getBigUint64(at + 40, true));
      segments.push({
        fileOffset,
        fileSize,
        virtual: view.getBigUint64(at + 16, true),
        physical: view.getBigUint64(at + 24, true),
        memorySize,
      });
    } else if (type === PT_NOTE) {
      if (fileOffset + fileSize > bytes.length) throw new FormatError('dump is truncated in its notes');
      notes.push(...parseNotes(bytes.subarray(fileOffset, fileOffset + fileSize)));
    }
  }
  return { segments, notes };
}

/** Name and descriptor are each padded to four bytes; a note that runs past the end ends the list. */
export function parseNotes(bytes: Uint8Array): ElfNote[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const notes: ElfNote[] = [];
  for (let at = 0; at + 12 <= bytes.length; ) {
    const nameSize = view.getUint32(at, true);
    const size = view.getUint32(at + 4, true);
    const type = view.getUint32(at + 8, true);
    const start = at + 12 + ((nameSize + 3) & ~3);
    if (nameSize > 64 || start + size > bytes.length) break;
    const name = new TextDecoder('latin1').decode(bytes.subarray(at + 12, at + 12 + nameSize)).replace(/\0.*$/, '');
    if (nameSize === 0 && size === 0 && type === 0) break; // kdump pads its notes with zeros
    notes.push({ name, type, bytes: bytes.subarray(start, start + size) });
    at = start + ((size + 3) & ~3);
  }
  return notes;
}

/** More than 65,534 program headers: the count is in sh_info of section header 0. */
function overflowCount(view: DataView): number {
  const at = Number(view.getBigUint64(40, true));
  if (at + 64 > view.byteLength) throw new FormatError('dump is truncated in its section headers');
  return view.getUint32(at + 44, true);
}
