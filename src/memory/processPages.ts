import { SondeError } from '../base/errors.ts';
import { WordFile } from '../linux/pageFiles.ts';
import { type MapsEntry, parseMaps, parseStatus, procText } from '../linux/procfs.ts';
import { readText } from './frames.ts';

const pageSize = 4096;

/** The address space of a process that runs: its areas and the state of every page. */
export class ProcessPages {
  readonly pid: number;
  readonly areas: readonly MapsEntry[];
  readonly #pagemap: WordFile;

  /** Throws SondeError where there is no such process or it is not ours to look at. */
  constructor(pid: number) {
    this.pid = pid;
    const maps = procText(pid, 'maps');
    if (maps === undefined)
      throw new SondeError(procText(pid, 'comm') === undefined ? `no process ${pid}` : `/proc/${pid}/maps: Permission denied.`);
    this.#pagemap = new WordFile(`/proc/${pid}/pagemap`);
    this.areas = parseMaps(maps).filter(({ path }) => path !== '[vsyscall]');
  }

  get name(): string {
    return procText(this.pid, 'comm')?.trimEnd() ?? '';
  }

  /** Kilobytes, as /proc/PID/status has them. */
  sizes(): { readonly resident: number; readonly total: number } {
    const status = parseStatus(procText(this.pid, 'status') ?? '');
    const kilobytes = (key: string) => Number.parseInt(status.get(key) ?? '0', 10);
    return { resident: kilobytes('VmRSS'), total: kilobytes('VmSize') };
  }

  areaAt(address: bigint): MapsEntry | undefined {
    return this.areas.find(({ start, end }) => address >= start && address < end);
  }

  /** Pagemap words of one page as [low, high]. */
  wordAt(address: bigint): readonly [number, number] {
    const [low = 0, high = 0] = this.#pagemap.read(Number(address >> 12n), 1);
    return [low, high];
  }

  /** Pagemap words of an area in pieces of so many pages: `first` is the address of the piece's first page. The array is used again for the next piece. */
  *words(
    { start, end }: Pick<MapsEntry, 'start' | 'end'>,
    pagesAtOnce = 65_536,
  ): Iterable<{ readonly first: number; readonly words: Uint32Array }> {
    const buffer = new Uint32Array(pagesAtOnce * 2);
    const last = Number(end);
    for (let at = Number(start); at < last; at += pagesAtOnce * pageSize) {
      const count = Math.min(pagesAtOnce, (last - at) / pageSize);
      const words = this.#pagemap.read(at / pageSize, count, buffer);
      yield { first: at, words };
      if (words.length < count * 2) return;
    }
  }

  close(): void {
    this.#pagemap.close();
  }
}

/** Only with CONFIG_MEM_SOFT_DIRTY are there areas with the flag `sd`: every new one has it. */
export const keepsSoftDirty = (): boolean => / sd\b/.test(readText('/proc/self/smaps'));

/** Swap areas by the number in their pages' entries: the order of /proc/swaps. */
export function swapFiles(): string[] {
  return readText('/proc/swaps')
    .split('\n')
    .slice(1)
    .map((line) => line.split(/\s+/)[0])
    .filter((path) => path !== '');
}
