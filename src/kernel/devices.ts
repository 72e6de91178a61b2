import type { Address } from '../base/address.ts';
import { SondeError } from '../base/errors.ts';
import type { Kernel } from './kernel.ts';
import { listEntries } from './lists.ts';
import type { KernelObject } from './object.ts';
import { subsystem, subsystemDevices } from './subsystems.ts';

/** A driver's range of device numbers. */
export interface DeviceRange {
  readonly major: number;
  readonly name: string;
  /** The cdev or gendisk that has it, and the name of its operations. */
  readonly device: Address | undefined;
  readonly operations: string;
}

/** CHRDEV_MAJOR_HASH_SIZE, BLKDEV_MAJOR_HASH_SIZE. */
const buckets = 255;
const most = 1 << 16;

function* chains(kernel: Kernel, table: Address, struct: string): Iterable<KernelObject> {
  for (let bucket = 0; bucket < buckets; bucket++) {
    let count = 0;
    for (let at = kernel.word(table + BigInt(bucket * 8)); at !== 0n; at = kernel.object(struct, at).pointer('next')) {
      if (count++ > most) throw new SondeError('a list of devices goes round in a circle');
      yield kernel.object(struct, at);
    }
  }
}

const operationsName = (kernel: Kernel, address: Address): string =>
  address === 0n ? '' : (kernel.symbols.nearest(address)?.symbol.name ?? address.toString(16));

/** Character devices (fs/char_dev.c: chrdevs). */
export function characterDevices(kernel: Kernel): DeviceRange[] {
  return [...chains(kernel, kernel.symbol('chrdevs'), 'char_device_struct')].map((range) => {
    const device = range.follow('cdev', 'cdev') ?? mappedDevice(kernel, range.number('major'), range.number('baseminor'));
    return {
      major: range.number('major'),
      name: range.string('name'),
      device: device?.address,
      operations: device ? operationsName(kernel, device.pointer('ops')) : '',
    };
  });
}

/** A cdev that was added for itself: in the map from device numbers to those who open them (drivers/base/map.c). */
function mappedDevice(kernel: Kernel, major: number, minor: number): KernelObject | undefined {
  const map = kernel.findSymbol('cdev_map');
  if (map === undefined) return undefined;
  const probes = kernel.object('kobj_map', kernel.word(map)).addressOf('probes');
  let count = 0;
  for (
    let at = kernel.word(probes + BigInt((major % buckets) * 8));
    at !== 0n && count++ < most;
    at = kernel.object('probe', at).pointer('next')
  ) {
    const probe = kernel.object('probe', at);
    // MKDEV: 20 bits of minor number.
    if (probe.number('dev') === major * 2 ** 20 + minor) return probe.follow('data', 'cdev');
  }
  return undefined;
}

/** Block devices (block/genhd.c: major_names), each with the disk of that number that was opened last. */
export function blockDevices(kernel: Kernel): DeviceRange[] {
  const disks = openedDisks(kernel);
  return [...chains(kernel, kernel.symbol('major_names'), 'blk_major_name')].map((range) => {
    const major = range.number('major');
    const disk = disks.find((candidate) => candidate.number('major') === major);
    return {
      major,
      name: range.string('name'),
      device: disk?.address,
      operations: disk ? operationsName(kernel, disk.pointer('fops')) : '',
    };
  });
}

/** Disks of the inodes that block devices have, the youngest first. */
function openedDisks(kernel: Kernel): KernelObject[] {
  const symbol = kernel.findSymbol('blockdev_superblock');
  if (symbol === undefined || !kernel.layouts.has('bdev_inode')) return [];
  const head = kernel.object('super_block', kernel.word(symbol)).addressOf('s_inodes');
  const toInode = BigInt(kernel.layouts.offset('bdev_inode', 'vfs_inode'));
  const disks: KernelObject[] = [];
  for (const inode of listEntries(kernel, head, 'inode', 'i_sb_list')) {
    const disk = kernel
      .object('bdev_inode', inode.address - toInode)
      .member('bdev', 'block_device')
      .follow('bd_disk', 'gendisk');
    if (disk) disks.push(disk);
  }
  return disks;
}

/** A disk and its requests that are under way. */
export interface Disk {
  readonly object: KernelObject;
  readonly major: number;
  readonly name: string;
  readonly queue: Address;
  readonly reads: number;
  readonly writes: number;
}

/** Whole disks of the class "block" (block/genhd.c: block_class). */
export function disks(kernel: Kernel): Disk[] {
  const found: Disk[] = [];
  const blocks = subsystem(kernel, 'class', 'block_class');
  if (!blocks) throw new SondeError('this kernel does not tell its block devices');
  for (const device of subsystemDevices(blocks, 'class')) {
    const disk = diskOf(kernel, device);
    if (!disk) continue;
    const [reads, writes] = kernel.layouts.has('gendisk', 'part0.__dev')
      ? [0, 0]
      : inFlight(kernel.object('block_device', disk.pointer('part0')));
    found.push({
      object: disk,
      major: disk.number('major'),
      name: disk.string('disk_name'),
      queue: disk.pointer('queue'),
      reads,
      writes,
    });
  }
  return found;
}

