import type { Address } from '../base/address.ts';
import type { Kernel } from './kernel.ts';
import type { KernelObject } from './object.ts';

const deepest = 256;

/** Path of an open file, through the mounts it lies under: `d_path` without the caller's root (fs/d_path.c: prepend_path). */
export function filePath(file: KernelObject): string {
  return dentryPathIn(file.kernel, file.pointer('f_path.dentry'), file.pointer('f_path.mnt'));
}

/** Path of a directory entry that is reached through a mount: `struct path`'s dentry and mnt. */
export function dentryPathIn(kernel: Kernel, dentryAddress: Address, mountAddress: Address): string {
  let dentry = kernel.object('dentry', dentryAddress);
  const mountOf = (vfsmount: Address) => kernel.object('mount', vfsmount - BigInt(kernel.layouts.offset('mount', 'mnt')));
  let mount = mountOf(mountAddress);
  const names: string[] = [];
  for (let depth = 0; depth < deepest; depth++) {
    const parent = dentry.pointer('d_parent');
    if (dentry.address === mount.pointer('mnt.mnt_root') || parent === dentry.address) {
      const above = mount.pointer('mnt_parent');
      if (above === mount.address || above === 0n) break;
      dentry = kernel.object('dentry', mount.pointer('mnt_mountpoint'));
      mount = kernel.object('mount', above);
      continue;
    }
    names.unshift(dentryName(dentry));
    dentry = kernel.object('dentry', parent);
  }
  // A file of a kernel-internal mount (memfd, anon_inode, pipe) has no parent directory: its own name is all there is.
  if (names.length === 0) {
    return dentryName(kernel.object('dentry', dentryAddress));
  }
  return `/${names.join('/')}`;
}

/** Its own name alone. */
export function dentryName(dentry: KernelObject): string {
  return dentry.kernel.string(dentry.pointer('d_name.name'), 256);
}
