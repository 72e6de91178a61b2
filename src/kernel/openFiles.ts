import type { Address } from '../base/address.ts';
import type { Kernel } from './kernel.ts';
import type { KernelObject } from './object.ts';
import { dentryPathIn } from './paths.ts';
import type { Task } from './tasks.ts';

/** An open file of a task. */
export interface OpenFile {
  readonly descriptor: number;
  readonly file: Address;
  readonly dentry: Address;
  readonly inode: Address;
  readonly type: FileType;
  /** Empty for pipes and sockets. */
  readonly path: string;
}

export type FileType = 'REG' | 'DIR' | 'LNK' | 'CHR' | 'BLK' | 'FIFO' | 'SOCK' | 'UNKN';

/** S_IFMT of i_mode (include/uapi/linux/stat.h). */
const types: Readonly<Record<number, FileType>> = { 1: 'FIFO', 2: 'CHR', 4: 'DIR', 6: 'BLK', 8: 'REG', 10: 'LNK', 12: 'SOCK' };

/** More than fs.nr_open usually lets a process have; a damaged table may say anything. */
const mostFiles = 1 << 20;

/** `root` and `cwd`; undefined for a task that is ending. */
export function taskFolders({ object }: Task): { root: string; cwd: string } | undefined {
  const fs = object.follow('fs', 'fs_struct');
  if (!fs) return undefined;
  const path = (name: string) => dentryPathIn(fs.kernel, fs.pointer(`${name}.dentry`), fs.pointer(`${name}.mnt`));
  return { root: path('root'), cwd: path('pwd') };
}

/** What a task has open, by descriptor. */
export function openFiles({ object }: Task): OpenFile[] {
  const { kernel } = object;
  const table = object.follow('files', 'files_struct')?.follow('fdt', 'fdtable');
  if (!table) return [];
  const array = table.pointer('fd');
  const count = Math.min(table.number('max_fds'), mostFiles);
  const files: OpenFile[] = [];
  for (let descriptor = 0; descriptor < count; descriptor++) {
    const file = kernel.word(array + BigInt(descriptor * 8));
    if (file !== 0n) files.push({ descriptor, ...describeFile(kernel.object('file', file)) });
  }
  return files;
}

/** A `struct file`. */
export function describeFile(file: KernelObject): Omit<OpenFile, 'descriptor'> {
  const { kernel } = file;
  const dentry = file.pointer('f_path.dentry');
  const inode = file.pointer('f_inode');
  const type = fileType(kernel, inode);
  return { file: file.address, dentry, inode, type, path: pathOf(file, type, inode) };
}

/** A socket has its protocol's name for a path, a pipe none. */
function pathOf(file: KernelObject, type: FileType, inode: Address): string {
  const { kernel } = file;
  if (type === 'SOCK') return socketProtocol(kernel, inode);
  return dentryPathIn(kernel, file.pointer('f_path.dentry'), file.pointer('f_path.mnt'));
}

/** The socket lies before its inode (struct socket_alloc, include/net/sock.h). */
function socketProtocol(kernel: Kernel, inode: Address): string {
  const allocation = inode - BigInt(kernel.layouts.offset('socket_alloc', 'vfs_inode'));
  const sock = kernel.object('socket', allocation + BigInt(kernel.layouts.offset('socket_alloc', 'socket'))).follow('sk', 'sock');
  const protocol = sock?.follow('__sk_common.skc_prot', 'proto');
  return protocol ? protocol.string('name') : '';
}

export function fileType(kernel: Kernel, inode: Address): FileType {
  if (inode === 0n) return 'UNKN';
  return types[kernel.object('inode', inode).number('i_mode') >> 12] ?? 'UNKN';
}

/** The page cache of an inode: its address_space, and how many pages it holds. */
export function pageCache(kernel: Kernel, inode: Address): { mapping: Address; pages: bigint } {
  const mapping = kernel.object('inode', inode).pointer('i_mapping');
  return { mapping, pages: mapping === 0n ? 0n : kernel.object('address_space', mapping).value('nrpages') };
}
