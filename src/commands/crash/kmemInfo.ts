import { SondeError } from '../../base/errors.ts';
import { cpuCount } from '../../kernel/cpus.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import { bufferPages, eventCounts, hugePools, memoryNodes, type Statistic, statistics, type Zone } from '../../kernel/memoryNodes.ts';
import { swapAreas } from '../../kernel/swapAreas.ts';
import { type CrashContext, crashResult, UsageError } from './command.ts';
import { pointer } from './taskText.ts';

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** A row of `kmem -i`: pages, and of what they are a part. */
interface Row {
  readonly name: string;
  readonly pages: number;
  readonly of?: { readonly name: string; readonly pages: number };
}

/** `kmem -i`: the rows in groups with a blank line between them. */
export function memoryUse({ session: { kernel }, emit }: CrashContext): void {
  const node = counters(kernel, 'node_stat_item', 'NR_VM_NODE_STAT_ITEMS', 'vm_node_stat');
  const zone = counters(kernel, 'zone_stat_item', 'NR_VM_ZONE_STAT_ITEMS', 'vm_zone_stat');
  const total = Number(word(kernel, '_totalram_pages') ?? word(kernel, 'totalram_pages') ?? 0n);
  const free = zone.get('NR_FREE_PAGES') ?? 0;
  const buffers = bufferPages(kernel);
  const slab = (node.get('NR_SLAB_RECLAIMABLE_B') ?? 0) + (node.get('NR_SLAB_UNRECLAIMABLE_B') ?? 0);
  const cached = (node.get('NR_FILE_PAGES') ?? 0) - (node.get('NR_SWAPCACHE') ?? 0) - buffers;
  const huge = hugePools(kernel);
  const hugePages = sum(huge.map((pool) => pool.total * 2 ** pool.order));
  const swaps = swapAreas(kernel).filter((area) => area !== undefined);
  // As `pages` of a swap area, without its first page, which holds the header.
  const swapPages = Number(word(kernel, 'total_swap_pages') ?? BigInt(sum(swaps.map(({ pages }) => pages))));
  const swapUsed = sum(swaps.map(({ used }) => used));
  const limit = commitLimit(kernel, total - hugePages, swapPages);
  const ram = { name: 'TOTAL MEM', pages: total };
  const hugeTotal = { name: 'TOTAL HUGE', pages: hugePages };
  const swapTotal = { name: 'TOTAL SWAP', pages: swapPages };
  const groups: Row[][] = [
    [
      ram,
      { name: 'FREE', pages: free, of: ram },
      { name: 'USED', pages: total - free, of: ram },
      { name: 'BUFFERS', pages: buffers, of: ram },
      { name: 'CACHED', pages: cached, of: ram },
      { name: 'SLAB', pages: slab, of: ram },
    ],
    [hugeTotal, { name: 'HUGE FREE', pages: sum(huge.map((pool) => pool.free * 2 ** pool.order)), of: hugeTotal }],
    [swapTotal, { name: 'SWAP USED', pages: swapUsed, of: swapTotal }, { name: 'SWAP FREE', pages: swapPages - swapUsed, of: swapTotal }],
  ];
  if (limit !== undefined) {
    const committed = { name: 'COMMITTED', pages: committedPages(kernel), of: { name: 'TOTAL LIMIT', pages: limit } };
    groups.push([{ name: 'COMMIT LIMIT', pages: limit }, committed]);
  }
  emit(
    crashResult(
      'memory use',
      () => Object.fromEntries(groups.flat().map(({ name, pages }) => [name.toLowerCase().replaceAll(' ', '_'), pages])),
      () => `                 PAGES        TOTAL      PERCENTAGE\n${groups.map((rows) => rows.map(rowText).join('')).join('\n')}`,
    ),
  );
}

function rowText({ name, pages, of }: Row): string {
  const share = of ? `  ${String(of.pages > 0 ? Math.floor((pages * 100) / of.pages) : 0).padStart(3)}% of ${of.name}` : '         ----';
  return `${name.padStart(13)}  ${String(pages).padStart(7)}  ${sizeText(pages * 4096).padStart(11)}${share}\n`;
}

