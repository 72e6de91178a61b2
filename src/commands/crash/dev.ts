import {
  blockDevices,
  characterDevices,
  type DeviceRange,
  disks,
  type PciDevice,
  pciBuses,
  type Resource,
  resources,
} from '../../kernel/devices.ts';
import { type CrashCommand, type CrashContext, crashResult, UsageError } from './command.ts';
import { parseOptions } from './options.ts';
import { pointer } from './taskText.ts';

export const dev: CrashCommand = {
  name: 'dev',
  summary: 'device data',
  synopsis: '[-i | -p | -d | -D ] [-V | -v index [file]]',
  help: `Character and block devices with their operations.
  -i  ports and memory that devices have.   -p  PCI devices.
  -d  disks (but for loop and ram ones) and how many requests are under way; -D only those that have some.`,
  run(args, context) {
    const options = parseOptions(args, 'ipdDVv:');
    if (options.rest.length > 0 || options.has('V') || options.has('v')) throw new UsageError('');
    if (options.has('i')) return ranges(context);
    if (options.has('p')) return pci(context);
    if (options.has('d') || options.has('D')) return requests(options.has('D'), context);
    numbers(context);
  },
};

const none = '     (none)     ';

function numbers({ session: { kernel }, emit }: CrashContext): void {
  const character = characterDevices(kernel);
  const block = blockDevices(kernel);
  const table = (title: string, list: readonly DeviceRange[]) =>
    `${title}${list
      .map(
        ({ major, name, device, operations }) =>
          `${String(major).padStart(4)}      ${name.padEnd(15)}${device === undefined ? none : `${pointer(device)}  ${operations}`}\n`,
      )
      .join('')}`;
  const data = (list: readonly DeviceRange[]) =>
    list.map(({ device, ...rest }) => ({ ...rest, device: device === undefined ? undefined : `0x${pointer(device)}` }));
  emit(
    crashResult(
      'devices',
      () => ({ character: data(character), block: data(block) }),
      () =>
        `${table('CHRDEV    NAME                 CDEV        OPERATIONS      \n', character)}\n${table('BLKDEV    NAME                GENDISK      OPERATIONS      \n', block)}`,
    ),
  );
}

function ranges({ session: { kernel }, emit }: CrashContext): void {
  const [ports, memory] = (['ioport_resource', 'iomem_resource'] as const).map((root) => resources(kernel, root));
  const table = (list: readonly Resource[], digits: number) =>
    list
      .map(({ address, start, end, name }) => {
        const range = [start, end].map((value) => value.toString(16).padStart(digits, '0')).join('-');
        return `${pointer(address)}  ${range}  ${name}\n`;
      })
      .join('');
  const data = (list: readonly Resource[]) =>
    list.map(({ start, end, name }) => ({ name, start: `0x${start.toString(16)}`, end: `0x${end.toString(16)}` }));
  emit(
    crashResult(
      'resources',
      () => ({ ports: data(ports), memory: data(memory) }),
      () => `    RESOURCE        RANGE    NAME\n${table(ports, 4)}\n    RESOURCE            RANGE        NAME\n${table(memory, 8)}`,
    ),
  );
}

const hexOf = (value: number, digits: number): string => value.toString(16).padStart(digits, '0');
const placeOf = ({ domain, bus, deviceAndFunction }: PciDevice): string =>
  `${hexOf(domain, 4)}:${hexOf(bus, 2)}:${hexOf(deviceAndFunction >> 3, 2)}.${deviceAndFunction & 7}`;

function pci({ session: { kernel }, emit }: CrashContext): void {
  for (const { address, name, devices } of pciBuses(kernel)) {
    const lines = devices.map(
      (device) =>
        `  ${pointer(device.address)} ${placeOf(device)}  ${hexOf(device.class, 4)}  ${hexOf(device.vendor, 4)}:${hexOf(device.device, 4)}  ${device.type} \n`,
    );
    emit(
      crashResult(
        'pci bus',
        () => ({
          bus: name,
          devices: devices.map((device) => ({
            address: `0x${pointer(device.address)}`,
            place: placeOf(device),
            class: hexOf(device.class, 4),
            id: `${hexOf(device.vendor, 4)}:${hexOf(device.device, 4)}`,
            type: device.type,
          })),
        }),
        () =>
          `    ROOT BUS     BUSNAME\n${pointer(address)} ${name}\n      PCI DEV      DO:BU:SL.FN  CLASS   PCI_ID      TYPE   \n${lines.join('')}\n`,
      ),
    );
  }
}

function requests(onlyBusy: boolean, { session: { kernel }, emit }: CrashContext): void {
  const list = disks(kernel).filter(({ name, reads, writes }) => !/^(loop|ram)\d/.test(name) && (!onlyBusy || reads + writes > 0));
  const cell = (value: number) => String(value).padStart(6);
  const lines = list.map(
    ({ major, object, name, queue, reads, writes }) =>
      `${String(major).padStart(5)} ${pointer(object.address)}   ${name.padEnd(10)} ${pointer(queue)} ${cell(reads + writes)}${cell(reads)}${cell(writes)} \n`,
  );
  emit(
    crashResult(
      'disks',
      () => list.map(({ object, queue, ...disk }) => ({ ...disk, gendisk: `0x${pointer(object.address)}`, queue: `0x${pointer(queue)}` })),
      () => `MAJOR GENDISK            NAME       REQUEST_QUEUE      TOTAL  READ WRITE \n${lines.join('')}`,
    ),
  );
}
