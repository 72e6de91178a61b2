import { Cursor } from '../../base/cursor.ts';
import { noteTypes, sectionTypes, segmentTypes } from './constants.ts';
import type { Elf } from './elf.ts';

export interface Note {
  readonly name: string;
  readonly type: number;
  readonly bytes: Uint8Array;
}

/** The notes of a note section or segment (gABI chapter 5); a damaged one ends the list. `align`: 4, or 8 for .note.gnu.property. */
export function parseNotes(bytes: Uint8Array, align = 4): Note[] {
  const notes: Note[] = [];
  const cursor = new Cursor(bytes, 0, 'note');
  const pad = (length: number) => (length + align - 1) & -align;
  while (cursor.offset + 12 <= bytes.length) {
    const nameSize = cursor.u32();
    const size = cursor.u32();
    const type = cursor.u32();
    const start = cursor.offset + (align === 8 ? pad(12 + nameSize) - 12 : pad(nameSize));
    if (nameSize > bytes.length || start + size > bytes.length) break;
    const name = String.fromCharCode(...bytes.subarray(cursor.offset, cursor.offset + Math.min(nameSize, 64))).replace(/\0[\s\S]*$/, '');
    notes.push({ name, type, bytes: bytes.subarray(start, start + size) });
    cursor.offset = start + pad(size);
  }
  return notes;
}

/** The linker's build-id in hexadecimal. */
export function buildIdOf(elf: Elf): string | undefined {
  const places = [
    ...elf.sections.filter(({ type, name }) => type === sectionTypes.note && name === '.note.gnu.build-id'),
    ...elf.segments.filter(({ type }) => type === segmentTypes.note).map(({ offset, fileSize }) => ({ offset, size: fileSize })),
  ];
  for (const { offset, size } of places) {
    if (offset + size > elf.bytes.length) continue;
    const note = parseNotes(elf.bytes.subarray(offset, offset + size)).find(
      ({ name, type }) => name === 'GNU' && type === noteTypes.gnuBuildId,
    );
    if (note) return hexOf(note.bytes);
  }
  return undefined;
}

export const hexOf = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
