import { MemoryError } from '../base/errors.ts';
import { onlineCpus } from './cpus.ts';
import type { Kernel } from './kernel.ts';
import { panicTask } from './panic.ts';
import { SavedRegisters } from './savedRegisters.ts';
import { taskStack } from './stacks.ts';
import { interruptedState, type KernelFrame, sleepingState } from './stackUnwind.ts';
import type { Task } from './tasks.ts';

/** A task's kernel stack, from the innermost function. */
export interface Backtrace {
  /** Of a task that was running: its CPU's registers, where the dump has them. */
  readonly registers?: SavedRegisters;
  readonly frames: readonly KernelFrame[];
  /** The task was running and nothing says where. */
  readonly isUnknown?: boolean;
}

/** Calls that a panic makes to end: what they were doing then does not matter. */
const panicFunctions = new Set(['machine_kexec', 'panic']);

/** The functions that a task is in. A task in user mode is in none. */
export function backtraceOf(kernel: Kernel, task: Task): Backtrace {
  const registers = task.active ? cpuRegisters(kernel, task.cpu) : undefined;
  if (task.active && !registers) return { frames: [], isUnknown: true };
  if (registers?.isUserMode) return { registers, frames: [] };
  try {
    const start = registers ? interruptedState(registers) : sleepingState(task);
    const frames = kernel.unwinder.frames(start, taskStack(task.object));
    const first =
      task.active && panicTask(kernel)?.task === task ? frames.findIndex(({ ip }) => panicFunctions.has(functionName(kernel, ip))) : -1;
    return first > 0 ? { frames: frames.slice(first) } : { registers, frames };
  } catch (error) {
    if (error instanceof MemoryError) return { registers, frames: [] };
    throw error;
  }
}

const functionName = (kernel: Kernel, ip: bigint): string => kernel.symbols.nearest(ip)?.symbol.name ?? '';

/** Registers of a CPU when the dump was taken. Notes are in the order of the CPUs that were online. */
export function cpuRegisters(kernel: Kernel, cpu: number): SavedRegisters | undefined {
  const { cpus } = kernel.dump;
  const online = onlineCpus(kernel);
  const index = online.length === cpus.length ? online.indexOf(cpu) : cpu;
  const words = cpus[index]?.registers;
  return words && new SavedRegisters(words);
}
