import { readdirSync } from 'node:fs';
import { libc } from './ffi.ts';
import { procText } from './procfs.ts';

/** Read positions of a process's open regular files, by descriptor. */
export type FileOffsets = ReadonlyMap<number, number>;

const SYS_kcmp = 312;
const KCMP_FILE = 0;
const SYS_pidfd_open = 434;
const SYS_pidfd_getfd = 438;
const SEEK_SET = 0;

/** Where every open file of the process stands. Descriptors that can't be asked are left out, and those that it has from us: `sonde < commands`. */
export function fileOffsets(pid: number): FileOffsets {
  const offsets = new Map<number, number>();
  for (const fd of descriptors(pid)) {
    const position = /^pos:\s*(\d+)/.exec(procText(pid, `fdinfo/${fd}`) ?? '')?.[1];
    if (position !== undefined && !isOurs(pid, fd)) offsets.set(fd, Number(position));
  }
  return offsets;
}

/**
 * Puts the files back to where they stood. A fork shares its open files with its parent, positions included: what one reads, the other has
 * read too. The descriptor is borrowed (pidfd_getfd), because a position belongs to the open file and not to the process.
 */
export function restoreFileOffsets(pid: number, offsets: FileOffsets): void {
  const now = fileOffsets(pid);
  const changed = [...offsets].filter(([fd, position]) => now.has(fd) && now.get(fd) !== position);
  if (changed.length === 0) return;
  const pidfd: number = libc().syscall(SYS_pidfd_open, pid, 0, 0, 0, 0);
  if (pidfd === -1) return;
  for (const [fd, position] of changed) {
    const borrowed: number = libc().syscall(SYS_pidfd_getfd, pidfd, fd, 0, 0, 0);
    if (borrowed === -1) continue;
    libc().lseek(borrowed, position, SEEK_SET);
    libc().close(borrowed);
  }
  libc().close(pidfd);
}

const isOurs = (pid: number, fd: number): boolean =>
  [0, 1, 2].some((own) => libc().syscall(SYS_kcmp, process.pid, pid, KCMP_FILE, own, fd) === 0);

function descriptors(pid: number): number[] {
  try {
    return readdirSync(`/proc/${pid}/fd`).map(Number);
  } catch {
    return [];
  }
}
