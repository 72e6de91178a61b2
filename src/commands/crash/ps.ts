import { SondeError } from '../../base/errors.ts';
import { presentPages } from '../../kernel/machine.ts';
import { residentPages } from '../../kernel/memoryMap.ts';
import { schedulingPolicy, stackPointer } from '../../kernel/taskDetails.ts';
import type { Task } from '../../kernel/tasks.ts';
import type { KernelSession } from '../../session/kernelSession.ts';
import { type CrashCommand, type CrashContext, crashResult } from './command.ts';
import { selectedCpus } from './cpuSelection.ts';
import { type Parsed, parseOptions } from './options.ts';
import { activity, argumentStrings, children, limits, parents, states, threadGroups, times } from './psViews.ts';
import { tasksMatching } from './taskSelection.ts';
import { padded, pointer } from './taskText.ts';

export const ps: CrashCommand = {
  name: 'ps',
  summary: 'display process status information',
  synopsis: `[-k|-u|-G|-y policy] [-s] [-p|-c|-t|-[l|m][-C cpu]|-a|-g|-r|-S|-A|-H]
   [pid | task | command] ...`,
  help: `Without arguments every task is shown: pid, parent's pid, the CPU that it ran on last, address of its task_struct, state, share of
memory, virtual and resident size in kilobytes, command. A task is named by its pid, the address of its task_struct, its command's name,
or an extended regular expression within '.

  -k  only kernel threads.              -u  only tasks of user programs.
  -G  only leaders of thread groups.    -y  only tasks of these scheduling policies: -y FIFO,RR or -y 1,2.
  -A  only the task running on each CPU.
  -s  kernel stack pointer instead of the task_struct.
  -H  no heading.

Instead of the table:
  -p  parents.    -c  children.    -g  thread groups.    -t  times.    -r  resource limits.
  -a  arguments and environment.   -S  how many tasks are in each state.
  -l  when each task ran last, -m how long that is ago; -C 0,2-3 by CPU.`,
  run(args, context) {
    const options = parseOptions(args, 'kuGy:spctlmC:agrSAH');
    const cpuText = options.value('C');
    const cpus = cpuText === undefined ? undefined : selectedCpus(context.session.kernel, cpuText);
    const words = options.rest;
    if (cpus && !options.has('l') && !options.has('m')) throw new SondeError('-C option is only applicable with -l and -m');
    if (cpus && words.length > 0) throw new SondeError('-C option is not applicable with specified tasks');
    const all = words.length === 0 ? context.session.kernel.tasks : words.flatMap((word) => tasksMatching(context.session, word));
    const tasks = all.filter(selection(options));
    const view = options.given.map(({ letter }) => views[letter]).find((candidate) => candidate !== undefined);
    if (view) view(tasks, context);
    else if (options.has('l') || options.has('m')) activity(tasks, context, { sinceThen: options.has('m'), cpus });
    else table(tasks, context, options);
  },
};

const views: Readonly<Record<string, (tasks: readonly Task[], context: CrashContext) => void>> = {
  p: parents,
  c: children,
  t: times,
  a: argumentStrings,
  g: threadGroups,
  r: limits,
  S: states,
};

function selection(options: Parsed): (task: Task) => boolean {
  const policies = options.value('y')?.split(',').map(policyNumber);
  return (task) =>
    (!options.has('k') || !task.mm) &&
    (!options.has('u') || task.mm !== undefined) &&
    (!options.has('G') || task.pid === task.tgid) &&
    (!options.has('A') || task.active) &&
    (!policies || policies.includes(schedulingPolicy(task)));
}

/** By number (include/uapi/linux/sched.h). */
const policyNames = ['NORMAL', 'FIFO', 'RR', 'BATCH', 'ISO', 'IDLE', 'DEADLINE'];

function policyNumber(word: string): number {
  const number = /^\d+$/.test(word) ? Number(word) : policyNames.indexOf(word.toUpperCase());
  if (number < 0 || number >= policyNames.length) throw new SondeError(`${word}: invalid scheduling policy`);
  return number;
}

function table(tasks: readonly Task[], { session, emit }: CrashContext, options: Parsed): void {
  const column = options.has('s') ? '    KSTACKP      ' : '     TASK        ';
  const heading = `      PID    PPID  CPU  ${column}ST  %MEM      VSZ      RSS  COMM\n`;
  const rows = rowMaker(session);
  emit(
    crashResult(
      'tasks',
      () => tasks.map(rows.data),
      () => (options.has('H') ? '' : heading) + tasks.map((task) => rows.text(task, options.has('s'))).join(''),
    ),
  );
}

/** Sizes are in kilobytes. */
function rowMaker({ kernel }: KernelSession) {
  const memory = presentPages(kernel);
  const groups = new Map<number, Task[]>();
  for (const task of kernel.tasks) groups.set(task.tgid, [...(groups.get(task.tgid) ?? []), task]);
  const residents = new Map<bigint, number>();
  const resident = ({ mm, tgid }: Task): number => {
    if (!mm) return 0;
    const known = residents.get(mm.address);
    if (known !== undefined) return known;
    const pages = residentPages(
      mm,
      (groups.get(tgid) ?? []).map(({ object }) => object),
    );
    residents.set(mm.address, pages);
    return pages;
  };
  const sizes = (task: Task) => ({
    virtual: task.mm ? task.mm.number('total_vm') * 4 : 0,
    resident: resident(task) * 4,
    share: Number(((resident(task) * 100) / memory).toFixed(1)),
  });
  return {
    data: (task: Task) => ({
      pid: task.pid,
      ppid: task.parentPid,
      cpu: task.cpu,
      task: `0x${task.address.toString(16)}`,
      state: task.state,
      active: task.active,
      ...sizes(task),
      command: task.comm,
    }),
    text: (task: Task, stack: boolean): string => {
      const { virtual, resident, share } = sizes(task);
      const name = task.mm ? task.comm : `[${task.comm}]`;
      const address = !stack ? pointer(task.address) : task.active ? '       --       ' : pointer(stackPointer(task));
      const ids = `${task.active ? '>' : ' '} ${padded(task.pid, 7)} ${padded(task.parentPid, 7)} ${padded(task.cpu, 3)}`;
      return `${ids}  ${address}  ${task.state} ${padded(share.toFixed(1), 5)} ${padded(virtual, 8)} ${padded(resident, 8)}  ${name}\n`;
    },
  };
}
