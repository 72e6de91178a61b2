import { SondeError } from '../../base/errors.ts';
import { compact, compactionCounters } from '../../memory/compaction.ts';
import {
  type BlockKind,
  blockKinds,
  blocksIn,
  fragmentation,
  fragmentationIndex,
  largestOrder,
  unusableIndex,
  type ZoneFragmentation,
} from '../../memory/fragmentation.ts';
import { Frames, framesNeedRoot } from '../../memory/frames.ts';
import type { Command, CommandContext, Result } from '../command.ts';

/** How broken up free memory is, and putting it together. */
export const fragmentationCommands: readonly Command[] = [
  {
    name: 'mem frag',
    group: 'status',
    summary: 'Show how fragmented free memory is: blocks by order, indices, and a picture of all page blocks.',
    help: `Usage: mem frag
By zone: free blocks of each order and migrate type; how much of the free memory is of no use for each order; why an allocation would fail, by the
kernel's own indices (-1: it would not); and a letter for every 2 MiB.`,
    completes: 'none',
    run: (_, context) => showFragmentation(context),
  },
  {
    name: 'mem compact',
    group: 'status',
    summary: 'Make the kernel move pages together, and show what that did.',
    help: `Usage: mem compact [--node N] [--dry-run]
Free blocks, indices and the picture before and after, and the counters that moved. Only root may; --dry-run shows only the state before.`,
    completes: 'none',
    run: compactMemory,
  },
];

function showFragmentation(context: CommandContext): void {
  const zones = fragmentation();
  if (zones.length === 0) throw new SondeError('/proc/buddyinfo can not be read');
  for (const each of zones) context.emit(zoneResult(each));
  showPictures(zones, context);
}

function showPictures(zones: readonly ZoneFragmentation[], { emit }: CommandContext): void {
  const frames = Frames.open();
  if (!frames) {
    emit({ kind: 'warning', data: framesNeedRoot, text: () => `warning: no picture: ${framesNeedRoot}\n`, stream: 'stderr' });
    return;
  }
  for (const each of zones) emit(pictureResult(each, [...blocksIn(frames, each.zone.start, each.zone.start + each.zone.spanned)]));
  const legend = Object.entries(blockKinds).filter(([kind]) => kind !== 'no memory');
  emit({
    kind: 'legend',
    data: blockKinds,
    text: () =>
      `One letter for 2 MiB: ${legend.map(([kind, letter]) => `${letter} ${kind === 'kernel' ? 'kernel, or kept from the system' : kind}`).join(', ')}\n`,
  });
}

const cell = (value: string | number): string => String(value).padStart(7);
const share = (thousandths: number): string => (thousandths === -1000 ? '-1' : (thousandths / 1000).toFixed(3));

function zoneResult({ zone, freeBlocks, byType }: ZoneFragmentation): Result {
  const orders = freeBlocks.map((_, order) => order);
  const largest = largestOrder(freeBlocks);
  const rows: (readonly [string, readonly (string | number)[]])[] = [
    ['order', orders],
    ['free blocks', freeBlocks],
    ...[...byType].filter(([, counts]) => counts.some((count) => count > 0)).map(([type, counts]) => [`  ${type}`, counts] as const),
    ['unusable', orders.map((order) => share(unusableIndex(freeBlocks, order)))],
    ['fragmentation', orders.map((order) => share(fragmentationIndex(freeBlocks, order)))],
  ];
  const text = rows.map(([name, cells]) => `${name.padEnd(14)}${cells.map(cell).join('')}\n`).join('');
  return {
    kind: 'zone',
    data: {
      node: zone.node,
      zone: zone.name,
      managed: zone.managed,
      freeBlocks,
      byType: Object.fromEntries(byType),
      unusable: orders.map((order) => unusableIndex(freeBlocks, order) / 1000),
      fragmentation: orders.map((order) => fragmentationIndex(freeBlocks, order) / 1000),
      largestOrder: largest,
    },
    text: () =>
      `Node ${zone.node}, zone ${zone.name}: ${zone.managed * 4} kB, largest free block ${largest < 0 ? 'none' : `${4 * 2 ** largest} kB (order ${largest})`}\n${text}\n`,
  };
}

const blocksPerLine = 128;

function pictureResult({ zone }: ZoneFragmentation, blocks: readonly BlockKind[]): Result {
  const letters = blocks.map((kind) => blockKinds[kind]).join('');
  const lines: string[] = [];
  for (let at = 0; at < letters.length; at += blocksPerLine) lines.push(letters.slice(at, at + blocksPerLine));
  const counts: Record<string, number> = {};
  for (const kind of blocks) counts[kind] = (counts[kind] ?? 0) + 1;
  return {
    kind: 'page blocks',
    data: { node: zone.node, zone: zone.name, counts, picture: lines },
    text: () =>
      `Node ${zone.node}, zone ${zone.name}\n${lines.map((line) => `|${line.padEnd(Math.min(blocksPerLine, letters.length))}|\n`).join('')}\n`,
  };
}

function compactMemory(args: string, context: CommandContext): void {
  const [, node, dry] = /^\s*(?:--node\s+(\d+))?\s*(--dry-run)?\s*$/.exec(args) ?? [undefined, undefined, undefined];
  if (!/^\s*(?:--node\s+\d+)?\s*(?:--dry-run)?\s*$/.test(args)) throw new SondeError('Usage: mem compact [--node N] [--dry-run]');
  const number = node === undefined ? undefined : Number(node);
  const wanted = ({ zone }: ZoneFragmentation) => number === undefined || zone.node === number;
  const before = fragmentation().filter(wanted);
  if (before.length === 0) throw new SondeError(`there is no memory node ${node}`);
  const counted = compactionCounters();
  const heading = (text: string): void => context.emit({ kind: 'heading', data: text, text: () => `${text}\n\n` });
  // Nothing is shown, and nothing done, where it is not allowed.
  if (dry === undefined && process.geteuid?.() !== 0) throw new SondeError('mem compact: Operation not permitted: only root may');
  heading('Before:');
  for (const each of before) context.emit(zoneResult(each));
  showPictures(before, context);
  if (dry !== undefined) return;
  compact(number);
  const after = fragmentation().filter(wanted);
  heading('\nAfter:');
  for (const each of after) context.emit(zoneResult(each));
  showPictures(after, context);
  const changes = [...compactionCounters()]
    .map(([name, value]) => ({ name, change: value - (counted.get(name) ?? 0) }))
    .filter(({ change }) => change !== 0);
  context.emit({
    kind: 'counters',
    data: changes,
    text: () =>
      `\n${changes.map(({ name, change }) => `${name.padStart(28)}: +${change}\n`).join('') || 'no counter of compaction moved\n'}`,
  });
}