/** The disk that a device is the whole of. Until 5.10 a device was part of a struct hd_struct, the disk's own in the disk itself. */
function diskOf(kernel: Kernel, device: Address): KernelObject | undefined {
  if (kernel.layouts.has('gendisk', 'part0.__dev')) {
    const part = kernel.object('hd_struct', device - BigInt(kernel.layouts.offset('hd_struct', '__dev')));
    return part.number('partno') === 0
      ? kernel.object('gendisk', part.address - BigInt(kernel.layouts.offset('gendisk', 'part0')))
      : undefined;
  }
  const block = kernel.object('block_device', device - BigInt(kernel.layouts.offset('block_device', 'bd_device')));
  const disk = block.follow('bd_disk', 'gendisk');
  return disk?.pointer('part0') === block.address ? disk : undefined;
}

function inFlight(block: KernelObject): [number, number] {
  const { kernel } = block;
  const sums: [number, number] = [0, 0];
  if (!kernel.layouts.has('disk_stats', 'in_flight')) return sums;
  const stats = block.pointer('bd_stats');
  const cpus = kernel.int(kernel.symbol('nr_cpu_ids'));
  for (let cpu = 0; cpu < cpus; cpu++) {
    const area = BigInt.asUintN(64, stats + kernel.word(kernel.symbol('__per_cpu_offset') + BigInt(cpu * 8)));
    const at = kernel.object('disk_stats', area).addressOf('in_flight');
    for (const side of [0, 1] as const) sums[side] += Number(BigInt.asIntN(64, kernel.word(at + BigInt(side * 8))));
  }
  return sums;
}

/** A range of addresses that somebody has: `struct resource`. */
export interface Resource {
  readonly address: Address;
  readonly start: bigint;
  readonly end: bigint;
  readonly name: string;
}

/** A tree of resources, parents before children (kernel/resource.c). */
export function resources(kernel: Kernel, root: 'ioport_resource' | 'iomem_resource'): Resource[] {
  const found: Resource[] = [];
  const visit = (address: Address, depth: number): void => {
    for (let at = address; at !== 0n; at = kernel.object('resource', at).pointer('sibling')) {
      if (found.length > most || depth > 64) throw new SondeError('the tree of resources is damaged');
      const resource = kernel.object('resource', at);
      const name = resource.pointer('name');
      found.push({
        address: at,
        start: resource.pointer('start'),
        end: resource.pointer('end'),
        name: name === 0n ? '(none)' : kernel.string(name, 128),
      });
      visit(resource.pointer('child'), depth + 1);
      if (depth === 0) break;
    }
  };
  visit(kernel.symbol(root), 0);
  return found;
}

/** A PCI device: `struct pci_dev`. */
export interface PciDevice {
  readonly address: Address;
  readonly domain: number;
  readonly bus: number;
  readonly deviceAndFunction: number;
  readonly class: number;
  readonly vendor: number;
  readonly device: number;
  readonly type: string;
}

export interface PciBus {
  readonly address: Address;
  readonly name: string;
  readonly devices: readonly PciDevice[];
}

/** PCI_EXP_TYPE_* (include/uapi/linux/pci_regs.h) as crash calls them. */
const pciTypes: Readonly<Record<number, string>> = {
  0: 'ENDPOINT',
  1: 'LEG_END',
  4: 'ROOT_PORT',
  5: 'UPSTREAM',
  6: 'DOWNSTREAM',
  7: 'PCI_BRIDGE',
  8: 'PCIE_BRIDGE',
  9: 'RC_END',
  10: 'RC_EC',
};

export function pciBuses(kernel: Kernel): PciBus[] {
  const roots = kernel.findSymbol('pci_root_buses');
  if (roots === undefined) throw new SondeError('no PCI devices found on this system.');
  const buses: PciBus[] = [];
  for (const bus of listEntries(kernel, roots, 'pci_bus', 'node')) {
    const device = bus.follow('bridge', 'device');
    const name = device ? kernel.string(device.pointer('kobj.name'), 64).replace(/^pci/, '') : bus.string('name');
    buses.push({ address: bus.address, name, devices: pciDevices(kernel, bus, 0) });
  }
  return buses;
}

function pciDevices(kernel: Kernel, bus: KernelObject, depth: number): PciDevice[] {
  if (depth > 32) return [];
  const devices: PciDevice[] = [];
  for (const device of listEntries(kernel, bus.addressOf('devices'), 'pci_dev', 'bus_list')) {
    const [domain] = kernel.string(device.pointer('dev.kobj.name'), 64).split(':');
    devices.push({
      address: device.address,
      domain: Number.parseInt(domain, 16) || 0,
      bus: bus.number('number'),
      deviceAndFunction: device.number('devfn'),
      class: device.number('class') >>> 8,
      vendor: device.number('vendor'),
      device: device.number('device'),
      type: pciTypes[(device.number('pcie_flags_reg') >> 4) & 15] ?? 'UNKNOWN',
    });
    const below = device.follow('subordinate', 'pci_bus');
    if (below) devices.push(...pciDevices(kernel, below, depth + 1));
  }
  return devices;
}
