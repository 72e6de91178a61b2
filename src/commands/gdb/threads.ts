import { SondeError } from '../../base/errors.ts';
import type { Session, SessionThread } from '../../session/session.ts';
import { threadText } from '../../session/threads.ts';
import { type Command, type CommandContext, textResult } from '../command.ts';
import { centreListing, frameLine } from './frameText.ts';

/** thread and its kin. */
export const threadCommands: readonly Command[] = [
  {
    name: 'thread',
    aliases: ['t'],
    group: 'running',
    summary: 'Use this command to switch between threads.',
    help: 'The new thread ID must be currently known.',
    completes: ['apply', 'find', 'name'],
    repeats: true,
    run: selectThread,
  },
  {
    name: 'thread apply',
    group: 'running',
    summary: 'Apply a command to a list of threads.',
    help: 'Usage: thread apply ID... [OPTION]... COMMAND\nID is a space-separated list of IDs of threads to apply COMMAND on.\nFLAG is -q (no thread lines), -c (print errors and go on) or -s (skip threads with errors).',
    completes: ['all'],
    repeats: true,
    run: (args, context) => applyToListed(args, context),
  },
  {
    name: 'thread apply all',
    group: 'running',
    summary: 'Apply a command to all threads.',
    help: 'Usage: thread apply all [OPTION]... COMMAND\n\n-ascending: in ascending order of thread numbers; -q, -c, -s as in "thread apply".',
    completes: 'command',
    repeats: true,
    run: (args, context) => applyToAll(args, context, 'thread apply all'),
  },
  {
    name: 'taas',
    group: 'running',
    summary: 'Apply a command to all threads (ignoring errors and empty output).',
    help: "Usage: taas [OPTION]... COMMAND\nShortcut for 'thread apply all -s [OPTION]... COMMAND'.",
    completes: 'command',
    run: (args, context) => {
      if (args === '') throw new SondeError('Please specify a command to apply on all threads');
      return applyToAll(`-s ${args}`, context, 'taas');
    },
  },
  {
    name: 'tfaas',
    group: 'running',
    summary: 'Apply a command to all frames of all threads (ignoring errors and empty output).',
    help: "Usage: tfaas [OPTION]... COMMAND\nShortcut for 'thread apply all -s -- frame apply all -s [OPTION]... COMMAND'.",
    completes: 'command',
    run: (args, context) => {
      if (args === '') throw new SondeError('Please specify a command to apply on all frames of all threads');
      return applyToAll(`-s -- frame apply all -s ${args}`, context, 'tfaas');
    },
  },
  {
    name: 'thread name',
    group: 'running',
    summary: "Set the current thread's name.",
    help: 'Usage: thread name [NAME]\nIf NAME is not given, then any existing name is removed.',
    completes: 'none',
    run: (args, { session }) => {
      const thread = session.selectedThread;
      if (!thread) throw new SondeError('No thread selected');
      thread.givenName = args === '' ? undefined : args;
    },
  },
  {
    name: 'thread find',
    group: 'running',
    summary: 'Find threads that match a regular expression.',
    help: 'Usage: thread find REGEXP\nWill display thread ids whose name, target ID, or extra info matches REGEXP.',
    completes: 'none',
    run: findThreads,
  },
  {
    name: 'info threads',
    group: 'status',
    summary: 'Display currently known threads.',
    help: 'Usage: info threads [OPTION]... [ID]...\nIf ID is given, it is a space-separated list of IDs of threads to display.\nOtherwise, all threads are displayed.',
    completes: 'none',
    run: listThreads,
  },
];

/** `Thread 0x7ffff7d8a740 (LWP 123)` */
function targetId(session: Session, thread: SessionThread): string {
  const { target } = session;
  return target ? threadText(thread, target, session.threads.length === 1) : `LWP ${thread.tid}`;
}

const namedTargetId = (session: Session, thread: SessionThread): string =>
  `${targetId(session, thread)}${thread.name === undefined ? '' : ` "${thread.name}"`}`;

function selectThread(args: string, context: CommandContext): void {
  const { session, emit } = context;
  const { selectedThread } = session;
  if (args === '') {
    if (!selectedThread) throw new SondeError('No thread selected');
    emit(textResult(`[Current thread is ${selectedThread.number} (${targetId(session, selectedThread)})]\n`));
    return;
  }
  const thread = threadById(args, session);
  session.selectedThread = thread;
  emit(textResult(`[Switching to thread ${thread.number} (${targetId(session, thread)})]${thread.running ? '(running)\n' : '\n'}`));
  const frame = session.innermostFrame;
  if (!frame) return;
  session.selectedFrame = frame;
  centreListing(session, frame);
  const text = frameLine(session, frame, { print: 'source and location', level: true });
  emit({ kind: 'frame', data: { thread: thread.number, level: 0 }, text: () => text });
}

function threadById(text: string, session: Session): SessionThread {
  const [, number] = /^(?:1\.)?(\d+)$/.exec(text.trim()) ?? [];
  const variable = /^\$(\w+)$/.exec(text.trim());
  const value = variable ? session.values.convenience(variable[1])?.bytes[0] : number;
  if (value === undefined) throw new SondeError(`Invalid thread ID: ${text}`);
  const thread = session.threads.find((one) => one.number === Number(value));
  if (!thread) throw new SondeError(`Unknown thread ${text}.`);
  return thread;
}

