import type { Address } from '../base/address.ts';
import { cpuCount } from './cpus.ts';
import type { Kernel } from './kernel.ts';
import { listEntries } from './lists.ts';
import type { KernelObject } from './object.ts';
import { treeNodes } from './redBlackTree.ts';
import { currentTask } from './tasks.ts';

export interface RunQueue {
  readonly cpu: number;
  readonly object: KernelObject;
  readonly current: Address;
  /** Addresses of the tasks that wait to run, by real-time priority. */
  readonly realTime: readonly Address[];
  readonly fair: readonly Address[];
}

/** MAX_RT_PRIO (include/linux/sched/prio.h). */
const realTimePriorities = 100;

/** Who runs and who waits to, on each CPU (kernel/sched/sched.h: struct rq). */
export function runQueues(kernel: Kernel): RunQueue[] {
  return Array.from({ length: cpuCount(kernel) }, (_, cpu) => {
    const object = kernel.object('rq', kernel.perCpu('runqueues', cpu));
    return { cpu, object, current: currentTask(kernel, cpu), realTime: realTimeTasks(kernel, object), fair: fairTasks(kernel, object) };
  });
}

function realTimeTasks(kernel: Kernel, queue: KernelObject): Address[] {
  const offset = BigInt(kernel.layouts.offset('task_struct', 'rt'));
  const lists = queue.addressOf('rt.active.queue');
  return Array.from({ length: realTimePriorities }, (_, priority) =>
    [...listEntries(kernel, lists + BigInt(priority * 16), 'sched_rt_entity', 'run_list')].map(({ address }) => address - offset),
  ).flat();
}

/** The tree holds tasks, and groups with trees of their own (CONFIG_FAIR_GROUP_SCHED). */
function fairTasks(kernel: Kernel, queue: KernelObject): Address[] {
  const offset = BigInt(kernel.layouts.offset('task_struct', 'se'));
  const tasks: Address[] = [];
  const visit = (runQueue: KernelObject, depth: number): void => {
    for (const entity of treeNodes(kernel, runQueue.pointer('tasks_timeline.rb_root.rb_node'), 'sched_entity', 'run_node')) {
      const group = entity.has('my_q') ? entity.follow('my_q', 'cfs_rq') : undefined;
      if (!group) tasks.push(entity.address - offset);
      else if (depth < 32) visit(group, depth + 1);
    }
  };
  visit(queue.member('cfs', 'cfs_rq'), 0);
  return tasks;
}
