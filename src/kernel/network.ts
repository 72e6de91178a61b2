import type { Address } from '../base/address.ts';
import { SondeError } from '../base/errors.ts';
import type { Kernel } from './kernel.ts';
import { listEntries } from './lists.ts';
import type { KernelObject } from './object.ts';
import type { OpenFile } from './openFiles.ts';

/** A network interface: `struct net_device`. */
export interface NetworkDevice {
  readonly address: Address;
  readonly name: string;
  readonly addresses: readonly string[];
}

const most = 1 << 16;

/** The interfaces of a network namespace, in the order in which they came. */
export function networkDevices(kernel: Kernel, namespace: Address): NetworkDevice[] {
  const head = kernel.object('net', namespace).addressOf('dev_base_head');
  return [...listEntries(kernel, head, 'net_device', 'dev_list')].map((device) => ({
    address: device.address,
    name: device.string('name'),
    addresses: [...ipv4Addresses(device), ...ipv6Addresses(device)],
  }));
}

function* ipv4Addresses(device: KernelObject): Iterable<string> {
  let count = 0;
  let entry = device.follow('ip_ptr', 'in_device')?.follow('ifa_list', 'in_ifaddr');
  for (; entry && count++ < most; entry = entry.follow('ifa_next', 'in_ifaddr')) yield ipv4Text(entry.number('ifa_address'));
}

function* ipv6Addresses(device: KernelObject): Iterable<string> {
  const inet6 = device.has('ip6_ptr') ? device.follow('ip6_ptr', 'inet6_dev') : undefined;
  if (!inet6) return;
  for (const entry of listEntries(device.kernel, inet6.addressOf('addr_list'), 'inet6_ifaddr', 'if_list'))
    yield ipv6Text(device.kernel.memory.read(entry.addressOf('addr'), 16));
}

/** Network byte order, as it lies in a little-endian word. */
export const ipv4Text = (word: number): string => [0, 8, 16, 24].map((shift) => (word >>> shift) & 0xff).join('.');

/** RFC 5952: the longest run of zeros as `::`. */
export function ipv6Text(bytes: Uint8Array): string {
  const groups = Array.from({ length: 8 }, (_, index) => (bytes[index * 2] << 8) | bytes[index * 2 + 1]);
  let best = { start: -1, length: 1 };
  for (let start = 0; start < 8; start++) {
    let length = 0;
    while (groups[start + length] === 0) length++;
    if (length > best.length) best = { start, length };
  }
  const text = (part: readonly number[]) => part.map((group) => group.toString(16)).join(':');
  return best.start < 0 ? text(groups) : `${text(groups.slice(0, best.start))}::${text(groups.slice(best.start + best.length))}`;
}

/** A socket that a task has open. */
export interface OpenSocket {
  readonly descriptor: number;
  readonly socket: Address;
  readonly sock: Address;
  readonly family: string;
  readonly type: string;
  /** `ADDRESS-PORT`; of internet sockets only. */
  readonly source: string;
  readonly destination: string;
}

/** AF_* (include/linux/socket.h) and SOCK_* (include/linux/net.h) as crash calls them. */
const families: Readonly<Record<number, string>> = {
  0: 'UNSPEC',
  1: 'UNIX',
  2: 'INET',
  3: 'AX25',
  4: 'IPX',
  5: 'APPLETALK',
  10: 'INET6',
  15: 'KEY',
  16: 'NETLINK',
  17: 'PACKET',
  29: 'CAN',
  31: 'BLUETOOTH',
  38: 'ALG',
  40: 'VSOCK',
  44: 'XDP',
};
const kinds: Readonly<Record<number, string>> = { 1: 'STREAM', 2: 'DGRAM', 3: 'RAW', 4: 'RDM', 5: 'SEQPACKET', 6: 'DCCP', 10: 'PACKET' };

/** The sockets among a task's files: each lies before its inode (struct socket_alloc). */
export function openSockets(kernel: Kernel, files: readonly OpenFile[]): OpenSocket[] {
  return files.filter(({ type }) => type === 'SOCK').map(({ descriptor, inode }) => describe(kernel, descriptor, inode));
}

