import type { MapsEntry } from '../linux/procfs.ts';
import { Frames } from './frames.ts';
import { frameFlag, frameOf, isPresent, isSwapped } from './pageState.ts';
import type { ProcessPages } from './processPages.ts';

/** Pages of an area, or of all, by what became of them. */
export interface AreaUse {
  readonly pages: number;
  readonly resident: number;
  readonly swapped: number;
  /** In huge pages: transparent ones of any size and hugetlb's. */
  readonly huge: number;
  /** Mapped by others too. */
  readonly shared: number;
  readonly ksm: number;
  /** Only the zero page, read but never written. */
  readonly zero: number;
  readonly softDirty: number;
}

export interface AreaMap extends AreaUse {
  readonly area: MapsEntry;
}

export interface AddressSpaceMap {
  readonly areas: readonly AreaMap[];
  readonly total: AreaUse;
  /** How many runs of neighbouring frames there are by size: of 1, 2-3, 4-7 … pages. Empty without frames. */
  readonly runs: readonly number[];
  /** Frames are told: to root. */
  readonly knowsFrames: boolean;
}

const softDirtyBit = 1 << 23;
const exclusiveBit = 1 << 24;
const largeFlags = frameFlag('THP') | frameFlag('HUGE');
const flagsAtOnce = 64;

/** Everything that a process has, area by area, from its pagemap and the flags of its frames. */
export function addressSpaceMap(process: ProcessPages): AddressSpaceMap {
  const frames = Frames.open();
  const flagsOf = frames && flagReader(frames);
  const runs = new RunCounter();
  const areas = process.areas.map((area) => {
    const use = {
      pages: Number((area.end - area.start) >> 12n),
      resident: 0,
      swapped: 0,
      huge: 0,
      shared: 0,
      ksm: 0,
      zero: 0,
      softDirty: 0,
    };
    for (const { words } of process.words(area)) {
      for (let at = 0; at < words.length; at += 2) {
        const high = words[at + 1];
        if (high & softDirtyBit) use.softDirty++;
        if (isSwapped(high)) use.swapped++;
        if (!isPresent(high)) {
          runs.end();
          continue;
        }
        use.resident++;
        if (!(high & exclusiveBit)) use.shared++;
        const frame = frameOf(words[at], high);
        if (frame === 0 || !flagsOf) continue;
        runs.add(frame);
        const flags = flagsOf(frame);
        if (flags & largeFlags) use.huge++;
        if (flags & frameFlag('KSM')) use.ksm++;
        if (flags & frameFlag('ZERO_PAGE')) use.zero++;
      }
    }
    runs.end();
    return { area, ...use };
  });
  const sum = (key: keyof AreaUse) => areas.reduce((total, area) => total + area[key], 0);
  const total = {
    pages: sum('pages'),
    resident: sum('resident'),
    swapped: sum('swapped'),
    huge: sum('huge'),
    shared: sum('shared'),
    ksm: sum('ksm'),
    zero: sum('zero'),
    softDirty: sum('softDirty'),
  };
  return { areas, total, runs: runs.counts, knowsFrames: flagsOf !== undefined };
}

/** Neighbouring frames are often asked for one after the other: flags are read some at a time. */
function flagReader(frames: Frames): (frame: number) => number {
  const buffer = new Uint32Array(flagsAtOnce * 2);
  let first = -1;
  let words: Uint32Array = buffer.subarray(0, 0);
  return (frame) => {
    const start = frame - (frame % flagsAtOnce);
    if (start !== first) {
      words = frames.flags(start, flagsAtOnce, buffer);
      first = start;
    }
    return words[(frame - start) * 2] ?? 0;
  };
}

/** Runs of frames that follow each other as their addresses do, by powers of two. */
class RunCounter {
  readonly counts: number[] = [];
  #last = -2;
  #length = 0;

  add(frame: number): void {
    if (frame !== this.#last + 1) this.end();
    this.#last = frame;
    this.#length++;
  }

  end(): void {
    if (this.#length > 0) {
      const order = Math.floor(Math.log2(this.#length));
      while (this.counts.length <= order) this.counts.push(0);
      this.counts[order]++;
    }
    this.#length = 0;
    this.#last = -2;
  }
}
