import type { Address } from '../base/address.ts';
import type { Kernel } from './kernel.ts';
import type { KernelObject } from './object.ts';
import { slotTreeEntries } from './treeEntries.ts';

/** System V objects by their place in ipc_namespace.ids (ipc/util.h: IPC_SEM_IDS …). */
const places = { semaphores: 0, messages: 1, memory: 2 } as const;
export type IpcKind = keyof typeof places;

const structures: Readonly<Record<IpcKind, { readonly struct: string; readonly permissions: string }>> = {
  semaphores: { struct: 'sem_array', permissions: 'sem_perm' },
  messages: { struct: 'msg_queue', permissions: 'q_perm' },
  memory: { struct: 'shmid_kernel', permissions: 'shm_perm' },
};

/** A shared memory segment, a set of semaphores or a message queue. */
export interface IpcObject {
  readonly kind: IpcKind;
  readonly object: KernelObject;
  readonly key: number;
  readonly id: number;
  readonly uid: number;
  readonly mode: number;
}

/** The objects of one kind in a namespace: by their slots in an IDR (include/linux/idr.h). */
export function ipcObjects(kernel: Kernel, namespace: Address, kind: IpcKind): IpcObject[] {
  const ids = kernel.object('ipc_namespace', namespace).addressOf('ids') + BigInt(places[kind] * kernel.layouts.size('ipc_ids'));
  const tree = ids + BigInt(kernel.layouts.offset('ipc_ids', 'ipcs_idr.idr_rt'));
  const { struct, permissions } = structures[kind];
  const found: IpcObject[] = [];
  const isArray = kernel.layouts.has('xarray', 'xa_head');
  for (const { address } of slotTreeEntries(kernel, isArray ? 'xarray' : 'radix', tree, false)) {
    const object = kernel.object(struct, address - BigInt(kernel.layouts.offset(struct, permissions)));
    const permission = kernel.object('kern_ipc_perm', address);
    found.push({
      kind,
      object,
      key: permission.number('key') >>> 0,
      id: permission.number('id'),
      uid: permission.number('uid.val'),
      mode: permission.number('mode'),
    });
  }
  return found;
}
