import { SondeError } from '../../base/errors.ts';
import { ipv4Text, neighbours, networkDevices, type OpenSocket, openSockets } from '../../kernel/network.ts';
import { openFiles } from '../../kernel/openFiles.ts';
import type { Task } from '../../kernel/tasks.ts';
import { type CrashCommand, type CrashContext, crashResult, UsageError } from './command.ts';
import { type Parsed, parseOptions } from './options.ts';
import { evaluationFor } from './struct.ts';
import { structNamed, structText } from './structValue.ts';
import { taskNamed, tasksOrContext } from './taskSelection.ts';
import { pointer, taskData, taskHeader } from './taskText.ts';

export const net: CrashCommand = {
  name: 'net',
  summary: 'network command',
  synopsis: '[[-s | -S] [-xd] [-R ref] [pid | task]] [-a] [ -n [pid | task]] [-N addr]',
  help: `Network interfaces with their addresses.
  -n   those of a task's network namespace.      -a  the ARP table.
  -s   a task's open sockets, -S with the structures of each; -R only one: a descriptor or an address.
  -N   an address as the network has it, with dots.`,
  run(args, context) {
    const options = parseOptions(args, 'sSxdR:anN:');
    const { session } = context;
    const number = options.value('N');
    if (number !== undefined) return dotted(number, context);
    if (options.has('a')) return arp(context);
    if (options.has('s') || options.has('S')) return sockets(options, context);
    if (options.has('n')) return devices(options.rest.length > 0 ? taskNamed(session, options.rest[0]) : session.context, context);
    if (options.rest.length > 0 || options.has('R')) throw new UsageError('');
    devices(undefined, context);
  },
};

/** Of the first namespace, or of a task's. */
function devices(task: Task | undefined, { session: { kernel }, emit }: CrashContext): void {
  const proxy = task?.object.follow('nsproxy', 'nsproxy');
  const list = networkDevices(kernel, proxy ? proxy.pointer('net_ns') : kernel.symbol('init_net'));
  emit(
    crashResult(
      'network devices',
      () => list.map(({ address, ...device }) => ({ address: `0x${pointer(address)}`, ...device })),
      () =>
        `   NET_DEVICE     NAME       IP ADDRESS(ES)\n${list.map(({ address, name, addresses }) => `${pointer(address)}  ${name.padEnd(10)} ${addresses.join(', ')}\n`).join('')}`,
    ),
  );
}

function dotted(text: string, { emit }: CrashContext): void {
  if (!/^(0x)?[0-9a-f]{1,8}$/i.test(text)) throw new SondeError(`not a valid number: ${text}`);
  const shown = ipv4Text(Number.parseInt(text.replace(/^0x/i, ''), 16));
  emit({ kind: 'address', data: shown, text: () => `${shown}\n` });
}

/** NUD_* (include/net/neighbour.h). */
const states: readonly (readonly [number, string])[] = [
  [0x01, 'INCOMPLETE'],
  [0x02, 'REACHABLE'],
  [0x04, 'STALE'],
  [0x08, 'DELAY'],
  [0x10, 'PROBE'],
  [0x20, 'FAILED'],
  [0x40, 'NOARP'],
  [0x80, 'PERMANENT'],
];

function arp({ session: { kernel }, emit }: CrashContext): void {
  const list = neighbours(kernel).map((entry) => ({ ...entry, state: states.find(([bit]) => bit === entry.state)?.[1] ?? 'NONE' }));
  const lines = list.map(
    ({ address, ip, hardware, device, state }) =>
      `${pointer(address)}  ${ip.padEnd(17)} ETHER      ${hardware.padEnd(17)}  ${device.padEnd(6)}  ${state}\n`,
  );
  emit(
    crashResult(
      'neighbours',
      () => list.map(({ address, ...entry }) => ({ address: `0x${pointer(address)}`, ...entry })),
      () =>
        list.length === 0 ? '\n' : `NEIGHBOUR        IP ADDRESS        HW TYPE    HW ADDRESS         DEVICE  STATE\n${lines.join('')}\n`,
    ),
  );
}

function sockets(options: Parsed, context: CrashContext): void {
  const { session, emit } = context;
  const reference = options.value('R');
  tasksOrContext(session, options.rest).forEach((task, index) => {
    const all = openSockets(session.kernel, openFiles(task));
    const list = reference === undefined ? all : all.filter((socket) => refersTo(socket, reference));
    if (reference !== undefined && list.length === 0) return;
    const blank = index > 0 ? '\n' : '';
    emit(
      crashResult(
        'sockets',
        () => ({
          ...taskData(task),
          sockets: list.map(({ socket, sock, ...rest }) => ({ ...rest, socket: `0x${pointer(socket)}`, sock: `0x${pointer(sock)}` })),
        }),
        () =>
          blank +
          taskHeader(task) +
          (options.has('S') ? structures(list, options, context) : table(list)) +
          (reference === undefined ? '' : '\n'),
      ),
    );
  });
}

function refersTo({ descriptor, socket, sock }: OpenSocket, reference: string): boolean {
  const address = /^(0x)?[0-9a-f]{8,16}$/i.test(reference) ? BigInt(`0x${reference.replace(/^0x/i, '')}`) : undefined;
  return String(descriptor) === reference || address === socket || address === sock;
}

function table(list: readonly OpenSocket[]): string {
  if (list.length === 0) return 'No open sockets.\n';
  const rows = list.map(
    ({ descriptor, socket, sock, family, type, source, destination }) =>
      `${String(descriptor).padStart(2)} ${pointer(socket)} ${pointer(sock)} ${family}:${type} ${source === '' ? '' : `${source}  ${destination}  `}\n`,
  );
  return `FD      SOCKET            SOCK       FAMILY:TYPE SOURCE-PORT DESTINATION-PORT\n${rows.join('')}`;
}

function structures(list: readonly OpenSocket[], options: Parsed, { session }: CrashContext): string {
  if (list.length === 0) return 'No open sockets.\n';
  const { kernel } = session;
  const evaluation = evaluationFor(session, options);
  const whole = (name: string, address: bigint) => {
    const type = structNamed(kernel, name);
    return type ? structText(type, name, address, evaluation) : '';
  };
  return list
    .map(({ descriptor, socket, sock, family }, index) => {
      const kind = family === 'INET' || family === 'INET6' ? 'inet_sock' : 'sock';
      const head = `${index > 0 ? '\n' : ''}FD       SOCKET             SOCK      \n${String(descriptor).padStart(2)}  ${pointer(socket)}  ${pointer(sock)}\n`;
      return `${head}\n${whole('socket', socket)}\n${whole(kind, sock)}`;
    })
    .join('');
}
