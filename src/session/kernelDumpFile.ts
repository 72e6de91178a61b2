import { closeSync, openSync, readSync } from 'node:fs';

/** Enough for the headers and notes of an ELF dump. */
const headLength = 4096;

/** Is this a kernel's dump, by its first bytes? A file that can't be read is none. */
export function isKernelDump(path: string): boolean {
  const head = readHead(path);
  const starts = (text: string): boolean => head.subarray(0, text.length).toString('latin1') === text;
  if (starts('KDUMP   ') || starts('DISKDUMP') || starts('makedumpfile')) return true;
  // ET_CORE with a VMCOREINFO note: its name follows the note's header.
  return starts('\x7fELF') && head.readUInt16LE(16) === 4 && head.includes('VMCOREINFO\0');
}

function readHead(path: string): Buffer {
  const head = Buffer.alloc(headLength);
  try {
    const fd = openSync(path, 'r');
    try {
      return head.subarray(0, Math.max(readSync(fd, head), 0));
    } finally {
      closeSync(fd);
    }
  } catch {
    return Buffer.alloc(0);
  }
}
