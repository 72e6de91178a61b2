import { type Frames, parseZones, readText, type ZoneInfo } from './frames.ts';
import { frameFlag } from './pageState.ts';

/** A zone and its free blocks by order. */
export interface ZoneFragmentation {
  readonly zone: ZoneInfo;
  readonly freeBlocks: readonly number[];
  /** Free blocks by migrate type and order, where /proc/pagetypeinfo tells (root). */
  readonly byType: ReadonlyMap<string, readonly number[]>;
}

/** Every populated zone, by /proc/zoneinfo, buddyinfo and pagetypeinfo. */
export function fragmentation(): ZoneFragmentation[] {
  const types = migrateTypes(readText('/proc/pagetypeinfo'));
  const blocks = new Map<string, number[]>();
  for (const [, node, name, counts] of readText('/proc/buddyinfo').matchAll(/^Node (\d+), zone +(\S+) +([\d ]+)$/gm))
    blocks.set(`${node} ${name}`, counts.trim().split(/ +/).map(Number));
  return parseZones(readText('/proc/zoneinfo'))
    .filter(({ node, name }) => blocks.has(`${node} ${name}`))
    .map((zone) => ({
      zone,
      freeBlocks: blocks.get(`${zone.node} ${zone.name}`) ?? [],
      byType: types.get(`${zone.node} ${zone.name}`) ?? new Map(),
    }));
}

function migrateTypes(text: string): Map<string, Map<string, number[]>> {
  const zones = new Map<string, Map<string, number[]>>();
  for (const [, node, name, type, counts] of text.matchAll(/^Node +(\d+), zone +(\S+), type +(\S+) +([\d> ]+)$/gm)) {
    const key = `${node} ${name}`;
    const types = zones.get(key) ?? new Map<string, number[]>();
    // `>100000`: the kernel stops counting there.
    types.set(
      type,
      counts
        .trim()
        .split(/ +/)
        .map((count) => Number(count.replace('>', ''))),
    );
    zones.set(key, types);
  }
  return zones;
}

const freePages = (blocks: readonly number[]): number => blocks.reduce((sum, count, order) => sum + count * 2 ** order, 0);

/** How much of the free memory is of no use for a block of this order, in thousandths (mm/vmstat.c: unusable_free_index). */
export function unusableIndex(blocks: readonly number[], order: number): number {
  const free = freePages(blocks);
  if (free === 0) return 1000;
  const suitable = blocks.slice(order).reduce((sum, count, index) => sum + count * 2 ** index, 0);
  return Math.floor(((free - suitable * 2 ** order) * 1000) / free);
}

/**
 * Why an allocation of this order would fail, in thousandths: towards 0 for lack of memory, towards 1000 for fragmentation; −1000: it would not fail
 * (mm/vmstat.c: __fragmentation_index).
 */
export function fragmentationIndex(blocks: readonly number[], order: number): number {
  const total = blocks.reduce((sum, count) => sum + count, 0);
  if (total === 0) return 0;
  if (blocks.slice(order).some((count) => count > 0)) return -1000;
  return 1000 - Math.floor((1000 + Math.floor((freePages(blocks) * 1000) / 2 ** order)) / total);
}

/** The largest order of which there is a free block; −1 for none. */
export const largestOrder = (blocks: readonly number[]): number => blocks.findLastIndex((count) => count > 0);

/** What a page block (2 MiB) is used for; one letter each. */
export const blockKinds = {
  free: '.',
  anonymous: 'a',
  file: 'f',
  slab: 's',
  'page table': 'p',
  huge: 'H',
  kernel: 'k',
  reserved: 'r',
  mixed: 'm',
  'no memory': ' ',
} as const;
export type BlockKind = keyof typeof blockKinds;

const pagesPerBlock = 512;
const blocksAtOnce = 128;
/** A block of which so much is used in one way is shown as that. */
const mostly = 0.75;

/** The use of every page block of a range of frames. */
export function* blocksIn(frames: Frames, start: number, end: number): Iterable<BlockKind> {
  const buffer = new Uint32Array(blocksAtOnce * pagesPerBlock * 2);
  const first = start - (start % pagesPerBlock);
  for (let at = first; at < end; at += blocksAtOnce * pagesPerBlock) {
    const count = Math.min(blocksAtOnce * pagesPerBlock, Math.ceil((end - at) / pagesPerBlock) * pagesPerBlock);
    const words = frames.flags(at, count, buffer);
    for (let block = 0; block * pagesPerBlock < count; block++) yield kindOf(words, block * pagesPerBlock * 2);
  }
}

const bits = {
  none: frameFlag('NOPAGE'),
  buddy: frameFlag('BUDDY'),
  slab: frameFlag('SLAB'),
  table: frameFlag('PGTABLE'),
  huge: frameFlag('HUGE') | frameFlag('THP'),
  anonymous: frameFlag('ANON'),
  lru: frameFlag('LRU') | frameFlag('MMAP'),
  tail: frameFlag('COMPOUND_TAIL'),
};

const kinds = ['free', 'anonymous', 'file', 'slab', 'page table', 'huge', 'kernel', 'reserved'] as const;
const tally = new Uint32Array(kinds.length + 1);
const nowhere = kinds.length;
const kernelKind = kinds.indexOf('kernel');
const reservedKind = kinds.indexOf('reserved');
/** KPF_RESERVED, bit 32: in the upper half of a word. */
const reservedBit = 1;

/**
 * Only the first page of a free block is marked as free, the rest of it has no flags at all: they count as free for as many pages as follow it without any.
 */
function kindOf(words: Uint32Array, from: number): BlockKind {
  tally.fill(0);
  let isFreeRun = false;
  let last = kernelKind;
  for (let page = 0; page < pagesPerBlock; page++) {
    const flags = words[from + page * 2];
    if (flags === undefined || flags & bits.none) {
      tally[nowhere]++;
      isFreeRun = false;
      continue;
    }
    if (words[from + page * 2 + 1] & reservedBit) {
      tally[reservedKind]++;
      isFreeRun = false;
      continue;
    }
    if (flags & bits.buddy) isFreeRun = true;
    else if (flags !== 0) isFreeRun = false;
    if (isFreeRun) tally[0]++;
    else if (flags & bits.tail) tally[last]++;
    else {
      last = headKind(flags);
      tally[last]++;
    }
  }
  if (tally[nowhere] === pagesPerBlock) return 'no memory';
  const there = pagesPerBlock - tally[nowhere];
  const best = kinds.findIndex((_, kind) => tally[kind] >= there * mostly);
  return best < 0 ? 'mixed' : kinds[best];
}

function headKind(flags: number): number {
  if (flags & bits.huge) return 5;
  if (flags & bits.slab) return 3;
  if (flags & bits.table) return 4;
  if (flags & bits.anonymous) return 1;
  return flags & bits.lru ? 2 : kernelKind;
}
