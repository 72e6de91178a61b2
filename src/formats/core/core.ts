import { Cursor } from '../../base/cursor.ts';
import { FormatError } from '../../base/errors.ts';
import { fileTypes, segmentTypes } from '../elf/constants.ts';
import { type ElfSegment, parseElf, WrongFileError } from '../elf/elf.ts';
import { parseNotes } from '../elf/notes.ts';

/** Note types of a core file (include/uapi/linux/elf.h). */
export const coreNotes = { prstatus: 1, prfpreg: 2, prpsinfo: 3, auxv: 6, file: 0x46494c45, siginfo: 0x53494749, xstate: 0x202 } as const;

/** Offsets in struct elf_prstatus and elf_prpsinfo (include/linux/elfcore.h) on x86-64. */
export const prstatusLayout = {
  signal: 0,
  currentSignal: 12,
  pid: 32,
  ppid: 36,
  pgrp: 40,
  sid: 44,
  registers: 112,
  registersSize: 216,
  size: 336,
} as const;
export const prpsinfoLayout = {
  state: 0,
  stateName: 1,
  zombie: 2,
  nice: 3,
  flags: 8,
  uid: 16,
  gid: 20,
  pid: 24,
  ppid: 28,
  pgrp: 32,
  sid: 36,
  name: 40,
  nameSize: 16,
  args: 56,
  argsSize: 80,
  size: 136,
} as const;

export interface CoreThread {
  readonly tid: number;
  /** The signal it had when the core was made. */
  readonly signal: number;
  /** struct user_regs_struct. */
  readonly general: Uint8Array;
  /** XSAVE area, or the 512 bytes of FXSAVE. */
  readonly extended: Uint8Array | undefined;
  readonly siginfo: Uint8Array | undefined;
}

/** A line of NT_FILE: which file was mapped where. `offset` in bytes. */
export interface CoreMapping {
  readonly start: bigint;
  readonly end: bigint;
  readonly offset: number;
  readonly path: string;
}

export interface Core {
  readonly segments: readonly ElfSegment[];
  /** The one that died first. */
  readonly threads: readonly CoreThread[];
  readonly auxiliaryVector: ReadonlyMap<number, bigint>;
  readonly mappings: readonly CoreMapping[];
  readonly process: { readonly pid: number; readonly name: string; readonly args: string } | undefined;
  /** Set when the file is shorter than its headers say. */
  readonly truncated: { readonly expected: number; readonly found: number } | undefined;
}

/** Throws WrongFileError for what is no core file of this machine, FormatError when not even the notes are whole. */
export function parseCore(bytes: Uint8Array): Core {
  const elf = parseElf(bytes);
  if (elf.type !== fileTypes.core) throw new WrongFileError('not a core dump: file format not recognized');
  const notes = elf.segments
    .filter(({ type }) => type === segmentTypes.note)
    .flatMap(({ offset, fileSize }) => {
      if (offset + fileSize > bytes.length) throw new FormatError('core file is truncated: its notes are missing');
      return parseNotes(bytes.subarray(offset, offset + fileSize));
    });
  const expected = elf.segments.reduce((end, segment) => Math.max(end, segment.offset + segment.fileSize), 0);
  const only = (type: number) => notes.find((note) => note.type === type && (note.name === 'CORE' || note.name === 'LINUX'))?.bytes;
  return {
    segments: elf.segments.filter(({ type }) => type === segmentTypes.load),
    threads: threadsOf(notes),
    auxiliaryVector: auxiliaryVector(only(coreNotes.auxv)),
    mappings: fileMappings(only(coreNotes.file)),
    process: processOf(only(coreNotes.prpsinfo)),
    truncated: expected > bytes.length ? { expected, found: bytes.length } : undefined,
  };
}

/** Each NT_PRSTATUS begins a thread; the notes after it are its own. */
function threadsOf(notes: readonly { readonly type: number; readonly name: string; readonly bytes: Uint8Array }[]): CoreThread[] {
  const threads: { -readonly [K in keyof CoreThread]: CoreThread[K] }[] = [];
  for (const { type, bytes, name } of notes) {
    if (name !== 'CORE' && name !== 'LINUX') continue;
    const last = threads[threads.length - 1];
    if (type === coreNotes.prstatus && bytes.length >= prstatusLayout.registers + prstatusLayout.registersSize) {
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      threads.push({
        tid: view.getInt32(prstatusLayout.pid, true),
        signal: view.getInt16(prstatusLayout.currentSignal, true),
        general: bytes.slice(prstatusLayout.registers, prstatusLayout.registers + prstatusLayout.registersSize),
        extended: undefined,
        siginfo: undefined,
      });
    } else if (last && type === coreNotes.xstate) last.extended = bytes.slice();
    else if (last && type === coreNotes.prfpreg) last.extended ??= bytes.slice(0, 512);
    else if (last && type === coreNotes.siginfo) last.siginfo = bytes;
  }
  return threads;
}

function auxiliaryVector(bytes: Uint8Array | undefined): Map<number, bigint> {
  const vector = new Map<number, bigint>();
  const cursor = bytes && new Cursor(bytes, 0, 'NT_AUXV');
  while (cursor && cursor.offset + 16 <= cursor.bytes.length) {
    const type = Number(cursor.u64());
    const value = cursor.u64();
    if (type === 0) break;
    vector.set(type, value);
  }
  return vector;
}

/** NT_FILE (fs/binfmt_elf.c, fill_files_note): count, page size, { start, end, offset in pages } each, then the names. */
function fileMappings(bytes: Uint8Array | undefined): CoreMapping[] {
  if (!bytes || bytes.length < 16) return [];
  const cursor = new Cursor(bytes, 0, 'NT_FILE');
  const count = cursor.u64Number();
  const pageSize = cursor.u64Number();
  if (16 + count * 24 > bytes.length) return [];
  const ranges = Array.from({ length: count }, () => ({ start: cursor.u64(), end: cursor.u64(), offset: cursor.u64Number() * pageSize }));
  try {
    return ranges.map((range) => ({ ...range, path: cursor.string() }));
  } catch (error) {
    if (error instanceof FormatError) return [];
    throw error;
  }
}

function processOf(bytes: Uint8Array | undefined): Core['process'] {
  if (!bytes || bytes.length < prpsinfoLayout.size) return undefined;
  const text = (from: number, size: number) => new TextDecoder().decode(bytes.subarray(from, from + size)).replace(/\0[\s\S]*$/, '');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return {
    pid: view.getInt32(prpsinfoLayout.pid, true),
    name: text(prpsinfoLayout.name, prpsinfoLayout.nameSize),
    args: text(prpsinfoLayout.args, prpsinfoLayout.argsSize).trimEnd(),
  };
}
