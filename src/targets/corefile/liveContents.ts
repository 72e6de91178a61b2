import type { Address } from '../../base/address.ts';
import { parseStat, parseStatus, procText } from '../../linux/procfs.ts';
import type { LiveTarget } from '../target.ts';
import type { CoreContents, CoreProcess, ThreadContents } from './coreContents.ts';
import { mappingsToDump } from './coredumpFilter.ts';

export interface LiveContentsOptions {
  /** The thread that a reader shall show first. */
  readonly currentThread: number;
  /** Signal that the current thread stopped with; 0 for none. */
  readonly signal: number;
  /** `set use-coredump-filter`. */
  readonly useFilter: boolean;
  /** `set dump-excluded-mappings`. */
  readonly dumpExcluded: boolean;
  readonly memory: { read(address: Address, length: number): Uint8Array };
}

/** A stopped process, for a core file: what `ptrace` and /proc tell. */
export function liveContents(live: LiveTarget, options: LiveContentsOptions): CoreContents {
  const tids = live.threads().map(({ tid }) => tid);
  const ordered = [options.currentThread, ...tids.filter((tid) => tid !== options.currentThread)];
  return {
    process: processFacts(live.pid),
    threads: ordered.map((tid) => threadContents(live, tid)),
    signal: options.signal,
    auxiliaryVector: live.auxiliaryVector(),
    mappings: live.mappings(),
    dumped: mappingsToDump(live.pid, options),
    memory: options.memory,
  };
}

function threadContents(live: LiveTarget, tid: number): ThreadContents {
  const stat = parseStat(procText(live.pid, `task/${tid}/stat`) ?? '');
  return { tid, ...family(stat), ...live.rawRegisters(tid), siginfo: live.signalInfo(tid) };
}

/** Fields 4 to 6 of /proc/PID/stat. */
const family = (stat: readonly string[]) => ({ ppid: Number(stat[4] ?? 0), pgrp: Number(stat[5] ?? 0), sid: Number(stat[6] ?? 0) });

function processFacts(pid: number): CoreProcess {
  const stat = parseStat(procText(pid, 'stat') ?? '');
  const status = parseStatus(procText(pid, 'status') ?? '');
  const first = (key: string) => Number(status.get(key)?.split(/\s+/)[0] ?? 0);
  return {
    pid,
    ...family(stat),
    uid: first('Uid'),
    gid: first('Gid'),
    state: stat[3] ?? 'R',
    nice: Number(stat[19] ?? 0),
    flags: BigInt(stat[9] ?? 0),
    name: procText(pid, 'comm')?.trimEnd() ?? '',
    args: (procText(pid, 'cmdline') ?? '').replace(/\0$/, '').replaceAll('\0', ' '),
  };
}
