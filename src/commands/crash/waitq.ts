import { MemoryError, SondeError } from '../../base/errors.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import type { Task } from '../../kernel/tasks.ts';
import { addressOf } from './addressWord.ts';
import { type CrashCommand, crashResult, UsageError } from './command.ts';
import { pointer, taskData, taskHeader } from './taskText.ts';

/** More than ever wait for one thing. */
const most = 1 << 16;

export const waitq: CrashCommand = {
  name: 'waitq',
  summary: 'list tasks on a wait queue',
  synopsis: '[ symbol ] | [ struct.member struct_addr ] | [ address ]',
  help: 'The queue is named by its symbol, by a structure with its address and the member that it is, or by its address.',
  run(args, { session, emit }) {
    const { kernel } = session;
    const { name, address } = queueOf(args, kernel);
    const tasks = waiting(kernel, address);
    emit(
      crashResult(
        'wait queue',
        () => ({ queue: name, address: `0x${pointer(address)}`, tasks: tasks.map(taskData) }),
        () => (tasks.length === 0 ? `wait queue ${name} is empty\n` : tasks.map(taskHeader).join('')),
      ),
    );
  },
};

function queueOf(args: readonly string[], kernel: Kernel): { name: string; address: bigint } {
  const [word, at] = args;
  if (word === undefined || args.length > 2) throw new UsageError('');
  if (at !== undefined) {
    const [struct, ...members] = word.split('.');
    const member = members.join('.');
    const base = addressOf(kernel, at);
    if (base === undefined) throw new SondeError(`invalid address: ${at}`);
    if (!kernel.layouts.has(struct)) throw new SondeError(`invalid structure: ${struct}`);
    if (!kernel.layouts.has(struct, member)) throw new SondeError(`${member} is not a member of ${struct}`);
    const address = base + BigInt(kernel.layouts.offset(struct, member));
    return { name: pointer(address), address };
  }
  const address = addressOf(kernel, word);
  if (address === undefined) throw new SondeError(`cannot resolve "${word}"`);
  const shown = pointer(address);
  return { name: shown === word.replace(/^0x/, '') ? shown : `"${word}" (${shown})`, address };
}

/** Tasks of a wait_queue_head's entries: `private`, where what wakes them is the usual function (include/linux/wait.h; until 4.13 task_list). */
function waiting(kernel: Kernel, queue: bigint): Task[] {
  const { layouts } = kernel;
  const isNew = layouts.has('wait_queue_entry');
  const [head, struct, member] = isNew
    ? (['wait_queue_head', 'wait_queue_entry', 'entry'] as const)
    : (['__wait_queue_head', '__wait_queue', 'task_list'] as const);
  const list = queue + BigInt(layouts.offset(head, isNew ? 'head' : 'task_list'));
  const link = BigInt(layouts.offset(struct, member));
  const tasks: Task[] = [];
  let last = list;
  try {
    let count = 0;
    for (let at = kernel.word(list); at !== list && at !== 0n && count++ < most; at = kernel.word(at)) {
      last = at;
      const owner = kernel.object(struct, at - link).pointer('private');
      const task = kernel.tasks.find((candidate) => candidate.address === owner);
      if (task) tasks.push(task);
    }
  } catch (error) {
    if (!(error instanceof MemoryError)) throw error;
    throw new SondeError(`invalid kernel virtual address: ${last.toString(16)}  type: "list entry"`);
  }
  return tasks;
}
