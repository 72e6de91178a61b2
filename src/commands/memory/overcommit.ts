import { SondeError } from '../../base/errors.ts';
import { parseStatus, procText } from '../../linux/procfs.ts';
import { overcommit, wouldSucceed } from '../../memory/overcommit.ts';
import type { Command, CommandContext } from '../command.ts';

export const overcommitCommand: Command = {
  name: 'mem overcommit',
  group: 'status',
  summary: 'Show what the kernel promises: the overcommit mode, its limit and what is committed.',
  help: `Usage: mem overcommit [--would SIZE]
With --would, whether a mapping of this size (40G, 512M, 100k, bytes) would succeed now, under each mode, and by which rule
(mm/util.c: __vm_enough_memory).`,
  completes: 'none',
  run: showOvercommit,
};

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
