import type { Kernel } from '../../kernel/kernel.ts';
import { panicMessage, panicTask } from '../../kernel/panic.ts';
import { stateName, type Task } from '../../kernel/tasks.ts';
import type { KernelSession } from '../../session/kernelSession.ts';
import { pointer } from './taskText.ts';

export interface Context {
  readonly task: Task;
  /** Of how many tasks with this pid (the idle tasks share 0), and which. */
  readonly position: { readonly index: number; readonly count: number };
  readonly threadInfo: bigint;
  readonly state: string;
  /** SYSRQ: someone made it panic. */
  readonly condition: 'PANIC' | 'SYSRQ' | 'ACTIVE' | undefined;
}

export function describeContext({ kernel }: KernelSession, task: Task): Context {
  const same = kernel.tasks.filter(({ pid }) => pid === task.pid);
  // Since 4.9 thread_info is the first member of task_struct; before, it lies at the bottom of the stack.
  const threadInfo = task.object.has('thread_info') ? task.address : task.object.pointer('stack');
  return {
    task,
    position: { index: same.indexOf(task) + 1, count: same.length },
    threadInfo,
    state: stateName(task),
    condition: conditionOf(kernel, task),
  };
}

function conditionOf(kernel: Kernel, task: Task): Context['condition'] {
  if (panicTask(kernel)?.task !== task) return task.active ? 'ACTIVE' : undefined;
  return /sysrq/i.test(panicMessage(kernel) ?? '') ? 'SYSRQ' : 'PANIC';
}

/** What `set` says, and the end of the banner; `indent` is how wide the names are. */
export function contextText({ task, position, threadInfo, state, condition }: Context, indent = 7): string {
  const line = (name: string, value: string | number) => `${name.padStart(indent)}: ${value}\n`;
  const several = position.count > 1 ? `  (${position.index} of ${position.count})` : '';
  return [
    line('PID', task.pid),
    line('COMMAND', `"${task.comm}"`),
    line('TASK', `${pointer(task.address)}${several}  [THREAD_INFO: ${pointer(threadInfo)}]`),
    line('CPU', task.cpu),
    line('STATE', `${state} ${condition ? `(${condition})` : ''}`),
  ].join('');
}

export const contextData = ({ task, threadInfo, state, condition }: Context) => ({
  pid: task.pid,
  command: task.comm,
  task: `0x${task.address.toString(16)}`,
  threadInfo: `0x${threadInfo.toString(16)}`,
  cpu: task.cpu,
  state,
  condition,
});
