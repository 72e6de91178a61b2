import { type RunQueue, runQueues } from '../../kernel/runQueues.ts';
import { lastRun, schedulerClock } from '../../kernel/taskDetails.ts';
import type { Task } from '../../kernel/tasks.ts';
import type { KernelSession } from '../../session/kernelSession.ts';
import { type CrashCommand, type CrashContext, crashResult } from './command.ts';
import { selectedCpus } from './cpuSelection.ts';
import { parseOptions } from './options.ts';
import { pointer, taskData } from './taskText.ts';

export const runq: CrashCommand = {
  name: 'runq',
  summary: 'run queue',
  synopsis: '[-t] [-c cpu(s)]',
  help: `Who runs on each CPU, and who waits to: by real-time priority, and fairly.
  -t  each CPU's clock, and when the task that runs began to.
  -c  only these CPUs.`,
  run(args, context) {
    const options = parseOptions(args, 'tc:');
    const { kernel } = context.session;
    const wanted = options.value('c');
    const cpus = wanted === undefined ? undefined : selectedCpus(kernel, wanted);
    const queues = runQueues(kernel).filter(({ cpu }) => !cpus || cpus.includes(cpu));
    for (const queue of queues) (options.has('t') ? showClock : show)(queue, context);
  },
};

const taskAt = ({ kernel }: KernelSession, address: bigint): Task | undefined => kernel.tasks.find((task) => task.address === address);

const taskText = (task: Task): string => `PID: ${String(task.pid).padEnd(6)} TASK: ${pointer(task.address)}  COMMAND: "${task.comm}"\n`;

function show({ cpu, object, current, realTime, fair }: RunQueue, { session, emit }: CrashContext): void {
  const tasks = (addresses: readonly bigint[]) => addresses.map((address) => taskAt(session, address)).filter((task) => task !== undefined);
  const running = taskAt(session, current);
  const queued = (list: readonly Task[]): string =>
    list.length === 0
      ? '     [no tasks queued]\n'
      : list.map((task) => `     [${String(task.object.number('prio')).padStart(3)}] ${taskText(task)}`).join('');
  const text = () =>
    `CPU ${cpu} RUNQUEUE: ${pointer(object.address)}
  CURRENT: ${running ? taskText(running) : `TASK: ${pointer(current)}\n`}  RT PRIO_ARRAY: ${pointer(object.addressOf('rt.active'))}
${queued(tasks(realTime))}  CFS RB_ROOT: ${pointer(object.addressOf('cfs.tasks_timeline'))}
${queued(tasks(fair))}
`;
  const data = () => ({
    cpu,
    runqueue: `0x${object.address.toString(16)}`,
    current: running && taskData(running),
    realTime: tasks(realTime).map(taskData),
    fair: tasks(fair).map(taskData),
  });
  emit(crashResult('run queue', data, text));
}

function showClock({ cpu, current }: RunQueue, { session, emit }: CrashContext): void {
  const clock = schedulerClock(session.kernel, cpu);
  const digits = String(clock).length;
  const tasks = [taskAt(session, current)].filter((task) => task !== undefined);
  const line = (task: Task) => `        ${String(lastRun(task)).padStart(digits, '0')}  ${taskText(task)}`;
  emit(
    crashResult(
      'run queue clock',
      () => ({ cpu, clock: String(clock), tasks: tasks.map((task) => ({ ...taskData(task), lastRun: String(lastRun(task)) })) }),
      () => ` CPU ${cpu}: ${clock}\n${tasks.map(line).join('')}`,
    ),
  );
}
