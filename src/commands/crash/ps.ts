import { residentPages } from '../../kernel/memoryMap.ts';
import type { Task } from '../../kernel/tasks.ts';
import type { KernelSession } from '../../session/kernelSession.ts';
import { type CrashCommand, crashResult } from './command.ts';
import { parseOptions } from './options.ts';
import { taskNamed } from './taskSelection.ts';
import { padded, pointer } from './taskText.ts';

export const ps: CrashCommand = {
  name: 'ps',
  summary: 'display process status information',
  synopsis: '[-k|-u|-G|-y policy] [-s] [-p|-c|-t|-[l|m][-C cpu]|-a|-g|-r|-S|-A|-H]\n   [pid | task | command] ...',
  run(args, { session, emit }) {
    const options = parseOptions(args, 'kuG');
    const named = options.rest.length > 0 ? options.rest.map((word) => taskNamed(session, word)) : session.kernel.tasks;
    const tasks = named.filter(
      (task) => (!options.has('k') || !task.mm) && (!options.has('u') || task.mm) && (!options.has('G') || task.pid === task.tgid),
    );
    emit(
      crashResult(
        'tasks',
        () => tasks.map((task) => ({ ...describe(session, task) })),
        () => heading + tasks.map((task) => line(session, task)).join(''),
      ),
    );
  },
};

const heading = '      PID    PPID  CPU       TASK        ST  %MEM      VSZ      RSS  COMM\n';

function describe(_session: KernelSession, task: Task) {
  const virtual = task.mm ? task.mm.number('total_vm') * 4 : 0;
  const resident = task.mm ? Number(residentPages(task.mm)) * 4 : 0;
  return { ...task, virtual, resident };
}

function line(session: KernelSession, task: Task): string {
  const { virtual, resident } = describe(session, task);
  const share = ((resident * 100) / 500000).toFixed(1);
  const name = task.mm ? task.comm : `[${task.comm}]`;
  return `${task.active ? '>' : ' '} ${padded(task.pid, 7)} ${padded(task.parentPid, 7)} ${padded(task.cpu, 3)}  ${pointer(task.address)}  ${task.state} ${padded(share, 5)} ${padded(virtual, 8)} ${padded(resident, 8)}  ${name}\n`;
}
