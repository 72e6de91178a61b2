import { SondeError } from '../../base/errors.ts';
import { parseStatus, procText } from '../../linux/procfs.ts';
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
import { overcommit, wouldSucceed } from '../../memory/overcommit.ts';
import type { Command, CommandContext, Result } from '../command.ts';

/** The machine's memory: what is promised, and how broken up the free part of it is. */
export const memCommands: readonly Command[] = [
  {
    name: 'mem overcommit',
    group: 'status',
    summary: 'Show what the kernel promises: the overcommit mode, its limit and what is committed.',
    help: `Usage: mem overcommit [--would SIZE]
With --would, whether a mapping of this size (40G, 512M, 100k, bytes) would succeed now, under each mode, and by which rule
(mm/util.c: __vm_enough_memory).`,
    completes: 'none',
    run: showOvercommit,
  },
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
];

const modeTexts = [
  'heuristic: what could never be had is refused',
  'always: everything is promised',
  'strict: no more than the limit is promised',
] as const;

function showOvercommit(args: string, { emit }: CommandContext): void {
  const words = args.split(/\s+/).filter((word) => word !== '');
  if (words.length > 0 && (words[0] !== '--would' || words.length !== 2)) throw new SondeError('Usage: mem overcommit [--would SIZE]');
  const facts = overcommit();
  const base = facts.kilobytes > 0 ? `overcommit_kbytes ${facts.kilobytes} kB` : `${facts.ratio}% of RAM`;
  const rows: (readonly [string, string])[] = [
    ['overcommit_memory', `${facts.mode}  (${modeTexts[facts.mode]})`],
    ['RAM', `${facts.ram} kB`],
    ['swap', `${facts.swap} kB`],
    [
      'CommitLimit',
      `${facts.limit} kB  (${base}${facts.hugePages > 0 ? ', huge pages left out,' : ''} + swap${facts.mode === 2 ? '' : '; counts in mode 2 only'})`,
    ],
    ['Committed_AS', `${facts.committed} kB  (${facts.limit > 0 ? Math.round((facts.committed * 100) / facts.limit) : 0}% of the limit)`],
    ['headroom', `${facts.limit - facts.committed} kB`],
    ['reserved for root', `${facts.adminReserve} kB`],
    ['reserved for users', `${facts.userReserve} kB, or 1/32 of a process if that is less`],
  ];
  emit({ kind: 'overcommit', data: facts, text: () => rows.map(([name, value]) => `${name.padStart(18)}: ${value}\n`).join('') });
  if (words.length === 0) return;
  const wanted = kilobytesOf(words[1]);
  const status = parseStatus(procText(process.pid, 'status') ?? '');
  const verdicts = wouldSucceed(facts, wanted, {
    isRoot: process.geteuid?.() === 0,
    totalVm: Number.parseInt(status.get('VmSize') ?? '0', 10),
  });
  const line = ({ mode, allowed, rule }: (typeof verdicts)[number]) =>
    `${mode === facts.mode ? '*' : ' '} mode ${mode}: ${allowed ? 'yes' : 'no '}  ${rule}\n`;
  emit({
    kind: 'verdicts',
    data: verdicts,
    text: () => `\nWould a private mapping of ${wanted} kB succeed?\n${verdicts.map(line).join('')}`,
  });
}

function kilobytesOf(text: string): number {
  const [, digits, unit] = /^(\d+)([kmgt]?)b?$/i.exec(text) ?? [];
  if (digits === undefined) throw new SondeError(`Invalid size: ${text}`);
  return Math.ceil((Number(digits) * 1024 ** ' kmgt'.indexOf(unit === '' ? ' ' : unit.toLowerCase())) / 1024);
}

function showFragmentation({ emit }: CommandContext): void {
  const zones = fragmentation();
  if (zones.length === 0) throw new SondeError('/proc/buddyinfo can not be read');
  for (const each of zones) emit(zoneResult(each));
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
