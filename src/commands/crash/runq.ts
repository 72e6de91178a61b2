import { type RunQueue, runQueues } from '../../kernel/runQueues.ts';
import { lastRun, schedulerClock } from '../../kernel/taskDetails.ts';
import type { Task } from '../../kernel/tasks.ts';
import type { KernelSession } from '../../session/kernelSession.ts';
import { type CrashCommand, type CrashContext, crashResult } from './command.ts';
import { selectedCpus } from './cpuSelection.ts';
import { parseOptions } from './options.ts';
import { agoText } from './psViews.ts';
import { pointer, taskData } from './taskText.ts';

export const runq: CrashCommand = {
  name: 'runq',
  summary: 'run queue',
  synopsis: '[-t] [-T] [-m] [-g] [-c cpu(s)]',
  help: `Who runs on each CPU, and who waits to: by real-time priority, and fairly.
  -t  each CPU's clock, and when the task that runs began to.   -T  how far each clock is behind the latest.
  -m  for how long the task that runs has.   -g  by groups.   -d  all that are marked as queued.
  -c  only these CPUs.`,
  run(args, context) {
    const options = parseOptions(args, 'tTmgdc:');
    const { kernel } = context.session;
    const wanted = options.value('c');
    const cpus = wanted === undefined ? undefined : selectedCpus(kernel, wanted);
    const queues = runQueues(kernel).filter(({ cpu }) => !cpus || cpus.includes(cpu));
    if (options.has('T')) return showLags(queues, context);
    const view = views.find(({ letter }) => options.has(letter))?.view ?? show;
    queues.forEach((queue, index) => {
      view(queue, context, index);
    });
  },
};

type View = (queue: RunQueue, context: CrashContext, index: number) => void;

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

/** How long the running task has been at it: the run queue's clock less the time at which it was switched to. */
function showAge({ cpu, object, current }: RunQueue, { session, emit }: CrashContext): void {
  const task = taskAt(session, current);
  if (!task) return;
  const age = object.value('clock') - lastRun(task);
  emit(
    crashResult(
      'running for',
      () => ({ cpu, task: taskData(task), nanoseconds: String(age) }),
      () => ` CPU ${cpu}: [${agoText(age < 0n ? 0n : age)}]  ${taskText(task)}`,
    ),
  );
}

function showLags(queues: readonly RunQueue[], { emit }: CrashContext): void {
  const clocks = queues.map(({ cpu, object }) => ({ cpu, clock: object.value('clock') }));
  const latest = [...clocks].sort((a, b) => Number(b.clock - a.clock))[0]?.clock ?? 0n;
  const lags = clocks.map(({ cpu, clock }) => ({ cpu, seconds: Number(latest - clock) / 1e9 })).sort((a, b) => a.seconds - b.seconds);
  emit(
    crashResult(
      'clock lags',
      () => lags,
      () => lags.map(({ cpu, seconds }) => `  CPU ${cpu}: ${seconds.toFixed(2)} secs\n`).join(''),
    ),
  );
}

/** `-d`: tasks that say of themselves that they are on a run queue, each CPU's idle task first. */
function showQueued({ cpu }: RunQueue, { session, emit }: CrashContext, index: number): void {
  const queued = session.kernel.tasks.filter((task) => task.cpu === cpu && task.object.has('on_rq') && task.object.number('on_rq') === 1);
  emit(
    crashResult(
      'queued tasks',
      () => ({ cpu, tasks: queued.map(taskData) }),
      () => `${index > 0 ? '\n' : ''}CPU ${cpu}\n${queued.map((task) => `     [${priority(task)}] ${taskText(task)}`).join('')}`,
    ),
  );
}

const priority = (task: Task): string => String(task.object.number('prio')).padStart(3);

/** `-g`: the fair class by groups; the task that runs is no longer in the tree. */
function showGroups({ cpu, object, current, fair }: RunQueue, { session, emit }: CrashContext, index: number): void {
  const running = taskAt(session, current);
  const isFair = running !== undefined && running.pid !== 0 && running.object.number('prio') >= 100;
  const queued = fair.map((address) => taskAt(session, address)).filter((task) => task !== undefined);
  const lines = [
    ...(isFair ? [`     [${priority(running)}] ${taskText(running).trimEnd()} [CURRENT]\n`] : []),
    ...queued.map((task) => `     [${priority(task)}] ${taskText(task)}`),
  ];
  const group = session.kernel.findSymbol('root_task_group') ?? 0n;
  emit(
    crashResult(
      'task groups',
      () => ({ cpu, current: running && taskData(running), group: `0x${pointer(group)}`, fair: queued.map(taskData) }),
      () =>
        `${index > 0 ? '\n' : ''}CPU ${cpu}\n  CURRENT: ${running ? taskText(running) : `TASK: ${pointer(current)}\n`}  ROOT_TASK_GROUP: ${pointer(group)}  CFS_RQ: ${pointer(object.addressOf('cfs'))}\n${lines.length > 0 ? lines.join('') : '     [no tasks queued]\n'}`,
    ),
  );
}

const views: readonly { readonly letter: string; readonly view: View }[] = [
  { letter: 't', view: showClock },
  { letter: 'm', view: showAge },
  { letter: 'g', view: showGroups },
  { letter: 'd', view: showQueued },
];
