import { SondeError } from '../../base/errors.ts';
import { uptimeSeconds } from '../../kernel/machine.ts';
import { lastRun, programStrings, type ResourceLimit, resourceLimits, schedulerClock, taskTimes } from '../../kernel/taskDetails.ts';
import type { Task } from '../../kernel/tasks.ts';
import { type CrashContext, crashResult } from './command.ts';
import { duration } from './duration.ts';
import { padded, taskData, taskHeader } from './taskText.ts';

/** `ps -p`: each task under its parents. */
export function parents(tasks: readonly Task[], { session, emit }: CrashContext): void {
  const byPid = new Map(session.kernel.tasks.toReversed().map((task) => [task.pid, task]));
  for (const task of tasks) {
    const line = [task];
    // A damaged dump may have tasks that are their own parents.
    for (let at = task; at.pid !== 0 && line.length < 1024; ) {
      const parent = byPid.get(at.parentPid);
      if (!parent || line.includes(parent)) break;
      line.unshift(parent);
      at = parent;
    }
    const text = () => `${line.map((ancestor, depth) => ' '.repeat(depth) + taskHeader(ancestor)).join('')}\n`;
    emit(crashResult('parents', () => line.map(taskData), text));
  }
}

/** `ps -c`. */
export const children = (tasks: readonly Task[], context: CrashContext): void =>
  related(tasks, context, 'children', (task, other) => other !== task && other.parentPid === task.pid && other.address !== task.address);

/** `ps -g`. */
export function threadGroups(tasks: readonly Task[], context: CrashContext): void {
  const leaders = new Set(tasks.map(({ tgid }) => context.session.kernel.tasks.find(({ pid }) => pid === tgid)));
  const known = [...leaders].filter((task): task is Task => task !== undefined);
  related(known, context, 'threads', (task, other) => other !== task && other.tgid === task.tgid);
}

function related(
  tasks: readonly Task[],
  { session, emit }: CrashContext,
  what: 'children' | 'threads',
  belongs: (task: Task, other: Task) => boolean,
): void {
  for (const task of tasks) {
    const others = session.kernel.tasks.filter((other) => belongs(task, other));
    const text = () => {
      const lines = others.length > 0 ? others.map((other) => `  ${taskHeader(other)}`).join('') : `  (no ${what})\n`;
      return `${taskHeader(task)}${lines}\n`;
    };
    emit(crashResult(what, () => ({ ...taskData(task), [what]: others.map(taskData) }), text));
  }
}

/** `ps -t`: the oldest first. */
export function times(tasks: readonly Task[], { session, emit }: CrashContext): void {
  const uptime = uptimeSeconds(session.kernel);
  const timed = tasks.map((task) => ({ task, ...taskTimes(task) })).sort((a, b) => Number(a.started - b.started));
  for (const { task, started, user, system } of timed) {
    const running = uptime - Number(started / 1_000_000_000n);
    const text = () => `${taskHeader(task)}    RUN TIME: ${duration(running)}
  START TIME: ${started}
       UTIME: ${user}
       STIME: ${system}

`;
    emit(crashResult('times', () => ({ ...taskData(task), started: String(started), user: String(user), system: String(system) }), text));
  }
}

/** `ps -a`. */
export function argumentStrings(tasks: readonly Task[], { emit }: CrashContext): void {
  for (const task of tasks) {
    let found: ReturnType<typeof programStrings> | undefined;
    let problem = '';
    try {
      found = programStrings(task);
    } catch (error) {
      if (!(error instanceof SondeError)) throw error;
      problem = `ps: ${task.mm ? 'cannot access user stack address' : error.message}\n\n`;
    }
    const text = () =>
      found
        ? `${taskHeader(task)}ARG: ${found.args.map((arg) => `${arg} `).join('')}\nENV: ${found.environment.join('\n     ')}\n\n`
        : taskHeader(task) + problem;
    emit(crashResult('arguments', () => ({ ...taskData(task), ...found }), text));
  }
}

