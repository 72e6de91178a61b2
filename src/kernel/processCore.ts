import type { Address } from '../base/address.ts';
import { MemoryError, SondeError } from '../base/errors.ts';
import type { CoreContents, CoreProcess, ThreadContents } from '../targets/corefile/coreContents.ts';
import type { KernelObject } from './object.ts';
import { type ProcessTarget, vmaFlag } from './processTarget.ts';
import { programStrings } from './taskDetails.ts';
import type { Task } from './tasks.ts';

const pageSize = 4096n;

/**
 * A process of a kernel dump as a core file holds it: all memory that can be had, files' pages too, so that it can be opened elsewhere. Pages
 * that the dump lacks (swapped out, filtered, never read from their file) are left out. `first`: the thread that readers show first.
 */
export function coreOf(target: ProcessTarget, first: Task): CoreContents {
  const ordered = [first, ...target.tasks.filter(({ pid }) => pid !== first.pid)];
  return {
    process: processFacts(target.tasks[0]),
    threads: ordered.flatMap((task) => threadContents(target, task)),
    signal: 0,
    auxiliaryVector: target.auxiliaryVector(),
    mappings: target.mappings(),
    dumped: [...dumpedParts(target)],
    memory: target.memory,
  };
}

/** Threads that are just ending have no registers. */
function threadContents(target: ProcessTarget, task: Task): ThreadContents[] {
  try {
    const { user, extended } = target.registerBlock(task.pid);
    return [{ tid: task.pid, ...family(task), general: user, extended, siginfo: undefined }];
  } catch (error) {
    if (error instanceof SondeError) return [];
    throw error;
  }
}

function processFacts(leader: Task): CoreProcess {
  const { object } = leader;
  const credentials = object.follow('cred', 'cred');
  const id = (path: string) => credentials?.number(`${path}.val`) ?? 0;
  return {
    pid: leader.pid,
    ...family(leader),
    uid: id('uid'),
    gid: id('gid'),
    state: stateLetters.find(([name]) => leader.state === name)?.[1] ?? 'S',
    nice: object.number('static_prio') - defaultPriority,
    flags: BigInt.asUintN(32, object.value('flags')),
    name: leader.comm,
    args: argumentsOf(leader),
  };
}

/** DEFAULT_PRIO (include/linux/sched/prio.h). */
const defaultPriority = 120;

/** crash's letters and those of /proc/PID/stat. */
const stateLetters = [
  ['RU', 'R'],
  ['IN', 'S'],
  ['UN', 'D'],
  ['ST', 'T'],
  ['TR', 't'],
  ['ZO', 'Z'],
  ['DE', 'X'],
] as const;

function argumentsOf(task: Task): string {
  try {
    return programStrings(task).args.join(' ');
  } catch (error) {
    if (error instanceof MemoryError) return '';
    throw error;
  }
}

/** enum pid_type (include/linux/pid_types.h). */
const pidType = { pgrp: 2, sid: 3 } as const;

function family({ object, parentPid }: Task): { ppid: number; pgrp: number; sid: number } {
  const signal = object.follow('signal', 'signal_struct');
  return { ppid: parentPid, pgrp: pidNumber(signal, pidType.pgrp), sid: pidNumber(signal, pidType.sid) };
}

function pidNumber(signal: KernelObject | undefined, type: number): number {
  if (!signal?.has('pids')) return 0;
  const pid = signal.kernel.word(signal.addressOf('pids') + BigInt(type * 8));
  return pid === 0n ? 0 : signal.kernel.object('upid', signal.kernel.object('pid', pid).addressOf('numbers')).number('nr');
}

/** Runs of pages that can be read, area by area. */
function* dumpedParts(target: ProcessTarget): Iterable<CoreContents['dumped'][number]> {
  for (const { start, end, flags } of target.vmas) {
    if (flags & (vmaFlag.io | vmaFlag.dontDump) || !(flags & (vmaFlag.read | vmaFlag.write | vmaFlag.execute))) continue;
    const access = {
      read: (flags & vmaFlag.read) !== 0n,
      write: (flags & vmaFlag.write) !== 0n,
      execute: (flags & vmaFlag.execute) !== 0n,
    };
    let from: Address | undefined;
    for (let at = start; at < end; at += pageSize) {
      if (target.hasPage(at)) from ??= at;
      else if (from !== undefined) {
        yield { start: from, end: at, ...access };
        from = undefined;
      }
    }
    if (from !== undefined) yield { start: from, end, ...access };
  }
}
