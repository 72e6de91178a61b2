import type { Address } from '../base/address.ts';
import type { Kernel } from './kernel.ts';
import { listEntries } from './lists.ts';
import type { KernelObject } from './object.ts';
import { dentryPathIn } from './paths.ts';
import { treeNodes } from './redBlackTree.ts';
import type { Task } from './tasks.ts';

export interface Mount {
  readonly address: Address;
  readonly superBlock: Address;
  /** Of the file system: `ext4`. */
  readonly type: string;
  readonly device: string;
  readonly directory: string;
}

/** What is mounted in a task's name space, in the order of mounting. */
export function mountsOf({ object }: Task): Mount[] {
  const { kernel } = object;
  const namespace = object.follow('nsproxy', 'nsproxy')?.follow('mnt_ns', 'mnt_namespace');
  return namespace ? [...mountObjects(kernel, namespace)].map(describe) : [];
}

/** A list until 6.7, a tree since. */
function mountObjects(kernel: Kernel, namespace: KernelObject): Iterable<KernelObject> {
  if (namespace.has('list')) return listEntries(kernel, namespace.addressOf('list'), 'mount', 'mnt_list');
  return treeNodes(kernel, namespace.pointer('mounts.rb_node'), 'mount', 'mnt_node');
}

function describe(mount: KernelObject): Mount {
  const { kernel } = mount;
  const superBlock = kernel.object('super_block', mount.pointer('mnt.mnt_sb'));
  const type = superBlock.follow('s_type', 'file_system_type');
  const device = mount.pointer('mnt_devname');
  return {
    address: mount.address,
    superBlock: superBlock.address,
    type: type ? kernel.string(type.pointer('name'), 64) : '',
    device: device === 0n ? '' : kernel.string(device),
    directory: dentryPathIn(kernel, mount.pointer('mnt.mnt_root'), mount.addressOf('mnt')),
  };
}
