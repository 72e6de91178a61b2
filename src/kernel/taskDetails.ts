import { SondeError } from '../base/errors.ts';
import type { Kernel } from './kernel.ts';
import { pageTableRoot } from './memoryMap.ts';
import type { KernelObject } from './object.ts';
import type { Task } from './tasks.ts';

/** Processor time in nanoseconds; `started`: nanoseconds after the kernel's start. */
export function taskTimes({ object }: Task): { started: bigint; user: bigint; system: bigint } {
  return { started: object.value('start_time'), user: object.value('utime'), system: object.value('stime') };
}

/** When the task last began to run: nanoseconds of its CPU's scheduler clock. */
export const lastRun = ({ object }: Task): bigint => object.value('sched_info.last_arrival');

/** The scheduler clock of a CPU, nanoseconds. */
export const schedulerClock = (kernel: Kernel, cpu: number): bigint => kernel.object('rq', kernel.perCpu('runqueues', cpu)).value('clock');

/** Kernel stack pointer of a task that is not running. */
export const stackPointer = ({ object }: Task): bigint => object.pointer('thread.sp');

/** SCHED_NORMAL … SCHED_DEADLINE (include/uapi/linux/sched.h). */
export const schedulingPolicy = ({ object }: Task): number => object.number('policy');

/** In the order of RLIMIT_* (include/uapi/asm-generic/resource.h). */
const limitNames = [
  'CPU',
  'FSIZE',
  'DATA',
  'STACK',
  'CORE',
  'RSS',
  'NPROC',
  'NOFILE',
  'MEMLOCK',
  'AS',
  'LOCKS',
  'SIGPENDING',
  'MSGQUEUE',
  'NICE',
  'RTPRIO',
  'RTTIME',
];

export interface ResourceLimit {
  readonly name: string;
  /** Undefined: no limit. */
  readonly current: bigint | undefined;
  readonly maximum: bigint | undefined;
}

export function resourceLimits({ object }: Task): ResourceLimit[] {
  const { kernel } = object;
  const limits = kernel.object('signal_struct', object.pointer('signal')).addressOf('rlim');
  const value = (at: bigint): bigint | undefined => {
    const word = kernel.word(at);
    return word === 0xffff_ffff_ffff_ffffn ? undefined : word;
  };
  return limitNames.map((name, index) => {
    const at = limits + BigInt(index * 16);
    return { name, current: value(at), maximum: value(at + 8n) };
  });
}

/** More than this the kernel lets no program be given (MAX_ARG_STRLEN times a few). */
const longestArguments = 1 << 22;

/** The program's arguments and environment, as they are in its memory now. Throws MemoryError where that can't be read. */
export function programStrings({ mm }: Task): { args: string[]; environment: string[] } {
  if (!mm) throw new SondeError('no user stack');
  return { args: strings(mm, 'arg_start', 'arg_end'), environment: strings(mm, 'env_start', 'env_end') };
}

function strings(mm: KernelObject, from: string, to: string): string[] {
  const start = mm.pointer(from);
  const length = Math.min(Number(mm.pointer(to) - start), longestArguments);
  if (start === 0n || length <= 0) return [];
  const bytes = mm.kernel.space(pageTableRoot(mm)).read(start, length);
  return new TextDecoder().decode(bytes).replace(/\0+$/, '').split('\0');
}
