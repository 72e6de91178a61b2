import { readText } from './frames.ts';

const pageKilobytes = 4;

/** What decides whether memory may be promised (mm/util.c: __vm_enough_memory). Sizes in kilobytes. */
export interface Overcommit {
  readonly mode: 0 | 1 | 2;
  readonly ratio: number;
  /** `overcommit_kbytes`: counts instead of the ratio if it is not 0. */
  readonly kilobytes: number;
  readonly ram: number;
  readonly swap: number;
  readonly hugePages: number;
  /** CommitLimit, as the kernel computes it. */
  readonly limit: number;
  /** Committed_AS. */
  readonly committed: number;
  readonly adminReserve: number;
  readonly userReserve: number;
}

/** From /proc/meminfo and /proc/sys/vm. */
export function overcommit(): Overcommit {
  const info = meminfo();
  const setting = (name: string) => Number.parseInt(readText(`/proc/sys/vm/${name}`), 10) || 0;
  const mode = setting('overcommit_memory');
  return {
    mode: mode === 1 || mode === 2 ? mode : 0,
    ratio: setting('overcommit_ratio'),
    kilobytes: setting('overcommit_kbytes'),
    ram: info.get('MemTotal') ?? 0,
    swap: info.get('SwapTotal') ?? 0,
    hugePages: info.get('Hugetlb') ?? 0,
    limit: info.get('CommitLimit') ?? 0,
    committed: info.get('Committed_AS') ?? 0,
    adminReserve: setting('admin_reserve_kbytes'),
    userReserve: setting('user_reserve_kbytes'),
  };
}

/** Kilobytes by name. */
export function meminfo(): Map<string, number> {
  return new Map([...readText('/proc/meminfo').matchAll(/^(\S+): +(\d+)/gm)].map(([, name, value]) => [name, Number(value)]));
}

export interface Verdict {
  readonly mode: 0 | 1 | 2;
  readonly allowed: boolean;
  /** The rule that decided, with its numbers. */
  readonly rule: string;
}

/** Who asks: root has a smaller reserve; `totalVm`: kilobytes of address space that it has already. */
export interface Asker {
  readonly isRoot: boolean;
  readonly totalVm: number;
}

/** Would a private, writable mapping of so many kilobytes succeed? After __vm_enough_memory, under each mode. */
export function wouldSucceed(facts: Overcommit, wanted: number, asker: Asker): Verdict[] {
  const wantedPages = Math.ceil(wanted / pageKilobytes);
  const machine = facts.ram + facts.swap;
  const guess = wantedPages <= Math.floor(machine / pageKilobytes);
  const adminReserve = asker.isRoot ? 0 : facts.adminReserve;
  const userReserve = Math.min(Math.floor(asker.totalVm / 32), facts.userReserve);
  const allowed = facts.limit - adminReserve - userReserve;
  const promised = facts.committed + wanted;
  return [
    { mode: 0, allowed: guess, rule: `${wanted} kB ${guess ? '≤' : '>'} RAM + swap = ${machine} kB` },
    { mode: 1, allowed: true, rule: 'everything is promised' },
    {
      mode: 2,
      allowed: promised < allowed,
      rule: `committed ${facts.committed} kB + ${wanted} kB ${promised < allowed ? '<' : '≥'} limit ${facts.limit} kB − reserves ${adminReserve} + ${userReserve} kB`,
    },
  ];
}
