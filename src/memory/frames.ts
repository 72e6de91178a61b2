import { readdirSync, readFileSync, statSync } from 'node:fs';
import { WordFile } from '../linux/pageFiles.ts';
import { type FrameFlag, frameFlag, frameFlagsOf } from './pageState.ts';

/** A page frame: what /proc/kpageflags, kpagecount and kpagecgroup say of it. */
export interface Frame {
  readonly number: number;
  readonly flags: readonly FrameFlag[];
  /** How many page tables map it; undefined where this is not told. */
  readonly mapCount: number | undefined;
  /** Path of the memory cgroup that is charged for it. */
  readonly cgroup: string | undefined;
  /** The larger page that it is a part of. */
  readonly compound: { readonly head: number; readonly pages: number } | undefined;
  readonly node: number | undefined;
}

/** Why nothing is known of frames. */
export const framesNeedRoot = 'page frames are only shown to root (CAP_SYS_ADMIN)';

/** A larger page is no larger than this (1 GiB). */
const largestCompound = 262_144;

/** The machine's page frames. */
export class Frames {
  readonly #flags: WordFile;
  readonly #counts: WordFile | undefined;
  readonly #cgroups: WordFile | undefined;
  #nodes: readonly { readonly node: number; readonly start: number; readonly end: number }[] | undefined;
  #paths: Map<number, string> | undefined;

  private constructor(flags: WordFile) {
    this.#flags = flags;
    this.#counts = WordFile.tryOpen('/proc/kpagecount');
    this.#cgroups = WordFile.tryOpen('/proc/kpagecgroup');
  }

  /** Undefined where they can't be looked at: without root. */
  static open(): Frames | undefined {
    const flags = WordFile.tryOpen('/proc/kpageflags');
    return flags && new Frames(flags);
  }

  /** Flags of frames from one on, the lower halves of their words; the array may be used again. */
  flags(first: number, count: number, into?: Uint32Array<ArrayBuffer>): Uint32Array {
    return this.#flags.read(first, count, into);
  }

  describe(number: number): Frame | undefined {
    const [low] = this.#flags.read(number, 1);
    if (low === undefined) return undefined;
    return {
      number,
      flags: frameFlagsOf(low),
      mapCount: this.#counts?.read(number, 1)[0],
      cgroup: this.#cgroupOf(number),
      compound: this.#compoundOf(number, low),
      node: this.#nodeOf(number),
    };
  }

  /** From head to the last tail. */
  #compoundOf(number: number, flags: number): Frame['compound'] {
    const [headBit, tailBit] = [frameFlag('COMPOUND_HEAD'), frameFlag('COMPOUND_TAIL')];
    if ((flags & (headBit | tailBit)) === 0) return undefined;
    let head = number;
    for (let low = flags; low & tailBit && number - head < largestCompound; ) [low] = this.#flags.read(--head, 1);
    let pages = number - head + 1;
    const piece = this.#flags.read(number + 1, largestCompound);
    for (let index = 0; index < piece.length && piece[index] & tailBit; index += 2) pages++;
    return { head, pages };
  }

  #cgroupOf(number: number): string | undefined {
    const [inode = 0] = this.#cgroups?.read(number, 1) ?? [];
    if (inode === 0) return undefined;
    this.#paths ??= cgroupPaths();
    return this.#paths.get(inode) ?? `(inode ${inode})`;
  }

  #nodeOf(number: number): number | undefined {
    this.#nodes ??= nodeRanges();
    return this.#nodes.find(({ start, end }) => number >= start && number < end)?.node;
  }
}

/** By inode number of the folder. */
function cgroupPaths(): Map<number, string> {
  const root = '/sys/fs/cgroup';
  const paths = new Map<number, string>();
  const visit = (folder: string, depth: number): void => {
    try {
      paths.set(statSync(folder).ino, folder === root ? '/' : folder.slice(root.length));
      if (depth > 16) return;
      for (const entry of readdirSync(folder, { withFileTypes: true }))
        if (entry.isDirectory()) visit(`${folder}/${entry.name}`, depth + 1);
    } catch {
      // gone meanwhile
    }
  };
  visit(root, 0);
  return paths;
}

/** Frames of each node by the zones of /proc/zoneinfo. */
function nodeRanges(): { node: number; start: number; end: number }[] {
  const ranges: { node: number; start: number; end: number }[] = [];
  for (const { node, start, spanned } of parseZones(readText('/proc/zoneinfo')))
    if (spanned > 0) ranges.push({ node, start, end: start + spanned });
  return ranges;
}

/** A zone as /proc/zoneinfo has it; in pages. */
export interface ZoneInfo {
  readonly node: number;
  readonly name: string;
  readonly start: number;
  readonly spanned: number;
  readonly present: number;
  readonly managed: number;
  readonly free: number;
}

export function parseZones(text: string): ZoneInfo[] {
  return text
    .split(/^(?=Node \d+, zone)/m)
    .filter((part) => part.startsWith('Node'))
    .map((part) => {
      const [, node = '0', name = ''] = /^Node (\d+), zone +(\S+)/.exec(part) ?? [];
      const value = (key: string) => Number(new RegExp(`^ +${key}:? +(\\d+)`, 'm').exec(part)?.[1] ?? 0);
      return {
        node: Number(node),
        name,
        start: value('start_pfn'),
        spanned: value('spanned'),
        present: value('present'),
        managed: value('managed'),
        free: value('pages free'),
      };
    });
}

/** Empty where it can't be read. */
export function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
