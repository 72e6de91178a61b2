import type { Address } from '../base/address.ts';
import { cpuCount } from './cpus.ts';
import type { Kernel } from './kernel.ts';
import { listEntries } from './lists.ts';
import type { KernelObject } from './object.ts';

/** A task: a process's thread or a kernel thread. */
export interface Task {
  readonly object: KernelObject;
  readonly address: Address;
  readonly pid: number;
  readonly tgid: number;
  readonly parentPid: number;
  readonly comm: string;
  readonly cpu: number;
  readonly state: string;
  /** Running on its CPU when the dump was taken. */
  readonly active: boolean;
  /** `mm`, undefined for kernel threads. */
  readonly mm: KernelObject | undefined;
}

/** All tasks, each CPU's idle task first, then by pid; threads follow in pid order as crash's `ps` has them. */
export function allTasks(kernel: Kernel): Task[] {
  const current = new Set<Address>();
  const idleTasks: KernelObject[] = [];
  for (let cpu = 0; cpu < cpuCount(kernel); cpu++) {
    current.add(currentTask(kernel, cpu));
    idleTasks.push(kernel.object('task_struct', kernel.object('rq', kernel.perCpu('runqueues', cpu)).pointer('idle')));
  }
  const tasks: Task[] = [];
  for (const leader of listEntries(
    kernel,
    kernel.object('task_struct', kernel.symbol('init_task')).addressOf('tasks'),
    'task_struct',
    'tasks',
  )) {
    const threads = kernel.object('signal_struct', leader.pointer('signal')).addressOf('thread_head');
    for (const thread of listEntries(kernel, threads, 'task_struct', 'thread_node')) tasks.push(describe(thread, current));
  }
  tasks.sort((a, b) => a.pid - b.pid);
  return [...idleTasks.map((task) => describe(task, current)), ...tasks];
}

/** The task a CPU was running: `current_task`, which moved into `pcpu_hot` for 6.2 to 6.14. */
export function currentTask(kernel: Kernel, cpu: number): Address {
  if (kernel.findSymbol('pcpu_hot') !== undefined && kernel.layouts.has('pcpu_hot', 'current_task')) {
    return kernel.object('pcpu_hot', kernel.perCpu('pcpu_hot', cpu)).pointer('current_task');
  }
  return kernel.word(kernel.perCpu('current_task', cpu));
}

function describe(object: KernelObject, current: ReadonlySet<Address>): Task {
  // `parent`, not `real_parent`: what the kernel waits for, and what crash shows; idle tasks have the boot CPU's.
  const parent = object.follow('parent', 'task_struct');
  return {
    object,
    address: object.address,
    pid: object.number('pid'),
    tgid: object.number('tgid'),
    parentPid: parent ? parent.number('pid') : 0,
    comm: object.string('comm'),
    cpu: object.has('cpu') ? object.number('cpu') : object.number('thread_info.cpu'),
    state: taskState(object),
    active: current.has(object.address),
    mm: object.follow('mm', 'mm_struct'),
  };
}

/** Bits of __state (and of exit_state: EXIT_*), which are the same since 4.14 (include/linux/sched.h), and crash's letters for some. */
const stateBits: readonly { readonly bit: number; readonly name: string; readonly letters?: string }[] = [
  { bit: 0x1, name: 'TASK_INTERRUPTIBLE', letters: 'IN' },
  { bit: 0x2, name: 'TASK_UNINTERRUPTIBLE', letters: 'UN' },
  { bit: 0x4, name: 'TASK_STOPPED', letters: 'ST' },
  { bit: 0x8, name: 'TASK_TRACED', letters: 'TR' },
  { bit: 0x10, name: 'EXIT_DEAD', letters: 'DE' },
  { bit: 0x20, name: 'EXIT_ZOMBIE', letters: 'ZO' },
  { bit: 0x40, name: 'TASK_PARKED', letters: 'PA' },
  { bit: 0x80, name: 'TASK_DEAD', letters: 'DE' },
  { bit: 0x100, name: 'TASK_WAKEKILL' },
  { bit: 0x200, name: 'TASK_WAKING', letters: 'WA' },
  { bit: 0x400, name: 'TASK_NOLOAD' },
  { bit: 0x800, name: 'TASK_NEW', letters: 'NE' },
];
const idle = 0x402;

function stateOf(task: KernelObject): number {
  const running = task.has('__state') ? task.number('__state') : task.number('state');
  return running | task.number('exit_state');
}

function taskState(task: KernelObject): string {
  const exit = task.number('exit_state');
  if (exit & 0x20) return 'ZO';
  if (exit & 0x10) return 'DE';
  const state = stateOf(task);
  if (state === 0) return 'RU';
  if ((state & idle) === idle) return 'ID';
  return stateBits.find(({ bit, letters }) => state & bit && letters !== undefined)?.letters ?? '??';
}

/** `TASK_RUNNING`, `TASK_UNINTERRUPTIBLE|TASK_NOLOAD`. */
export function stateName({ object }: Task): string {
  const state = stateOf(object);
  if (state === 0) return 'TASK_RUNNING';
  const names = stateBits.filter(({ bit }) => state & bit).map(({ name }) => name);
  return names.length > 0 ? names.join('|') : `(unknown: ${state.toString(16)})`;
}
