import { SondeError } from '../../base/errors.ts';
import { type Backtrace, backtraceFrom, backtraceOf } from '../../kernel/backtrace.ts';
import { panicTask } from '../../kernel/panic.ts';
import type { KernelFrame } from '../../kernel/stackUnwind.ts';
import { currentTask, type Task } from '../../kernel/tasks.ts';
import type { KernelSession } from '../../session/kernelSession.ts';
import type { FrameStyle } from './backtraceText.ts';
import { exceptionStacks, overflows } from './btStacks.ts';
import { allText, exceptionFrames, frames, possibleFrames, rawStack, type StackViewMaker, usedText } from './btViews.ts';
import { type CrashCommand, type CrashContext, crashResult } from './command.ts';
import { selectedCpus } from './cpuSelection.ts';
import { functionAt } from './functionText.ts';
import { type Parsed, parseOptions } from './options.ts';
import { taskNamed, tasksNamed } from './taskSelection.ts';
import { pointer, taskData, taskHeader } from './taskText.ts';
import { userFrames } from './userFrames.ts';
import { namedWords } from './wordText.ts';

export const bt: CrashCommand = {
  name: 'bt',
  summary: 'backtrace',
  synopsis: `[-a|-c cpu(s)|-g|-r|-t|-T|-l|-e|-E|-f|-F|-o|-O|-v|-p|-u] [-R ref] [-s [-x|d]]
   [-I ip] [-S sp] [-n idle] [pid | task]`,
  help: `Shows what a task is doing in the kernel, innermost function first: the selected task, or those that are named. A task that runs is shown from
its CPU's registers; one that is in user mode has only those.

  -a       the tasks that run on each CPU.       -c 0,2-3  on these CPUs.     -n idle  idle tasks without their stacks.
  -g       all threads of the task's group.      -p        the task that panicked.
  -u       goes on into the user program: its functions, arguments and source lines (sonde's own).
  -f       what is on the stack in each frame.   -F        the same with names where there are any; -FF with addresses too.
  -s       offsets into functions; -x hexadecimal, -d decimal.
  -l       source lines, where the kernel's debug file is known.
  -R ref   only if the stack has this function or address.
  -S sp    from this place on the stack, -I ip from this address of code.

Instead of the backtrace:
  -r       the stack's words.
  -t       every address of code on the stack from where it is used; -T on all of it.
  -o       as a backtrace, old return addresses among the present ones; -O makes that the usual one, or no longer.
  -e       all that looks like registers saved on the stack; -E on the interrupt and exception stacks of each CPU.
  -v       tasks whose stack has overflowed.`,
  run(args, context) {
    const options = parseOptions(args, 'ac:AgrtTleEfFoOvpuR:sxdI:S:n:');
    const { kernel } = context.session;
    const cpuWords = options.value('c');
    const cpus = cpuWords === undefined ? undefined : selectedCpus(kernel, cpuWords);
    if (options.has('E')) return exceptionStacks(cpus, context);
    if (options.has('v')) return overflows(context);
    if (options.has('O')) return toggleGuesses(context);
    const unsupported = options.has('A') ? 'A' : options.has('n') && options.value('n') !== 'idle' ? 'n' : undefined;
    if (unsupported) throw new SondeError(`-${unsupported} option not supported or applicable on this architecture or kernel`);
    const style = frameStyle(options, context);
    const view = views.find(({ letter }) => options.has(letter))?.view ?? (context.session.guessesFrames ? possibleFrames : frames);
    let isFirst = true;
    for (const task of selectedTasks(options, cpus, context.session)) {
      const trace = traceFor(task, options, context);
      if (!refersTo(options.value('R'), trace, context.session)) continue;
      const blank = isFirst ? '' : '\n';
      isFirst = false;
      const isSkipped = options.has('n') && task.pid === 0;
      const user = options.has('u') && task.mm ? userFrames(context.session, task, trace.frames.length) : undefined;
      const { data, text } = view(kernel, task, trace, style);
      context.emit(
        crashResult(
          'backtrace',
          () => ({ ...taskData(task), ...(isSkipped ? {} : (data() as object)), ...(user && { user: user.data }) }),
          () => blank + taskHeader(task) + (isSkipped ? '' : text()) + (user?.text ?? ''),
        ),
      );
    }
  },
};