/** `469.7 MB`, `64 MB`, `44 KB`, `0`. */
function sizeText(bytes: number): string {
  if (bytes === 0) return '0';
  const [unit, size] = bytes >= 2 ** 30 ? ['GB', 2 ** 30] : bytes >= 2 ** 20 ? ['MB', 2 ** 20] : ['KB', 2 ** 10];
  return `${(bytes / Number(size)).toFixed(1).replace(/\.0$/, '')} ${unit}`;
}

/** vm_commit_limit (mm/util.c). Undefined where this kernel does not have the settings. */
function commitLimit(kernel: Kernel, ram: number, swap: number): number | undefined {
  const ratio = kernel.findSymbol('sysctl_overcommit_ratio');
  if (ratio === undefined) return undefined;
  const kilobytes = word(kernel, 'sysctl_overcommit_kbytes') ?? 0n;
  const allowed = kilobytes > 0n ? Number(kilobytes) / 4 : Math.floor((ram * kernel.int(ratio)) / 100);
  return allowed + swap;
}

/** As crash takes it: what CPUs have not added yet is left out. */
function committedPages(kernel: Kernel): number {
  const counter = kernel.findSymbol('vm_committed_as');
  return counter === undefined ? 0 : kernel.object('percpu_counter', counter).number('count');
}

function word(kernel: Kernel, symbol: string): bigint | undefined {
  const address = kernel.findSymbol(symbol);
  return address === undefined ? undefined : kernel.word(address);
}

function counters(kernel: Kernel, enumeration: string, end: string, symbol: string): Map<string, number> {
  return new Map(statistics(kernel, enumeration, end, kernel.symbol(symbol)).map(({ name, value }) => [name, Number(value)]));
}

/** `kmem -V`. */
export function statisticsOfAll({ session: { kernel }, emit }: CrashContext): void {
  const zone = statistics(kernel, 'zone_stat_item', 'NR_VM_ZONE_STAT_ITEMS', kernel.symbol('vm_zone_stat'));
  const node = statistics(kernel, 'node_stat_item', 'NR_VM_NODE_STAT_ITEMS', kernel.symbol('vm_node_stat'));
  const events = eventCounts(kernel, cpuCount(kernel));
  const width = widest([...zone, ...node]);
  emit(
    crashResult(
      'memory statistics',
      () => ({ zone: statisticsData(zone), node: statisticsData(node), events: statisticsData(events) }),
      () =>
        `  VM_ZONE_STAT:\n${statisticLines(zone, width)}\n  VM_NODE_STAT:\n${statisticLines(node, width)}\n  VM_EVENT_STATES:\n${statisticLines(events, widest(events))}\n`,
    ),
  );
}

const widest = (list: readonly Statistic[]): number => Math.max(...list.map(({ name }) => name.length));
const statisticLines = (list: readonly Statistic[], width: number): string =>
  list.map(({ name, value }) => `${name.padStart(width)}: ${value}\n`).join('');
const statisticsData = (list: readonly Statistic[]) => Object.fromEntries(list.map(({ name, value }) => [name, Number(value)]));

/** `kmem -z`. */
export function zoneStatistics({ session: { kernel }, emit }: CrashContext): void {
  const shown = memoryNodes(kernel).flatMap(({ id, zones }) => zones.map((zone) => ({ node: id, zone, counters: zoneCounters(zone) })));
  emit(
    crashResult(
      'zones',
      () =>
        shown.map(({ node, zone, counters: list }) => ({
          node,
          name: zone.name,
          address: `0x${pointer(zone.object.address)}`,
          spanned: zone.spanned,
          present: zone.present,
          watermarks: watermarks(zone),
          counters: statisticsData(list),
        })),
      () => shown.map(({ node, zone, counters: list }) => zoneText(node, zone, list)).join(''),
    ),
  );
}

