import { closeSync, openSync, readSync } from 'node:fs';
import { SondeError } from '../base/errors.ts';
import { parseElfVmcore } from '../formats/kdump/elfVmcore.ts';

/** Enough to know a file's format. */
const headLength = 64;
/** Enough for the headers and notes of an ELF dump of many CPUs. */
const notesLength = 1 << 20;
const ET_CORE = 4;

/** What a file is by its first bytes. A core of a process and everything that is no ELF file is `other`. */
export function fileKind(path: string): 'dump' | 'program' | 'other' | 'missing' {
  const head = readHead(path, headLength);
  if (!head) return 'missing';
  const starts = (text: string): boolean => head.subarray(0, text.length).toString('latin1') === text;
  if (starts('KDUMP   ') || starts('makedumpfile')) return 'dump';
  if (!starts('\x7fELF') || head.length < headLength) return 'other';
  if (head.readUInt16LE(16) !== ET_CORE) return 'program';
  return isKernelCore(readHead(path, notesLength) ?? head) ? 'dump' : 'other';
}

/** Only a kernel's core says VMCOREINFO, or has QEMU's own notes. */
function isKernelCore(bytes: Uint8Array): boolean {
  try {
    return parseElfVmcore(bytes).notes.some(({ name }) => name === 'VMCOREINFO' || name === 'QEMU');
  } catch (error) {
    if (error instanceof SondeError) return false;
    throw error;
  }
}

function readHead(path: string, length: number): Buffer | undefined {
  const head = Buffer.alloc(length);
  try {
    const fd = openSync(path, 'r');
    try {
      return head.subarray(0, readSync(fd, head));
    } finally {
      closeSync(fd);
    }
  } catch {
    return undefined;
  }
}
