import { SondeError } from '../../base/errors.ts';
import type { Task } from '../../kernel/tasks.ts';
import type { KernelSession } from '../../session/kernelSession.ts';
import { type CrashCommand, type CrashContext, crashResult, UsageError } from './command.ts';
import { type Parsed, parseOptions } from './options.ts';
import { tasksMatching } from './taskSelection.ts';
import { pointer, taskData, taskHeader } from './taskText.ts';

/** The commands that speak of one task, and which flags each takes here. */
const keywords: Readonly<
  Record<string, { readonly flags: string /** Does not say itself which task it speaks of. */; readonly header?: true }>
> = {
  bt: { flags: 'rtTleRfFosxd' },
  vm: { flags: 'pvmRdx' },
  task: { flags: 'Rdx' },
  files: { flags: 'cR' },
  net: { flags: 'sSRdx' },
  set: { flags: '', header: true },
  ps: { flags: 'Gspctlagry' },
  sig: { flags: 'g' },
  vtop: { flags: 'cuk', header: true },
};

const filters: Readonly<Record<string, (task: Task) => boolean>> = {
  kernel: ({ mm }) => !mm,
  user: ({ mm }) => mm !== undefined,
  gleader: ({ mm, pid, tgid }) => mm !== undefined && pid === tgid,
  active: ({ active }) => active,
};

const states = new Set(['RU', 'IN', 'UN', 'ST', 'ZO', 'TR', 'SW', 'DE', 'WA', 'PA', 'ID', 'NE']);

export const foreach: CrashCommand = {
  name: 'foreach',
  summary: 'display command data for multiple tasks in the system',
  synopsis: `[[pid | taskp | name | state | [kernel | user | gleader]] ...]
         command [flag] [argument]`,
  help: `Runs commands for many tasks, for all if none are selected. The selected task stays.

  pid, taskp, name  these tasks; a name that is also a command of foreach is written with a backslash before it, and may be an extended regular
                    expression within '.
  state             tasks in this state: RU, IN, UN, ST, ZO, TR, SW, DE, WA, PA, ID, NE.
  kernel, user      threads of the kernel, of programs.
  gleader           of programs only the first thread.
  active            tasks that run on a CPU.

The commands, with the flags they take here: bt -r -t -T -l -e -R -f -F -o -s -x -d, vm -p -v -m -R -d -x, task -R -d -x, files -c -R,
net -s -S -R -d -x, set, ps -G -s -p -c -t -l -a -g -r -y, sig -g, vtop -c -u -k.`,
  async run(args, context) {
    const options = parseOptions(args, 'R:y:rtTleEfFosSxdvpmcgGukah');
    if (options.rest.length === 0) throw new UsageError('');
    const { names, tasks, rest } = understood(context.session, options.rest);
    if (names.includes('bt') && options.has('g')) throw new SondeError('bt -g option is not supported when issued from foreach');
    if (names.includes('ps')) await run('ps', [...flagsFor('ps', options), ...tasks.map(({ address }) => pointer(address))], context);
    const selected = context.session.context;
    const perTask = names.filter((name) => name !== 'ps');
    try {
      for (const [index, task] of tasks.entries()) {
        context.session.context = task;
        for (const name of perTask) {
          const separated = index === 0 && name === perTask[0] ? context : beginningWithBlankLine(context);
          if (keywords[name].header) separated.emit(headerResult(task));
          await run(name, [...flagsFor(name, options), ...rest], separated);
        }
      }
    } finally {
      context.session.context = selected;
    }
  },
};

/** What the words say: commands, tasks, and what follows the commands. */
function understood(session: KernelSession, words: readonly string[]): { names: string[]; tasks: Task[]; rest: string[] } {
  const names: string[] = [];
  const chosen: ((task: Task) => boolean)[] = [];
  const named = new Set<Task>();
  const wantedStates = new Set<string>();
  const rest: string[] = [];
  for (const word of words) {
    if (Object.hasOwn(keywords, word)) names.push(word);
    else if (names.length > 0) rest.push(word);
    else if (Object.hasOwn(filters, word)) chosen.push(filters[word]);
    else if (states.has(word)) wantedStates.add(word);
    else for (const task of known(session, word)) named.add(task);
  }
  if (names.length === 0) throw new SondeError('no keywords specified');
  const tasks = session.kernel.tasks.filter(
    (task) =>
      chosen.every((isChosen) => isChosen(task)) &&
      (named.size === 0 || named.has(task)) &&
      (wantedStates.size === 0 || wantedStates.has(task.state)),
  );
  return { names, tasks, rest };
}

function known(session: KernelSession, word: string): Task[] {
  const tasks = tasksMatching(session, word);
  if (tasks.length === 0) throw new SondeError(`unknown argument: "${word}"`);
  return tasks;
}

/** The given flags that a command takes here. */
const flagsFor = (name: string, { given }: Parsed): string[] =>
  given
    .filter(({ letter }) => keywords[name].flags.includes(letter))
    .flatMap(({ letter, value }) => (value === '' ? [`-${letter}`] : [`-${letter}`, value]));

/** Another command, as if it had been typed; its error is said and the next task goes on. */
async function run(name: string, args: readonly string[], context: CrashContext): Promise<void> {
  const command = context.commands.find((candidate) => candidate.name === name);
  if (!command) throw new SondeError(`${name}: command not found`);
  try {
    await command.run(args, { ...context, calledAs: name });
  } catch (error) {
    if (!(error instanceof SondeError)) throw error;
    context.emit({ kind: 'error', data: error.message, text: () => `${name}: ${error.message}\n`, stream: 'stderr' });
  }
}

/** What is emitted next begins with a blank line. */
function beginningWithBlankLine(context: CrashContext): CrashContext {
  let isFirst = true;
  const emit: CrashContext['emit'] = (result) => {
    const blank = isFirst ? '\n' : '';
    isFirst = false;
    context.emit({
      kind: result.kind,
      get data() {
        return result.data;
      },
      text: () => blank + result.text(),
      stream: result.stream,
    });
  };
  return { ...context, emit };
}

const headerResult = (task: Task) =>
  crashResult(
    'task',
    () => taskData(task),
    () => taskHeader(task),
  );
