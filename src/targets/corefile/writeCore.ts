import { closeSync, openSync, writeSync } from 'node:fs';
import type { Address } from '../../base/address.ts';
import { MemoryError, SondeError } from '../../base/errors.ts';
import { coreNotes, prpsinfoLayout, prstatusLayout } from '../../formats/core/core.ts';
import { ELFCLASS64, ELFDATA2LSB, EM_X86_64, fileTypes, segmentTypes } from '../../formats/elf/constants.ts';
import { fileErrorText } from '../../linux/errno.ts';
import { parseStat, parseStatus, procText } from '../../linux/procfs.ts';
import type { LiveTarget, Mapping } from '../target.ts';
import { mappingsToDump } from './coredumpFilter.ts';

export interface WriteCoreOptions {
  /** The thread that a reader shall show first. */
  readonly currentThread: number;
  /** Signal that the current thread stopped with; 0 for none. */
  readonly signal: number;
  /** `set use-coredump-filter`. */
  readonly useFilter: boolean;
  /** `set dump-excluded-mappings`. */
  readonly dumpExcluded: boolean;
  readonly memory: { read(address: Address, length: number): Uint8Array };
}

const headerSize = 64;
const programHeaderSize = 56;
const pageSize = 4096;
/** Memory goes through in pieces: a core may be larger than our own. */
const pieceSize = 1 << 20;

/** Writes a core file of a stopped process, as the kernel and gdb write them. Throws SondeError when the file can't be written. */
export function writeCore(path: string, live: LiveTarget, options: WriteCoreOptions): void {
  const mappings = mappingsToDump(live.pid, options);
  const notes = noteBytes(live, options);
  const count = mappings.length + 1;
  const notesAt = headerSize + count * programHeaderSize;
  let offset = roundUp(notesAt + notes.length, pageSize);
  const headers = new Uint8Array(notesAt);
  elfHeader(headers, count);
  programHeader(headers, 0, { type: segmentTypes.note, flags: 0, offset: notesAt, address: 0n, fileSize: notes.length, memorySize: 0 });
  mappings.forEach((mapping, index) => {
    const size = Number(mapping.end - mapping.start);
    const flags = (mapping.read ? 4 : 0) | (mapping.write ? 2 : 0) | (mapping.execute ? 1 : 0);
    programHeader(headers, index + 1, { type: segmentTypes.load, flags, offset, address: mapping.start, fileSize: size, memorySize: size });
    offset += size;
  });
  const fd = openForWriting(path);
  try {
    const first = new Uint8Array(roundUp(notesAt + notes.length, pageSize));
    first.set(headers);
    first.set(notes, notesAt);
    writeFully(fd, first);
    for (const mapping of mappings) writeMemory(fd, mapping, options);
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

function writeFully(fd: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length; ) done += writeSync(fd, bytes, done);
}

/** Pages that can't be read (a file that was cut off) are zeros. */
function writeMemory(fd: number, { start, end }: Mapping, { memory }: WriteCoreOptions): void {
  for (let at = start; at < end; ) {
    const length = Math.min(pieceSize, Number(end - at));
    writeFully(fd, readOrZero(memory, at, length));
    at += BigInt(length);
  }
}

function readOrZero(memory: WriteCoreOptions['memory'], address: Address, length: number): Uint8Array {
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

function noteBytes(live: LiveTarget, options: WriteCoreOptions): Uint8Array {
  const tids = live.threads().map(({ tid }) => tid);
  const ordered = [options.currentThread, ...tids.filter((tid) => tid !== options.currentThread)];
  const parts: Uint8Array[] = [note('CORE', coreNotes.prpsinfo, processInformation(live.pid))];
  for (const tid of ordered) {
    const { general, extended } = live.rawRegisters(tid);
    // In every thread, as the kernel does: readers differ in whose they believe.
    parts.push(note('CORE', coreNotes.prstatus, threadStatus(live.pid, tid, general, options.signal)));
    if (extended) parts.push(note('CORE', coreNotes.prfpreg, extended.subarray(0, 512)));
    if (extended && extended.length > 512) parts.push(note('LINUX', coreNotes.xstate, extended));
    const siginfo = live.signalInfo(tid);
    if (siginfo) parts.push(note('CORE', coreNotes.siginfo, siginfo));
  }
  parts.push(note('CORE', coreNotes.auxv, auxiliaryVector(live)));
  parts.push(note('CORE', coreNotes.file, fileTable(live.mappings())));
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

function threadStatus(pid: number, tid: number, general: Uint8Array, signal: number): Uint8Array {
  const out = new Uint8Array(prstatusLayout.size);
  const view = new DataView(out.buffer);
  const stat = parseStat(procText(pid, `task/${tid}/stat`) ?? '');
  view.setInt32(prstatusLayout.signal, signal, true);
  view.setInt16(prstatusLayout.currentSignal, signal, true);
  view.setInt32(prstatusLayout.pid, tid, true);
  view.setInt32(prstatusLayout.ppid, Number(stat[4] ?? 0), true);
  view.setInt32(prstatusLayout.pgrp, Number(stat[5] ?? 0), true);
  view.setInt32(prstatusLayout.sid, Number(stat[6] ?? 0), true);
  out.set(general.subarray(0, prstatusLayout.registersSize), prstatusLayout.registers);
  return out;
}

function processInformation(pid: number): Uint8Array {
  const out = new Uint8Array(prpsinfoLayout.size);
  const view = new DataView(out.buffer);
  const stat = parseStat(procText(pid, 'stat') ?? '');
  const status = parseStatus(procText(pid, 'status') ?? '');
  const state = stat[3] ?? 'R';
  out[prpsinfoLayout.state] = Math.max(0, 'RSDTZW'.indexOf(state));
  out[prpsinfoLayout.stateName] = state.charCodeAt(0);
  out[prpsinfoLayout.zombie] = state === 'Z' ? 1 : 0;
  out[prpsinfoLayout.nice] = Number(stat[19] ?? 0) & 0xff;
  view.setBigUint64(prpsinfoLayout.flags, BigInt(stat[9] ?? 0), true);
  view.setInt32(prpsinfoLayout.uid, Number(status.get('Uid')?.split(/\s+/)[0] ?? 0), true);
  view.setInt32(prpsinfoLayout.gid, Number(status.get('Gid')?.split(/\s+/)[0] ?? 0), true);
  view.setInt32(prpsinfoLayout.pid, pid, true);
  view.setInt32(prpsinfoLayout.ppid, Number(stat[4] ?? 0), true);
  view.setInt32(prpsinfoLayout.pgrp, Number(stat[5] ?? 0), true);
  view.setInt32(prpsinfoLayout.sid, Number(stat[6] ?? 0), true);
  const encoder = new TextEncoder();
  out.set(encoder.encode(procText(pid, 'comm')?.trimEnd() ?? '').subarray(0, prpsinfoLayout.nameSize - 1), prpsinfoLayout.name);
  const args = (procText(pid, 'cmdline') ?? '').replace(/\0$/, '').replaceAll('\0', ' ');
  out.set(encoder.encode(args).subarray(0, prpsinfoLayout.argsSize - 1), prpsinfoLayout.args);
  return out;
}

function auxiliaryVector(live: LiveTarget): Uint8Array {
  const entries = [...live.auxiliaryVector(), [0, 0n] as const];
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
