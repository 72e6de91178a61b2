import type { Address } from '../base/address.ts';
import type { Kernel } from './kernel.ts';
import { listEntries } from './lists.ts';
import type { KernelObject } from './object.ts';

/** More devices than a subsystem has. */
const most = 1 << 20;

/**
 * The private part of a class or bus of the driver model, by its symbol: the class points to it until 6.3, since then it is found among all (drivers/base:
 * class_to_subsys, bus_to_subsys).
 */
export function subsystem(kernel: Kernel, kind: 'class' | 'bus', symbol: string): KernelObject | undefined {
  const address = kernel.findSymbol(symbol);
  if (address === undefined) return undefined;
  const struct = kind === 'class' ? 'class' : 'bus_type';
  if (kernel.layouts.has(struct, 'p')) return kernel.object(struct, address).follow('p', 'subsys_private');
  const set = kernel.findSymbol(`${kind}_kset`);
  if (set === undefined) return undefined;
  const list = kernel.object('kset', kernel.word(set)).addressOf('list');
  const toSubsystem = BigInt(kernel.layouts.offset('subsys_private', 'subsys.kobj'));
  for (const kobject of listEntries(kernel, list, 'kobject', 'entry')) {
    const found = kernel.object('subsys_private', kobject.address - toSubsystem);
    if (found.pointer(kind) === address) return found;
  }
  return undefined;
}

/** Addresses of its devices, in the order in which they came. */
export function* subsystemDevices(found: KernelObject, kind: 'class' | 'bus'): Iterable<Address> {
  const { kernel } = found;
  const node = BigInt(kernel.layouts.offset('device_private', `knode_${kind}.n_node`));
  const head = found.addressOf('klist_devices.k_list');
  let count = 0;
  for (let at = kernel.word(head); at !== head && count++ < most; at = kernel.word(at))
    yield kernel.object('device_private', at - node).pointer('device');
}
