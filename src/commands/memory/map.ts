import { type AddressSpaceMap, type AreaMap, type AreaUse, addressSpaceMap } from '../../memory/addressSpaceMap.ts';
import { framesNeedRoot } from '../../memory/frames.ts';
import { ProcessPages } from '../../memory/processPages.ts';
import type { Command, CommandContext, Result } from '../command.ts';
import { wantedProcess } from './target.ts';

export const mapCommand: Command = {
  name: 'mem map',
  group: 'status',
  summary: "Show a process's areas with what of each is in memory, and how contiguous that is.",
  help: `Usage: mem map [PID]
Sizes in kilobytes: of each area what is resident, in huge pages, swapped, mapped by others too, merged by KSM, only the zero page, and written since
soft-dirty bits were last cleared; then how many runs of neighbouring frames there are.`,
  completes: 'none',
  run: mapProcess,
};

const kilobytes = (pages: number): string => String(pages * 4);
const mapColumns = ['pages', 'resident', 'huge', 'swapped', 'shared', 'ksm', 'zero', 'softDirty'] as const;
const mapHeading = ['SIZE', 'RESIDENT', 'HUGE', 'SWAPPED', 'SHARED', 'KSM', 'ZERO', 'DIRTY'];

function mapProcess(args: string, context: CommandContext): void {
  const pages = new ProcessPages(
    wantedProcess(
      args.split(/\s+/).filter((word) => word !== ''),
      context,
    ),
  );
  try {
    context.emit(mapResult(pages, addressSpaceMap(pages)));
  } finally {
    pages.close();
  }
}

function mapResult({ pid, name }: ProcessPages, { areas, total, runs, knowsFrames }: AddressSpaceMap): Result {
  const cells = (use: AreaUse) =>
    mapColumns.map((key) => (isFrameFact.has(key) && !knowsFrames ? '-' : kilobytes(use[key])).padStart(9)).join('');
  const line = ({ area, ...use }: AreaMap) =>
    `${area.start.toString(16).padStart(12)}-${area.end.toString(16).padEnd(12)} ${area.read ? 'r' : '-'}${area.write ? 'w' : '-'}${area.execute ? 'x' : '-'}${area.shared ? 's' : 'p'}${cells(use)}  ${area.path}\n`;
  const runText = runs.map((_, order) => `${`${4 * 2 ** order}k`.padStart(9)}`).join('');
  const text = () =>
    `PID: ${String(pid).padEnd(7)}  COMMAND: "${name}"   (kilobytes)\n${' '.repeat(30)}${mapHeading.map((title) => title.padStart(9)).join('')}  FILE\n${areas.map(line).join('')}${'total'.padEnd(30)}${cells(total)}\n` +
    (knowsFrames
      ? `\nRuns of neighbouring frames, from each size to less than twice that:\n${runText}\n${runs.map((count) => String(count).padStart(9)).join('')}\n`
      : `\n(${framesNeedRoot}: nothing is known of huge pages, KSM, the zero page, runs)\n`);
  return {
    kind: 'memory map',
    data: {
      pid,
      name,
      total,
      runs,
      areas: areas.map(({ area, ...use }) => ({
        start: `0x${area.start.toString(16)}`,
        end: `0x${area.end.toString(16)}`,
        path: area.path,
        ...use,
      })),
    },
    text,
  };
}

/** What only the frames' flags tell. */
const isFrameFact: ReadonlySet<string> = new Set(['huge', 'ksm', 'zero']);
