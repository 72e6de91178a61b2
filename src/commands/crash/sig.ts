import { SondeError } from '../../base/errors.ts';
import { type Pending, type SignalAction, signalCount, type TaskSignals, taskSignals } from '../../kernel/signals.ts';
import type { Task } from '../../kernel/tasks.ts';
import { textResult } from '../command.ts';
import { type CrashCommand, type CrashContext, crashResult } from './command.ts';
import { parseOptions } from './options.ts';
import { tasksOrContext } from './taskSelection.ts';
import { taskData, taskHeader } from './taskText.ts';

export const sig: CrashCommand = {
  name: 'sig',
  summary: 'task signal handling',
  synopsis: '[[-l] | [-s sigset]] | [-g] [pid | taskp] ...',
  help: `What a task does at each signal, which it blocks, and which are pending for it alone and for its process.
  -g  the same for a whole thread group.
  -l  numbers and names of the signals.
  -s  names of the signals in a set, given in hexadecimal.`,
  run(args, context) {
    const options = parseOptions(args, 'ls:g');
    const set = options.value('s');
    if (options.has('l')) return context.emit(textResult(nameList(), 'signals'));
    if (set !== undefined) return context.emit(textResult(`${namesIn(set)}\n`, 'signals'));
    for (const task of tasksOrContext(context.session, options.rest)) (options.has('g') ? showGroup : show)(task, context);
  },
};

function show(task: Task, { emit }: CrashContext): void {
  const signals = taskSignals(task);
  const text = () => `${headText(task, signals)}${ownText(signals, '')}${pendingText('SHARED_PENDING', signals.shared, '')}\n`;
  emit(crashResult('signals', () => ({ ...taskData(task), ...signalsData(signals) }), text));
}

function showGroup(task: Task, { session, emit }: CrashContext): void {
  const group = session.kernel.tasks.filter(({ tgid }) => tgid === task.tgid).map((member) => ({ member, signals: taskSignals(member) }));
  const leader = group.find(({ member }) => member.pid === member.tgid) ?? group[0];
  const text = () => {
    const members = group.map(({ member, signals }) => `  ${taskHeader(member)}${ownText(signals, '  ')}\n`);
    return `${headText(leader.member, leader.signals)}${pendingText('SHARED_PENDING', leader.signals.shared, '')}\n${members.join('')}`;
  };
  emit(crashResult('signals', () => group.map(({ member, signals }) => ({ ...taskData(member), ...signalsData(signals) })), text));
}

const hexOf = (value: bigint): string => `0x${value.toString(16)}`;

const signalsData = (signals: TaskSignals) => ({
  signalStruct: hexOf(signals.signalStruct),
  threads: signals.threads,
  pending: signals.isPending,
  blocked: hexOf(signals.blocked),
  actions: signals.actions.map(({ signal, handler, mask, flags }) => ({
    signal: signalNames(signal)[0],
    handler: handlerName(handler),
    mask: hexOf(mask),
    flags: flagNames(flags),
  })),
  private: signals.private.queue.map(({ signal }) => signal),
  shared: signals.shared.queue.map(({ signal }) => signal),
});

const headText = (task: Task, { signalStruct, threads, actions }: TaskSignals): string =>
  `${taskHeader(task)}SIGNAL_STRUCT: ${signalStruct.toString(16)}  NR_THREADS: ${threads}
 SIG    SIGACTION        HANDLER       MASK       FLAGS           
${actions.map(actionLine).join('')}`;

function actionLine({ signal, address, handler, mask, flags }: SignalAction): string {
  const names = flagNames(flags);
  const flagText = flags === 0n ? '0 ' : `${flags.toString(16)} ${names.length > 0 ? `(${names.join('|')})` : ''}`;
  return `${`[${signal}]`.padStart(4)} ${address.toString(16)} ${handlerName(handler).padStart(10)} ${sixteen(mask)} ${flagText}\n`;
}

const handlerName = (handler: bigint): string => ({ 0: 'SIG_DFL', 1: 'SIG_IGN' })[String(handler)] ?? handler.toString(16);
const sixteen = (value: bigint): string => value.toString(16).padStart(16, '0');

const ownText = ({ isPending, blocked, private: own }: TaskSignals, indent: string): string =>
  `${indent}SIGPENDING: ${isPending ? 'yes' : 'no'}\n${indent}   BLOCKED: ${sixteen(blocked)}\n${pendingText('PRIVATE_PENDING', own, indent)}`;

function pendingText(title: string, { signals, queue }: Pending, indent: string): string {
  const entries = queue.map(({ signal, info }) => `${indent}            ${String(signal).padStart(3)}  ${info.toString(16)}\n`).join('');
  const queued = queue.length === 0 ? '(empty)\n' : `SIG  SIGINFO\n${entries}`;
  return `${indent}${title}\n${indent}    SIGNAL: ${sixteen(signals)}\n${indent}  SIGQUEUE: ${queued}`;
}

/** SA_* (include/uapi/asm-generic/signal-defs.h). */
const flags: readonly (readonly [bigint, string])[] = [
  [0x1n, 'SA_NOCLDSTOP'],
  [0x2n, 'SA_NOCLDWAIT'],
  [0x4000000n, 'SA_RESTORER'],
  [0x4n, 'SA_SIGINFO'],
  [0x8000000n, 'SA_ONSTACK'],
  [0x10000000n, 'SA_RESTART'],
  [0x40000000n, 'SA_NODEFER'],
  [0x80000000n, 'SA_RESETHAND'],
];
const flagNames = (value: bigint): string[] => flags.filter(([bit]) => value & bit).map(([, name]) => name);

/** x86's numbers 1 to 31 (arch/x86/include/uapi/asm/signal.h). */
const standard =
  'HUP INT QUIT ILL TRAP ABRT/IOT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT CHLD/CLD CONT STOP TSTP TTIN TTOU URG XCPU XFSZ VTALRM PROF WINCH IO/POLL PWR SYS/UNUSED'.split(
    ' ',
  );
const firstRealTime = 32;

function signalNames(signal: number): string[] {
  if (signal < firstRealTime) return standard[signal - 1].split('/').map((name) => `SIG${name}`);
  const fromFirst = signal - firstRealTime;
  const toLast = signalCount - signal;
  if (fromFirst <= 16) return [fromFirst === 0 ? 'SIGRTMIN' : `SIGRTMIN+${fromFirst}`];
  return [toLast === 0 ? 'SIGRTMAX' : `SIGRTMAX-${toLast}`];
}

const allSignals = Array.from({ length: signalCount }, (_, index) => index + 1);
const nameList = (): string => allSignals.map((signal) => `${`[${signal}]`.padStart(4)} ${signalNames(signal).join('/')}\n`).join('');

function namesIn(text: string): string {
  if (!/^(0x)?[0-9a-f]{1,16}$/i.test(text)) throw new SondeError(`invalid sigset value: ${text}`);
  const set = BigInt(`0x${text.replace(/^0x/i, '')}`);
  return allSignals
    .filter((signal) => (set >> BigInt(signal - 1)) & 1n)
    .map((signal) => signalNames(signal).join('/'))
    .join(' ');
}
