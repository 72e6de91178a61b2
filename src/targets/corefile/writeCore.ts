import { closeSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import type { Address } from '../../base/address.ts';
import { MemoryError, SondeError } from '../../base/errors.ts';
import { coreNotes, prpsinfoLayout, prstatusLayout } from '../../formats/core/core.ts';
import { ELFCLASS64, ELFDATA2LSB, EM_X86_64, fileTypes, segmentTypes } from '../../formats/elf/constants.ts';
import { fileErrorText } from '../../linux/errno.ts';
import type { Mapping } from '../target.ts';
import type { CoreContents, CoreProcess, ThreadContents } from './coreContents.ts';

const headerSize = 64;
const programHeaderSize = 56;
const pageSize = 4096;
/** Memory goes through in pieces: a core may be larger than our own. */
const pieceSize = 1 << 20;

/** Writes a core file as the kernel and gdb write them. Pages of zeros take no room on the disk. Throws SondeError when it can't be written. */
export function writeCore(path: string, contents: CoreContents): void {
  const notes = noteBytes(contents);
  const count = contents.dumped.length + 1;
  const notesAt = headerSize + count * programHeaderSize;
  const memoryAt = roundUp(notesAt + notes.length, pageSize);
  const first = new Uint8Array(memoryAt);
  elfHeader(first, count);
  programHeader(first, 0, { type: segmentTypes.note, flags: 0, offset: notesAt, address: 0n, fileSize: notes.length, memorySize: 0 });
  let offset = memoryAt;
  contents.dumped.forEach((part, index) => {
    const size = Number(part.end - part.start);
    const flags = (part.read ? 4 : 0) | (part.write ? 2 : 0) | (part.execute ? 1 : 0);
    programHeader(first, index + 1, { type: segmentTypes.load, flags, offset, address: part.start, fileSize: size, memorySize: size });
    offset += size;
  });
  first.set(notes, notesAt);
  const fd = openForWriting(path);
  try {
    writeFully(fd, first, 0);
    let at = memoryAt;
    for (const part of contents.dumped) at = writeMemory(fd, part, at, contents.memory);
    ftruncateSync(fd, at);
  } catch (error) {
    if (error instanceof SondeError) throw error;
    throw new SondeError(`${path}: ${fileErrorText(error)}.`);
  } finally {
    closeSync(fd);
  }
}

function openForWriting(path: string): number {
  try {
    return openSync(path, 'w', 0o600);
  } catch (error) {
    throw new SondeError(`Failed to open '${path}' for output.`, { cause: error });
  }
}

function writeFully(fd: number, bytes: Uint8Array, position: number): void {
  for (let done = 0; done < bytes.length; ) done += writeSync(fd, bytes, done, bytes.length - done, position + done);
}

/** Pages that can't be read (a file that was cut off) are zeros. Answers where the next part goes. */
function writeMemory(
  fd: number,
  { start, end }: { start: Address; end: Address },
  position: number,
  memory: CoreContents['memory'],
): number {
  let next = position;
  for (let at = start; at < end; ) {
    const length = Math.min(pieceSize, Number(end - at));
    const piece = readOrZero(memory, at, length);
    if (Buffer.compare(piece, zeros.subarray(0, length)) !== 0) writeFully(fd, piece, next);
    at += BigInt(length);
    next += length;
  }
  return next;
}

const zeros = new Uint8Array(pieceSize);

function readOrZero(memory: CoreContents['memory'], address: Address, length: number): Uint8Array {
  try {
    return memory.read(address, length);
  } catch (error) {
    if (!(error instanceof MemoryError)) throw error;
    if (length <= pageSize) return new Uint8Array(length);
    const out = new Uint8Array(length);
    for (let at = 0; at < length; at += pageSize) out.set(readOrZero(memory, address + BigInt(at), Math.min(pageSize, length - at)), at);
    return out;
  }
}

function elfHeader(out: Uint8Array, segmentCount: number): void {
  const view = new DataView(out.buffer);
  out.set([0x7f, 0x45, 0x4c, 0x46, ELFCLASS64, ELFDATA2LSB, 1]);
  view.setUint16(16, fileTypes.core, true);
  view.setUint16(18, EM_X86_64, true);
  view.setUint32(20, 1, true);
  view.setBigUint64(32, BigInt(headerSize), true);
  view.setUint16(52, headerSize, true);
  view.setUint16(54, programHeaderSize, true);
  view.setUint16(56, segmentCount, true);
}

interface Header {
  readonly type: number;
  readonly flags: number;
  readonly offset: number;
  readonly address: Address;
  readonly fileSize: number;
  readonly memorySize: number;
}

function programHeader(out: Uint8Array, index: number, header: Header): void {
  const view = new DataView(out.buffer, headerSize + index * programHeaderSize, programHeaderSize);
  view.setUint32(0, header.type, true);
  view.setUint32(4, header.flags, true);
  view.setBigUint64(8, BigInt(header.offset), true);
  view.setBigUint64(16, header.address, true);
  view.setBigUint64(32, BigInt(header.fileSize), true);
  view.setBigUint64(40, BigInt(header.memorySize), true);
  view.setBigUint64(48, BigInt(header.type === segmentTypes.load ? pageSize : 1), true);
}

function noteBytes(contents: CoreContents): Uint8Array {
  const parts: Uint8Array[] = [note('CORE', coreNotes.prpsinfo, processInformation(contents.process))];
  for (const thread of contents.threads) {
    const { extended, siginfo } = thread;
    // The signal in every thread, as the kernel does: readers differ in whose they believe.
    parts.push(note('CORE', coreNotes.prstatus, threadStatus(thread, contents.signal)));
    if (extended) parts.push(note('CORE', coreNotes.prfpreg, extended.subarray(0, 512)));
    if (extended && extended.length > 512) parts.push(note('LINUX', coreNotes.xstate, extended));
    if (siginfo) parts.push(note('CORE', coreNotes.siginfo, siginfo));
  }
  parts.push(note('CORE', coreNotes.auxv, auxiliaryVector(contents.auxiliaryVector)));
  parts.push(note('CORE', coreNotes.file, fileTable(contents.mappings)));
  return concatenate(parts);
}

function note(name: string, type: number, bytes: Uint8Array): Uint8Array {
  const nameSize = name.length + 1;
  const out = new Uint8Array(12 + roundUp(nameSize, 4) + roundUp(bytes.length, 4));
  const view = new DataView(out.buffer);
  view.setUint32(0, nameSize, true);
  view.setUint32(4, bytes.length, true);
  view.setUint32(8, type, true);
  out.set(new TextEncoder().encode(name), 12);
  out.set(bytes, 12 + roundUp(nameSize, 4));
  return out;
}

function threadStatus({ tid, ppid, pgrp, sid, general }: ThreadContents, signal: number): Uint8Array {
  const out = new Uint8Array(prstatusLayout.size);
  const view = new DataView(out.buffer);
  view.setInt32(prstatusLayout.signal, signal, true);
  view.setInt16(prstatusLayout.currentSignal, signal, true);
  view.setInt32(prstatusLayout.pid, tid, true);
  view.setInt32(prstatusLayout.ppid, ppid, true);
  view.setInt32(prstatusLayout.pgrp, pgrp, true);
  view.setInt32(prstatusLayout.sid, sid, true);
  out.set(general.subarray(0, prstatusLayout.registersSize), prstatusLayout.registers);
  return out;
}

function processInformation({ state, ...process }: CoreProcess): Uint8Array {
  const out = new Uint8Array(prpsinfoLayout.size);
  const view = new DataView(out.buffer);
  out[prpsinfoLayout.state] = Math.max(0, 'RSDTZW'.indexOf(state));
  out[prpsinfoLayout.stateName] = state.charCodeAt(0);
  out[prpsinfoLayout.zombie] = state === 'Z' ? 1 : 0;
  out[prpsinfoLayout.nice] = process.nice & 0xff;
  view.setBigUint64(prpsinfoLayout.flags, process.flags, true);
  for (const name of ['uid', 'gid', 'pid', 'ppid', 'pgrp', 'sid'] as const) view.setInt32(prpsinfoLayout[name], process[name], true);
  const encoder = new TextEncoder();
  out.set(encoder.encode(process.name).subarray(0, prpsinfoLayout.nameSize - 1), prpsinfoLayout.name);
  out.set(encoder.encode(process.args).subarray(0, prpsinfoLayout.argsSize - 1), prpsinfoLayout.args);
  return out;
}

function auxiliaryVector(vector: ReadonlyMap<number, bigint>): Uint8Array {
  const entries = [...vector, [0, 0n] as const];
  const out = new Uint8Array(entries.length * 16);
  const view = new DataView(out.buffer);
  entries.forEach(([type, value], index) => {
    view.setBigUint64(index * 16, BigInt(type), true);
    view.setBigUint64(index * 16 + 8, value, true);
  });
  return out;
}

/** NT_FILE: every mapping of a file, also those whose memory is left out. */
function fileTable(mappings: readonly Mapping[]): Uint8Array {
  const files = mappings.filter(({ path }) => path.startsWith('/'));
  const names = concatenate(files.map(({ path }) => new TextEncoder().encode(`${path.replace(/ \(deleted\)$/, '')}\0`)));
  const out = new Uint8Array(16 + files.length * 24 + names.length);
  const view = new DataView(out.buffer);
  view.setBigUint64(0, BigInt(files.length), true);
  view.setBigUint64(8, BigInt(pageSize), true);
  files.forEach(({ start, end, offset }, index) => {
    view.setBigUint64(16 + index * 24, start, true);
    view.setBigUint64(24 + index * 24, end, true);
    view.setBigUint64(32 + index * 24, BigInt(Math.floor(offset / pageSize)), true);
  });
  out.set(names, 16 + files.length * 24);
  return out;
}

function concatenate(parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

const roundUp = (value: number, unit: number): number => Math.ceil(value / unit) * unit;
