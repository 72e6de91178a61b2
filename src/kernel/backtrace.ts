import type { Address } from '../base/address.ts';
import { MemoryError, SondeError } from '../base/errors.ts';
import { cpuCount } from './cpus.ts';
import type { Kernel } from './kernel.ts';
import { panicTask } from './panic.ts';
import { SavedRegisters } from './savedRegisters.ts';
import { textWords } from './stackScan.ts';
import { stackHolds, taskStack } from './stacks.ts';
import { interruptedState, type KernelFrame, returnState, sleepingState, type UnwindState } from './stackUnwind.ts';
import type { Task } from './tasks.ts';

/** A task's kernel stack, from the innermost function. */
export interface Backtrace {
  /** Of a task that was running: its CPU's registers, where the dump has them. */
  readonly registers?: SavedRegisters;
  readonly frames: readonly KernelFrame[];
  /** The task was running and nothing says where. */
  readonly isUnknown?: boolean;
}

/** Where a panic goes to wait for its end: what it was doing there does not matter. */
const panicFunction = 'panic';

/** The functions that a task is in. A task in user mode is in none. */
export function backtraceOf(kernel: Kernel, task: Task): Backtrace {
  const registers = task.active ? cpuRegisters(kernel, task) : undefined;
  if (task.active && !registers) return { frames: [], isUnknown: true };
  try {
    const stopping = registers && stoppingFrames(kernel, task, registers);
    if (stopping) return { frames: stopping };
    if (registers?.isUserMode) return { registers, frames: [] };
    const start = registers ? interruptedState(registers) : sleepingState(task);
    const frames = kernel.unwinder.frames(start, taskStack(task.object));
    const isPanic = task.active && panicTask(kernel)?.task === task;
    const first = isPanic ? frames.findIndex(({ ip }) => functionName(kernel, ip) === panicFunction) : -1;
    return first > 0 ? { frames: frames.slice(first) } : { registers, frames };
  } catch (error) {
    if (error instanceof MemoryError) return { registers, frames: [] };
    throw error;
  }
}

/**
 * kdump notes the registers of a CPU as they were before it was told to stop. What stopped it is still on a stack: the end of crash_kexec,
 * or the NMI that it sends to the other CPUs, which goes on to those registers.
 */
function stoppingFrames(kernel: Kernel, task: Task, registers: SavedRegisters): KernelFrame[] | undefined {
  const own = taskStack(task.object);
  const leadsToRegisters = ({ saved }: KernelFrame) => saved?.get('ip') === registers.get('ip') && saved.get('sp') === registers.get('sp');
  for (const stack of [own, ...kernel.unwinder.stacks.filter(({ cpu }) => cpu === task.cpu)]) {
    for (const { at, ip } of textWords(kernel, stack.base, stack.end)) {
      const name = functionName(kernel, ip);
      if (name !== 'machine_kexec' && name !== 'crash_nmi_callback') continue;
      const frames = kernel.unwinder.frames(returnState(kernel, at), own);
      const isEnd = name === 'machine_kexec' && frames.length > 1 && functionName(kernel, frames[1].ip).endsWith('crash_kexec');
      if (isEnd || (name === 'crash_nmi_callback' && frames.some(leadsToRegisters))) return frames;
    }
  }
  return undefined;
}

/**
 * From a place on one of the kernel's stacks, or from an address of code that is taken for the one that lies there. Without a place: where the task was
 * switched away. Throws SondeError for a place that is on no stack of this task.
 */
export function backtraceFrom(kernel: Kernel, task: Task, { sp, ip }: { sp?: Address; ip?: Address }): Backtrace {
  const own = taskStack(task.object);
  const stack = [own, ...kernel.unwinder.stacks].find((candidate) => sp === undefined || stackHolds(candidate, sp));
  if (!stack)
    throw new SondeError(
      `non-process stack address for this task: ${sp?.toString(16)}\n    (valid range: ${own.base.toString(16)} - ${own.end.toString(16)})`,
    );
  const start = sp === undefined ? sleepingState(task) : firstReturn(kernel, sp, stack.end, ip);
  return { frames: start ? kernel.unwinder.frames({ ...start, ip: ip ?? start.ip }, own) : [] };
}

/** The first return address from a place on; with an address of code, the place itself. */
function firstReturn(kernel: Kernel, sp: Address, end: Address, ip: Address | undefined): UnwindState | undefined {
  if (ip !== undefined) return returnState(kernel, sp);
  const word = textWords(kernel, sp, end).find((candidate) => kernel.symbols.nearest(candidate.ip)?.offset !== 0n);
  return word && returnState(kernel, word.at);
}

const functionName = (kernel: Kernel, ip: bigint): string => kernel.symbols.nearest(ip)?.symbol.name ?? '';

/** Registers of the CPU that a task was running on when the dump was taken. */
export function cpuRegisters(kernel: Kernel, { object, cpu }: Task): SavedRegisters | undefined {
  const all = kernel.dump.cpus.map(({ registers }) => new SavedRegisters(registers));
  if (all.length === cpuCount(kernel)) return all[cpu];
  // There are none of CPUs that were offline: then it is the stack that tells whose they are.
  const stacks = [taskStack(object), ...kernel.unwinder.stacks.filter((stack) => stack.cpu === cpu)];
  return all.find((registers) => stacks.some((stack) => stackHolds(stack, registers.get('sp'))));
}
