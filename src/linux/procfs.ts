import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** A line of /proc/PID/maps (proc(5)). */
export interface MapsEntry {
  readonly start: bigint;
  readonly end: bigint;
  readonly read: boolean;
  readonly write: boolean;
  readonly execute: boolean;
  readonly shared: boolean;
  readonly offset: number;
  readonly device: string;
  readonly inode: number;
  readonly path: string;
}

/** The text of /proc/PID/NAME, undefined if the process is gone or it isn't ours to read. */
export function procText(pid: number, name: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'utf8');
  } catch {
    return undefined;
  }
}

/** What /proc/PID/exe, cwd or root points to. */
export function procLink(pid: number, name: 'exe' | 'cwd' | 'root'): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/${name}`);
  } catch {
    return undefined;
  }
}

export function parseMaps(text: string): MapsEntry[] {
  const entries: MapsEntry[] = [];
  for (const line of text.split('\n')) {
    const match = /^([0-9a-f]+)-([0-9a-f]+) (.)(.)(.)(.) ([0-9a-f]+) (\S+) (\d+) *(.*)$/.exec(line);
    if (!match) continue;
    const [, start, end, read, write, execute, sharing, offset, device, inode, path] = match;
    entries.push({
      start: BigInt(`0x${start}`),
      end: BigInt(`0x${end}`),
      read: read === 'r',
      write: write === 'w',
      execute: execute === 'x',
      shared: sharing === 's',
      offset: Number.parseInt(offset, 16),
      device,
      inode: Number(inode),
      path,
    });
  }
  return entries;
}

/** Fields of /proc/PID/status by name: `TracerPid`, `State`, `Tgid`, `SigCgt` … */
export function parseStatus(text: string): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  for (const line of text.split('\n')) {
    const colon = line.indexOf(':');
    if (colon > 0) fields.set(line.slice(0, colon), line.slice(colon + 1).trim());
  }
  return fields;
}

/** Fields of /proc/PID/stat, counted from 1 as proc(5) does. The second, comm, may itself contain blanks and parentheses. */
export function parseStat(text: string): string[] {
  const open = text.indexOf('(');
  const close = text.lastIndexOf(')');
  return [
    '',
    text.slice(0, open).trim(),
    text.slice(open + 1, close),
    ...text
      .slice(close + 1)
      .trim()
      .split(/\s+/),
  ];
}

/** AT_* → value. */
export function readAuxiliaryVector(pid: number): Map<number, bigint> {
  const vector = new Map<number, bigint>();
  let bytes: Buffer;
  try {
    bytes = readFileSync(`/proc/${pid}/auxv`);
  } catch {
    return vector;
  }
  for (let at = 0; at + 16 <= bytes.length; at += 16) {
    const type = Number(bytes.readBigUInt64LE(at));
    if (type === 0) break;
    vector.set(type, bytes.readBigUInt64LE(at + 8));
  }
  return vector;
}

/** Thread ids in ascending order of age; empty if the process is gone. */
export function listThreads(pid: number): number[] {
  try {
    return readdirSync(`/proc/${pid}/task`)
      .map(Number)
      .sort((a, b) => a - b);
  } catch {
    return [];
  }
}

/** comm: the thread's name. */
export const threadName = (pid: number, tid: number): string | undefined => procText(pid, `task/${tid}/comm`)?.replace(/\n$/, '');
