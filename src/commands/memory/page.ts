import { hex } from '../../base/address.ts';
import { SondeError } from '../../base/errors.ts';
import { type Frame, Frames, framesNeedRoot } from '../../memory/frames.ts';
import { pageState } from '../../memory/pageState.ts';
import { keepsSoftDirty, ProcessPages, swapFiles } from '../../memory/processPages.ts';
import type { Command, CommandContext, Result } from '../command.ts';
import { areaData, areaLine } from './vm.ts';

const pageSize = 4096;

/** From an address, which in a session is an expression, to the page frame behind it. */
export const pageCommands: readonly Command[] = [
  {
    name: 'vtop',
    group: 'data',
    summary: 'Translate a virtual address of a process to a physical one, and tell of its page.',
    help: `Usage: vtop EXPRESSION, or vtop PID ADDRESS for a process that is not being debugged.
The area it lies in, the page frame with its flags and how many map it, the larger page it is a part of and where in it.`,
    completes: 'expression',
    run: report,
  },
  {
    name: 'info page',
    group: 'status',
    summary: 'Tell of the page that an expression lies in: the same as vtop.',
    completes: 'expression',
    run: report,
  },
];

async function report(args: string, context: CommandContext): Promise<void> {
  const [, pidText, rest] = /^\s*(\d+)\s+(\S.*)$/.exec(args) ?? [];
  const isForeign = pidText !== undefined && !context.session.live;
  const pid = isForeign ? Number(pidText) : context.session.live?.pid;
  if (pid === undefined) throw new SondeError('No current process: you must name one.');
  const text = isForeign ? rest : args;
  if (text.trim() === '') throw new SondeError('Argument required (an address or an expression).');
  const address = isForeign ? numberOf(text) : await context.session.evaluateAddress(text);
  const process = new ProcessPages(pid);
  try {
    context.emit(describe(process, address));
  } finally {
    process.close();
  }
}

function numberOf(text: string): bigint {
  const digits = text.trim().replace(/^0x/i, '');
  if (!/^[0-9a-f]{1,16}$/i.test(digits)) throw new SondeError(`invalid address: ${text}`);
  return BigInt(`0x${digits}`);
}

function describe(process: ProcessPages, address: bigint): Result {
  const area = process.areaAt(address);
  const [low, high] = process.wordAt(address);
  const state = pageState(low, high);
  const physical = state.kind === 'present' && state.frame > 0 ? state.frame * pageSize + Number(address & 0xfffn) : undefined;
  const frame = physical === undefined ? undefined : Frames.open()?.describe(state.frame);
  const swap = state.swap && swapFiles()[state.swap.type];
  const where =
    physical !== undefined
      ? physical.toString(16)
      : state.kind === 'present'
        ? '(in memory)'
        : !area
          ? '(not accessible)'
          : state.swap && swap
            ? `SWAP: ${swap}  OFFSET: ${state.swap.offset}`
            : area.inode !== 0
              ? `FILE: ${area.path}  OFFSET: ${(BigInt(area.offset) + (address & ~0xfffn) - area.start).toString(16)}`
              : '(not mapped)';
  const lines = [`VIRTUAL     PHYSICAL\n${address.toString(16).padEnd(10)}  ${where}\n`];
  if (area) lines.push(`\n       START             END        FLAGS FILE\n${areaLine(area)}`);
  if (state.kind === 'present' && state.frame === 0) lines.push(`\n(${framesNeedRoot})\n`);
  if (frame) lines.push(`\n${frameText(frame, address, state.softDirty, state.exclusive)}`);
  return {
    kind: 'page',
    data: {
      virtual: hex(address),
      physical: physical === undefined ? undefined : `0x${physical.toString(16)}`,
      state: state.kind,
      place: physical === undefined ? where : undefined,
      area: area && areaData(area),
      softDirty: state.softDirty,
      exclusive: state.exclusive,
      frame,
    },
    text: () => lines.join(''),
  };
}

function frameText(frame: Frame, address: bigint, softDirty: boolean, exclusive: boolean): string {
  const { number, flags, mapCount, cgroup, compound, node } = frame;
  const facts: (readonly [string, string | undefined])[] = [
    ['FRAME', `0x${number.toString(16)}${node === undefined ? '' : `  node ${node}`}`],
    ['KIND', kindText(frame)],
    ['FLAGS', flags.join(',') || '(none)'],
    [
      'MAPPED',
      mapCount === undefined ? undefined : `${mapCount} ${mapCount === 1 ? 'time' : 'times'}${exclusive ? ', by nobody else' : ''}`,
    ],
    ['SOFT-DIRTY', keepsSoftDirty() ? (softDirty ? 'yes' : 'no') : undefined],
    ['CGROUP', cgroup],
  ];
  if (compound) {
    const size = compound.pages * 4;
    const kilobytes = size >= 1024 ? `${size / 1024} MiB` : `${size} KiB`;
    facts.push([
      'LARGE PAGE',
      `${kilobytes} from frame 0x${compound.head.toString(16)}; this is page ${number - compound.head} of ${compound.pages}`,
    ]);
    // Of a page of 2^n bytes the last n bits of the virtual and the physical address are the same.
    const bytes = BigInt(compound.pages * pageSize);
    const physical = BigInt(number) * BigInt(pageSize) + (address & 0xfffn);
    if ((address & (bytes - 1n)) === (physical & (bytes - 1n)))
      facts.push([
        '',
        `virtual and physical address agree in their last ${Math.log2(Number(bytes))} bits: …${(address & (bytes - 1n)).toString(16).padStart(Math.ceil(Math.log2(Number(bytes)) / 4), '0')}`,
      ]);
  }
  return facts
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name === '' ? '            ' : `${name.padStart(10)}: `}${value}\n`)
    .join('');
}

/** What sort of page it is, by its flags. */
function kindText({ flags, compound }: Frame): string {
  const has = (name: (typeof flags)[number]) => flags.includes(name);
  if (has('ZERO_PAGE')) return has('THP') || compound ? 'the huge zero page' : 'the zero page: read, but never written';
  if (has('HUGE')) return 'hugetlb';
  const shared = has('KSM')
    ? 'KSM: merged with equal pages'
    : has('ANON')
      ? 'anonymous'
      : has('SWAPBACKED')
        ? 'shared memory'
        : 'page of a file';
  return has('THP') && compound ? `${shared}, transparent huge page` : shared;
}