function toggleGuesses({ session, emit }: CrashContext): void {
  session.guessesFrames = !session.guessesFrames;
  emit({
    kind: 'setting',
    data: session.guessesFrames,
    text: () => `bt: use ${session.guessesFrames ? 'old' : 'new'} bt method by default\n`,
  });
}

/** What is shown instead of frames, the strongest first. */
const views: readonly { readonly letter: string; readonly view: StackViewMaker }[] = [
  { letter: 'r', view: rawStack },
  { letter: 'e', view: exceptionFrames },
  { letter: 'T', view: allText },
  { letter: 't', view: usedText },
  { letter: 'o', view: possibleFrames },
];

/** One by one: those before a word that names no task are shown. */
function* selectedTasks(options: Parsed, cpus: readonly number[] | undefined, session: KernelSession): Iterable<Task> {
  const { kernel } = session;
  if (options.has('p')) {
    const panicked = panicTask(kernel);
    if (!panicked) throw new SondeError('no panic task found!');
    yield panicked.task;
    return;
  }
  if (options.has('a') || cpus) {
    // Not only those online: a panic takes the others off.
    for (const cpu of cpus ?? selectedCpus(kernel, 'all')) {
      const address = currentTask(kernel, cpu);
      yield* kernel.tasks.filter((task) => task.address === address);
    }
    return;
  }
  const words = options.rest.length > 0 ? options.rest : [pointer(session.context.address)];
  for (const word of words) {
    const task = taskNamed(session, word);
    // Tasks are in order of pid, so that the leader comes first.
    yield* options.has('g') ? kernel.tasks.filter(({ tgid }) => tgid === task.tgid) : tasksNamed(session, word);
  }
}

function traceFor(task: Task, options: Parsed, { session }: CrashContext): Backtrace {
  const [sp, ip] = ['S', 'I'].map((letter) => addressOption(options.value(letter)));
  return sp === undefined && ip === undefined ? backtraceOf(session.kernel, task) : backtraceFrom(session.kernel, task, { sp, ip });
}

function addressOption(text: string | undefined): bigint | undefined {
  if (text === undefined) return undefined;
  if (!/^(0x)?[0-9a-f]{1,16}$/i.test(text)) throw new SondeError(`invalid input: "${text}"`);
  return BigInt(`0x${text.replace(/^0x/i, '')}`);
}

/** Is a function, or a return address, on the stack? */
function refersTo(reference: string | undefined, trace: Backtrace, { kernel }: KernelSession): boolean {
  if (reference === undefined) return true;
  const value = /^(0x)?[0-9a-f]+$/i.test(reference) ? BigInt(`0x${reference.replace(/^0x/i, '')}`) : undefined;
  const isMeant = ({ ip, saved, interrupted }: KernelFrame) =>
    value === undefined ? functionAt(kernel, ip, !interrupted).name === reference : ip === value || saved?.get('ip') === value;
  return trace.frames.some(isMeant);
}

function frameStyle(options: Parsed, { session }: CrashContext): FrameStyle {
  const radix = options.has('x') ? 16 : options.has('d') ? 10 : session.radix;
  const { kernel } = session;
  const symbolic = options.given.filter(({ letter }) => letter === 'F').length;
  const lineText = (ip: bigint) => {
    const found = session.lineAt(ip);
    return found && `${found.file}: ${found.line}`;
  };
  return {
    offsets: options.has('s'),
    radix,
    word: options.has('F') ? namedWords(kernel, radix, { addresses: symbolic > 1 }) : options.has('f') ? pointer : undefined,
    line: options.has('l') ? lineText : undefined,
  };
}