function listThreads(args: string, { session, emit }: CommandContext): void {
  const wanted = args === '' ? undefined : expandIds(args.split(/\s+/));
  const shown = session.threads.filter(({ number }) => !wanted || wanted.includes(number));
  if (shown.length === 0) {
    emit(textResult(args === '' ? 'No threads.\n' : `No threads match '${args}'.\n`));
    return;
  }
  const ids = shown.map((thread) => namedTargetId(session, thread));
  const width = Math.max(17, ...ids.map(({ length }) => length));
  const rows = shown.map((thread, index) => {
    const frame = session.innermostFrameOf(thread);
    const place = thread.running || !frame ? '(running)\n' : frameLine(session, frame, { print: 'location' });
    return `${thread === session.selectedThread ? '*' : ' '} ${String(thread.number).padEnd(4)} ${ids[index].padEnd(width)} ${place}`;
  });
  emit({
    kind: 'threads',
    data: shown.map(({ number, tid, name }) => ({ number, tid, name, selected: number === session.selectedThread?.number })),
    text: () => `  ${'Id'.padEnd(4)} ${'Target Id'.padEnd(width)} Frame \n${rows.join('')}`,
  });
}

function expandIds(words: readonly string[]): number[] {
  return words.flatMap((word) => {
    const [, from, to] = /^(?:1\.)?(\d+)(?:-(\d+))?$/.exec(word) ?? [];
    if (from === undefined) throw new SondeError(`Invalid thread ID: ${word}`);
    return Array.from({ length: Number(to ?? from) - Number(from) + 1 }, (_, index) => Number(from) + index);
  });
}

function findThreads(args: string, { session, emit }: CommandContext): void {
  if (args === '') throw new SondeError('Regular expression required.');
  let pattern: RegExp;
  try {
    pattern = new RegExp(args);
  } catch {
    throw new SondeError(`Invalid regexp: ${args}`);
  }
  let text = '';
  for (const thread of session.threads) {
    const targetName = thread.givenName === undefined ? thread.name : undefined;
    if (thread.givenName !== undefined && pattern.test(thread.givenName))
      text += `Thread ${thread.number} has name '${thread.givenName}'\n`;
    if (targetName !== undefined && pattern.test(targetName)) text += `Thread ${thread.number} has target name '${targetName}'\n`;
    const id = targetId(session, thread);
    if (pattern.test(id)) text += `Thread ${thread.number} has target id '${id}'\n`;
  }
  emit(textResult(text === '' ? `No threads match '${args}'\n` : text));
}

interface ApplyFlags {
  readonly quiet: boolean;
  readonly ascending: boolean;
  readonly onError: 'stop' | 'continue' | 'skip';
  readonly command: string;
}

function applyFlags(text: string): ApplyFlags {
  const flags = { quiet: false, ascending: false, onError: 'stop' as ApplyFlags['onError'], command: text.trim() };
  for (let flag = /^-(q|c|s|-|ascending)(?:\s+|$)/.exec(flags.command); flag; flag = /^-(q|c|s|-|ascending)(?:\s+|$)/.exec(flags.command)) {
    flags.command = flags.command.slice(flag[0].length);
    if (flag[1] === '-') break;
    if (flag[1] === 'q') flags.quiet = true;
    else if (flag[1] === 'ascending') flags.ascending = true;
    else flags.onError = flag[1] === 'c' ? 'continue' : 'skip';
  }
  return flags;
}

function applyToAll(args: string, context: CommandContext, name: string): Promise<void> {
  const flags = applyFlags(args);
  if (flags.command === '') throw new SondeError(`Please specify a command at the end of '${name}'`);
  const threads = [...context.session.threads];
  return apply(flags.ascending ? threads : threads.reverse(), flags, context);
}

async function applyToListed(args: string, context: CommandContext): Promise<void> {
  const { session } = context;
  if (args === '') throw new SondeError('Please specify a thread ID list');
  const [list] = /^((?:1\.)?\d+(-\d+)?(\s+|$))*/.exec(args) as RegExpExecArray;
  if (list === '') throw new SondeError(`Invalid thread ID: ${args}`);
  const flags = applyFlags(args.slice(list.length));
  if (flags.command === '') throw new SondeError('Please specify a command following the thread ID list');
  const threads: SessionThread[] = [];
  for (const number of expandIds(list.trim().split(/\s+/))) {
    const thread = session.threads.find((one) => one.number === number);
    if (thread) threads.push(thread);
    else session.emit({ kind: 'warning', text: `Unknown thread ${number}` });
  }
  await apply(threads, flags, context);
}

async function apply(threads: readonly SessionThread[], { quiet, onError, command }: ApplyFlags, context: CommandContext): Promise<void> {
  const { session, emit } = context;
  const before = { thread: session.selectedThread, frame: session.selectedFrame };
  try {
    for (const thread of threads) {
      if (!session.threads.includes(thread)) continue;
      session.selectedThread = thread;
      const heading = quiet ? '' : `\nThread ${thread.number} (${namedTargetId(session, thread)}):\n`;
      try {
        const text = await context.capture(command);
        if (onError !== 'skip' || text !== '') emit(textResult(heading + text));
      } catch (error) {
        if (!(error instanceof SondeError)) throw error;
        if (onError === 'skip') continue;
        emit(textResult(heading));
        if (onError === 'stop') throw error;
        emit(textResult(`${error.message}\n`));
      }
    }
  } finally {
    if (before.thread && session.threads.includes(before.thread)) {
      session.selectedThread = before.thread;
      session.selectedFrame = before.frame;
    }
  }
}