function describe(kernel: Kernel, descriptor: number, inode: Address): OpenSocket {
  const allocation = inode - BigInt(kernel.layouts.offset('socket_alloc', 'vfs_inode'));
  const socket = kernel.object('socket', allocation + BigInt(kernel.layouts.offset('socket_alloc', 'socket')));
  const sock = socket.follow('sk', 'sock');
  const family = sock?.number('__sk_common.skc_family') ?? 0;
  const [source, destination] = sock ? endsOf(sock, family) : ['', ''];
  return {
    descriptor,
    socket: socket.address,
    sock: sock?.address ?? 0n,
    family: families[family] ?? String(family),
    type: kinds[socket.number('type')] ?? String(socket.number('type')),
    source,
    destination,
  };
}

/** Ports: ours in the processor's byte order, theirs in the network's (struct sock_common). */
function endsOf(sock: KernelObject, family: number): [string, string] {
  const ours = sock.number('__sk_common.skc_num');
  const theirs = sock.number('__sk_common.skc_dport');
  const remote = ((theirs & 0xff) << 8) | ((theirs >> 8) & 0xff);
  if (family === 2) {
    const [from, to] = ['skc_rcv_saddr', 'skc_daddr'].map((name) => ipv4Text(sock.number(`__sk_common.${name}`)));
    return [`${from}-${ours}`, `${to}-${remote}`];
  }
  if (family === 10 && sock.has('__sk_common.skc_v6_rcv_saddr')) {
    const [from, to] = ['skc_v6_rcv_saddr', 'skc_v6_daddr'].map((name) =>
      plainIpv6(sock.kernel.memory.read(sock.addressOf(`__sk_common.${name}`), 16)),
    );
    return [`${from}-${ours}`, `${to}-${remote}`];
  }
  return ['', ''];
}

/** As crash writes the ends of sockets: no run is left out. */
const plainIpv6 = (bytes: Uint8Array): string =>
  Array.from({ length: 8 }, (_, index) => ((bytes[index * 2] << 8) | bytes[index * 2 + 1]).toString(16)).join(':');

/** A neighbour that the kernel knows the hardware address of: `struct neighbour`. */
export interface Neighbour {
  readonly address: Address;
  readonly ip: string;
  readonly hardware: string;
  readonly device: string;
  readonly state: number;
}

/** The ARP table (net/core/neighbour.c: arp_tbl). */
export function neighbours(kernel: Kernel): Neighbour[] {
  const table = kernel.findSymbol('arp_tbl');
  if (table === undefined) throw new SondeError('this kernel has no arp_tbl');
  const hash = kernel.object('neigh_table', table).follow('nht', 'neigh_hash_table');
  if (!hash) return [];
  const isPlainChain = hash.has('hash_buckets') && kernel.layouts.has('neighbour', 'next');
  const buckets = isPlainChain ? hash.pointer('hash_buckets') : hash.pointer('hash_heads');
  const link = isPlainChain ? 0n : BigInt(kernel.layouts.offset('neighbour', 'hash'));
  const found: Neighbour[] = [];
  for (let bucket = 0; bucket < Math.min(2 ** hash.number('hash_shift'), most); bucket++) {
    for (let at = kernel.word(buckets + BigInt(bucket * 8)); at !== 0n && found.length < most; ) {
      const entry = kernel.object('neighbour', at - link);
      const length = Math.min(entry.follow('dev', 'net_device')?.number('addr_len') ?? 6, 32);
      found.push({
        address: entry.address,
        ip: ipv4Text(kernel.int(entry.addressOf('primary_key'))),
        hardware: [...kernel.memory.read(entry.addressOf('ha'), length)].map((byte) => byte.toString(16).padStart(2, '0')).join(':'),
        device: entry.follow('dev', 'net_device')?.string('name') ?? '',
        state: entry.number('nud_state'),
      });
      at = isPlainChain ? entry.pointer('next') : kernel.word(at);
    }
  }
  return found;
}