function zoneText(node: number, zone: Zone, list: readonly Statistic[]): string {
  const head = `NODE: ${node}  ZONE: ${zone.index}  ADDR: ${pointer(zone.object.address)}  NAME: "${zone.name}"\n`;
  if (zone.spanned === 0) return `${head}  [unpopulated]\n\n`;
  const present = zone.present < zone.spanned ? `  PRESENT: ${zone.present}` : '';
  return `${head}  SIZE: ${zone.spanned}${present}  MIN/LOW/HIGH: ${watermarks(zone).join('/')}\n  VM_STAT:\n${statisticLines(list, widest(list))}\n\n`;
}

const zoneCounters = ({ object }: Zone): Statistic[] =>
  statistics(object.kernel, 'zone_stat_item', 'NR_VM_ZONE_STAT_ITEMS', object.addressOf('vm_stat'));

/** min, low, high; since 5.0 with a boost that comes and goes. */
function watermarks({ object }: Zone): number[] {
  const at = object.addressOf(object.has('_watermark') ? '_watermark' : 'watermark');
  return [0n, 8n, 16n].map((offset) => Number(object.kernel.word(at + offset)));
}

/** `kmem -h`. */
export function hugePagePools({ session: { kernel }, emit }: CrashContext): void {
  const pools = hugePools(kernel);
  const size = (order: number) => {
    const megabytes = (4096 * 2 ** order) / 2 ** 20;
    return megabytes >= 1024 ? `${megabytes / 1024}GB` : `${megabytes}MB`;
  };
  emit(
    crashResult(
      'huge pages',
      () => pools.map(({ address, ...pool }) => ({ ...pool, address: `0x${pointer(address)}` })),
      () =>
        `     HSTATE        SIZE    FREE   TOTAL  NAME\n${pools
          .map(
            ({ address, order, free, total, name }) =>
              `${pointer(address)}  ${size(order).padStart(5)}  ${String(free).padStart(6)}  ${String(total).padStart(6)}  ${name}\n`,
          )
          .join('')}`,
    ),
  );
}

/** `kmem -o`. */
export function perCpuOffsets({ session: { kernel }, emit }: CrashContext): void {
  const cpus = Array.from({ length: cpuCount(kernel) }, (_, cpu) => ({
    cpu,
    offset: kernel.word(kernel.symbol('__per_cpu_offset') + BigInt(cpu * 8)),
  }));
  emit(
    crashResult(
      'per-cpu offsets',
      () => cpus.map(({ cpu, offset }) => ({ cpu, offset: `0x${pointer(offset)}` })),
      () => `PER-CPU OFFSET VALUES:\n${cpus.map(({ cpu, offset }) => `  CPU ${cpu}: ${pointer(offset)}\n`).join('')}`,
    ),
  );
}

/** `kmem -g [flags]`. */
export function pageFlags([text]: readonly string[], { session: { kernel }, emit }: CrashContext): void {
  const wanted = text === undefined ? undefined : flagsWord(text);
  const list = flagTable(kernel).filter(({ bit }) => wanted === undefined || (wanted >> bit) & 1n);
  const indent = wanted === undefined ? '' : '  ';
  const lines = list.map(
    ({ name, bit }) => `${indent}${name.padEnd(flagWidth)} ${String(bit).padStart(2)}  ${(1n << bit).toString(16).padStart(7, '0')}\n`,
  );
  emit(
    crashResult(
      'page flags',
      () => list.map(({ name, bit }) => ({ name, bit: Number(bit) })),
      () => `${wanted === undefined ? '' : `FLAGS: ${wanted.toString(16)}\n`}${indent}PAGE-FLAG              BIT  VALUE\n${lines.join('')}`,
    ),
  );
}

const flagWidth = 23;

function flagsWord(text: string): bigint {
  if (!/^(0x)?[0-9a-f]{1,16}$/i.test(text)) throw new UsageError('');
  return BigInt(`0x${text.replace(/^0x/i, '')}`);
}

/** enum pageflags in the order of its declaration, second names too. */
function flagTable(kernel: Kernel): { name: string; bit: bigint }[] {
  const flags = kernel.types.enumeration('pageflags')?.enumerators;
  if (!flags) throw new SondeError('this kernel has no enum pageflags');
  return flags.filter(({ name }) => name !== '__NR_PAGEFLAGS').map(({ name, value }) => ({ name, bit: value }));
}
