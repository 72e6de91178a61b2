import { SondeError } from '../../base/errors.ts';
import type { MapsEntry } from '../../linux/procfs.ts';
import { framesNeedRoot } from '../../memory/frames.ts';
import { frameOf, isPresent, isSwapped, pageState } from '../../memory/pageState.ts';
import { ProcessPages, swapFiles } from '../../memory/processPages.ts';
import type { Command, CommandContext, Result } from '../command.ts';
import { wantedProcess } from './target.ts';

export const vmCommand: Command = {
  name: 'vm',
  group: 'status',
  summary: 'Show the memory areas of a process, as crash does; with -p every page.',
  help: `Usage: vm [-p] [PID]
The inferior, or the process PID. With -p, for every page: its physical address, or where it is instead: in a file, in swap, or nowhere.`,
  completes: 'none',
  run(args, context) {
    const words = args.split(/\s+/).filter((word) => word !== '');
    const unknown = words.find((word) => word.startsWith('-') && word !== '-p');
    if (unknown !== undefined) throw new SondeError(`vm: invalid option -- '${unknown.slice(1)}'`);
    const pid = wantedProcess(
      words.filter((word) => word !== '-p'),
      context,
    );
    const pages = new ProcessPages(pid);
    try {
      show(pages, words.includes('-p'), context);
    } finally {
      pages.close();
    }
  },
};

const areaHeading = '       START             END        FLAGS FILE\n';
const pageHeading = 'VIRTUAL           PHYSICAL\n';

function show(process: ProcessPages, withPages: boolean, { emit }: CommandContext): void {
  const { pid, name, areas } = process;
  const { resident, total } = process.sizes();
  emit({
    kind: 'memory',
    data: { pid, name, resident, total, areas: areas.map(areaData) },
    text: () =>
      `PID: ${String(pid).padEnd(7)}  COMMAND: "${name}"\n   RSS    TOTAL_VM\n${resident}k    ${total}k\n${withPages ? '' : areaHeading + areas.map(areaLine).join('')}`,
  });
  if (!withPages) return;
  const swap = swapFiles();
  let hidden = false;
  for (const area of areas) {
    emit({ kind: 'area', data: areaData(area), text: () => areaHeading + areaLine(area) + pageHeading });
    for (const { first, words } of process.words(area)) {
      emit(pagesResult(area, first, words, swap));
      hidden ||= framesAreHidden(words);
    }
  }
  if (hidden) emit({ kind: 'warning', data: framesNeedRoot, text: () => `warning: ${framesNeedRoot}\n`, stream: 'stderr' });
}

const permissions = ({ read, write, execute, shared }: MapsEntry): string =>
  `${read ? 'r' : '-'}${write ? 'w' : '-'}${execute ? 'x' : '-'}${shared ? 's' : 'p'}`;

export const areaLine = (area: MapsEntry): string =>
  `${area.start.toString(16).padStart(16)} ${area.end.toString(16).padStart(16)}  ${permissions(area)}  ${area.path}\n`;

export const areaData = (area: MapsEntry) => ({
  start: `0x${area.start.toString(16)}`,
  end: `0x${area.end.toString(16)}`,
  permissions: permissions(area),
  offset: `0x${area.offset.toString(16)}`,
  path: area.path,
});

/** Present, but told as frame 0: what everybody but root is shown. */
function framesAreHidden(words: Uint32Array): boolean {
  for (let at = 0; at < words.length; at += 2) if (isPresent(words[at + 1])) return frameOf(words[at], words[at + 1]) === 0;
  return false;
}

/** Text is made at once: the words are read over by the next piece. */
function pagesResult(area: MapsEntry, first: number, words: Uint32Array, swap: readonly string[]): Result {
  const text = pageLines(area, first, words, swap);
  return {
    kind: 'pages',
    get data() {
      const lines = text === '' ? [] : text.trimEnd().split('\n');
      return lines.map((line) => {
        const [virtual, ...place] = line.split(/ +/);
        return { virtual: `0x${virtual}`, ...(place.length === 1 ? { physical: `0x${place[0]}` } : { place: place.join(' ') }) };
      });
    },
    text: () => text,
  };
}

const addressWidth = 16;
const digits = Buffer.from('0123456789abcdef');

/** The hot loop of `vm -p`: a million lines a second. So digits are written where they belong, and one string is made of them all. */
function pageLines(area: MapsEntry, first: number, words: Uint32Array, swap: readonly string[]): string {
  const longest = addressWidth + 64 + Math.max(area.path.length * 3, ...swap.map((path) => path.length));
  const out = Buffer.allocUnsafe((words.length / 2) * longest);
  let end = 0;
  for (let at = 0; at < words.length; at += 2) {
    const address = first + at * (pageSize / 2);
    const start = end;
    end = writeHex(out, end, address);
    while (end < start + addressWidth + 2) out[end++] = blank;
    const frame = isPresent(words[at + 1]) ? frameOf(words[at], words[at + 1]) : 0;
    end = frame > 0 ? writeHex(out, end, frame * pageSize) : end + out.write(placeOf(area, address, words[at], words[at + 1], swap), end);
    out[end++] = newline;
  }
  return out.toString('utf8', 0, end);
}

const pageSize = 4096;
const blank = 0x20;
const newline = 0x0a;

/** Numbers below 2^52; answers where it ends. */
function writeHex(out: Buffer, at: number, value: number): number {
  const low = value >>> 0;
  const high = (value - low) / 2 ** 32;
  let length = 1;
  if (high > 0) {
    length = 9;
    for (let rest = high >>> 4; rest > 0; rest >>>= 4) length++;
  } else for (let rest = low >>> 4; rest > 0; rest >>>= 4) length++;
  for (let place = 0; place < length; place++) {
    const half = place < 8 ? low >>> (place * 4) : high >>> ((place - 8) * 4);
    out[at + length - 1 - place] = digits[half & 15];
  }
  return at + length;
}

function placeOf(area: MapsEntry, address: number, low: number, high: number, swap: readonly string[]): string {
  if (isPresent(high)) return '(in memory)'; // its frame is not told
  if (isSwapped(high)) return swapText(low, high, swap);
  return area.inode !== 0 ? `FILE: ${area.path}  OFFSET: ${(area.offset + address - Number(area.start)).toString(16)}` : '(not mapped)';
}

/** Types above the swap areas are the kernel's own: migration, poisoned pages, guards. */
function swapText(low: number, high: number, swap: readonly string[]): string {
  const { swap: place } = pageState(low, high);
  const file = place && swap[place.type];
  return file === undefined ? '(not accessible)' : `SWAP: ${file}  OFFSET: ${place?.offset}`;
}