/** `ps -r`. */
export function limits(tasks: readonly Task[], { emit }: CrashContext): void {
  for (const task of tasks) {
    const found = resourceLimits(task);
    const text = () => `${taskHeader(task)}      RLIMIT     CURRENT       MAXIMUM  \n${found.map(limitLine).join('')}\n`;
    const amount = (value: bigint | undefined) => (value === undefined ? 'unlimited' : String(value));
    const rows = () => found.map(({ name, current, maximum }) => ({ name, current: amount(current), maximum: amount(maximum) }));
    emit(crashResult('limits', () => ({ ...taskData(task), limits: rows() }), text));
  }
}

const limitLine = ({ name, current, maximum }: ResourceLimit): string =>
  `${padded(name, 12)}   ${amountText(current)} ${amountText(maximum)}\n`;
const amountText = (value: bigint | undefined): string => centred(value === undefined ? '(unlimited)' : String(value), 13);

/** An odd blank goes to the right, as crash has it. */
function centred(text: string, width: number): string {
  const left = Math.max(0, (width - text.length) >> 1);
  return (' '.repeat(left) + text).padEnd(width);
}

/** `ps -S`. */
export function states(tasks: readonly Task[], { emit }: CrashContext): void {
  const counts = new Map<string, number>();
  for (const { state } of tasks) counts.set(state, (counts.get(state) ?? 0) + 1);
  emit(
    crashResult(
      'states',
      () => Object.fromEntries(counts),
      () => [...counts].map(([state, count]) => `  ${state}: ${count}\n`).join(''),
    ),
  );
}

/** `ps -l` and `ps -m`: who ran last; by CPU with `-C`. */
export function activity(
  tasks: readonly Task[],
  { session, emit }: CrashContext,
  { sinceThen, cpus }: { sinceThen: boolean; cpus: readonly number[] | undefined },
): void {
  const stamped = tasks.map((task) => ({ task, at: lastRun(task) })).sort((a, b) => (a.at < b.at ? 1 : a.at > b.at ? -1 : 0));
  const clocks = new Map<number, bigint>();
  const ago = ({ task, at }: (typeof stamped)[number]): bigint => {
    const clock = clocks.get(task.cpu) ?? schedulerClock(session.kernel, task.cpu);
    clocks.set(task.cpu, clock);
    return clock > at ? clock - at : 0n;
  };
  const width = stamped.reduce((longest, { at }) => Math.max(longest, String(at).length), 0);
  const line = (entry: (typeof stamped)[number]): string => {
    const when = sinceThen ? agoText(ago(entry)) : padded(String(entry.at), width);
    return `[${when}] [${entry.task.state}]  ${taskHeader(entry.task)}`;
  };
  const data = (entry: (typeof stamped)[number]) => ({
    ...taskData(entry.task),
    state: entry.task.state,
    lastRun: String(entry.at),
    ago: String(ago(entry)),
  });
  const groups = cpus ? cpus.map((cpu) => ({ cpu, entries: stamped.filter(({ task }) => task.cpu === cpu) })) : undefined;
  const text = () =>
    groups ? groups.map(({ cpu, entries }) => `CPU: ${cpu}\n${entries.map(line).join('')}`).join('\n') : stamped.map(line).join('');
  emit(
    crashResult(
      'activity',
      () => (groups ? groups.map(({ cpu, entries }) => ({ cpu, tasks: entries.map(data) })) : stamped.map(data)),
      text,
    ),
  );
}

/** `DAYS HH:MM:SS.mmm`. */
export function agoText(nanoseconds: bigint): string {
  const milliseconds = nanoseconds / 1_000_000n;
  const part = (unit: bigint, modulus: bigint, width: number) => String((milliseconds / unit) % modulus).padStart(width, '0');
  return `${milliseconds / 86_400_000n} ${part(3_600_000n, 24n, 2)}:${part(60_000n, 60n, 2)}:${part(1000n, 60n, 2)}.${part(1n, 1000n, 3)}`;
}
