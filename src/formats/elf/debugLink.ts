import { Cursor } from '../../base/cursor.ts';
import { hexOf } from './notes.ts';

/** .gnu_debuglink: the file name of the separate debug file and the CRC-32 of its contents. */
export function parseDebugLink(bytes: Uint8Array): { name: string; crc: number } {
  const cursor = new Cursor(bytes, 0, '.gnu_debuglink');
  const name = cursor.string();
  cursor.offset = (cursor.offset + 3) & ~3;
  return { name, crc: cursor.u32() };
}

/** .gnu_debugaltlink: path and build-id of dwz's common file. */
export function parseAlternateLink(bytes: Uint8Array): { path: string; buildId: string } {
  const cursor = new Cursor(bytes, 0, '.gnu_debugaltlink');
  const path = cursor.string();
  return { path, buildId: hexOf(bytes.subarray(cursor.offset)) };
}

let table: Uint32Array | undefined;

/** CRC-32 as .gnu_debuglink uses it (the one of ISO 3309 and zlib). */
export function crc32(bytes: Uint8Array): number {
  table ??= Uint32Array.from({ length: 256 }, (_, index) => {
    let value = index;
    for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
    return value;
  });
  let crc = 0xffffffff;
  for (let at = 0; at < bytes.length; at++) crc = table[(crc ^ bytes[at]) & 0xff] ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}
