import { SondeError } from '../../base/errors.ts';
import { type SignalInfo, signalByName, signalInfo } from '../../linux/signals.ts';
import type { Session } from '../../session/session.ts';
import type { SignalHandling } from '../../session/signalTable.ts';
import { type Command, type CommandContext, textResult } from '../command.ts';

/** handle and info signals. */
export const signalCommands: readonly Command[] = [
  {
    name: 'handle',
    group: 'running',
    summary: 'Specify how to handle signals.',
    help: 'Usage: handle SIGNAL [ACTIONS]\nArgs are signals and actions to apply to those signals.\nIf no actions are specified, the current settings for the specified signals\nwill be displayed instead.\n\nSymbolic signals (e.g. SIGSEGV) are recommended but numeric signals\nfrom 1-15 are allowed for compatibility with old versions of GDB.\nNumeric ranges may be specified with the form LOW-HIGH (e.g. 1-5).\nThe special arg "all" is recognized to mean all signals except those\nused by the debugger, typically SIGTRAP and SIGINT.\n\nRecognized actions include "stop", "nostop", "print", "noprint",\n"pass", "nopass", "ignore", or "noignore".',
    completes: 'none',
    run: handle,
  },
  {
    name: 'info signals',
    aliases: ['info handle'],
    group: 'status',
    summary: 'What debugger does when program gets various signals.',
    help: 'Specify a signal as argument to print info on that signal only.',
    completes: 'none',
    run: showSignals,
  },
];

const header = 'Signal        Stop\tPrint\tPass to program\tDescription\n';

function row(session: Session, { name, description }: SignalInfo): string {
  const { stop, print, pass } = session.signals.of(name);
  const yesNo = (value: boolean): string => (value ? 'Yes' : 'No');
  return `${name.padEnd(13)} ${yesNo(stop)}\t${yesNo(print)}\t${yesNo(pass)}\t\t${description}\n`;
}

function showSignals(args: string, { session, emit }: CommandContext): void {
  if (args !== '') {
    const signal = signalByName(args) ?? numbered(args);
    if (!signal) {
      emit(textResult(header));
      throw new SondeError(
        /^\d+$/.test(args)
          ? 'Only signals 1-15 are valid as numeric signals.\nUse "info signals" for a list of symbolic signals.'
          : `No symbol "${args}" in current context.`,
      );
    }
    emit(textResult(header + row(session, signal)));
    return;
  }
  const rows = session.signals.all.map((signal) => row(session, signal)).join('');
  emit(textResult(`${header}\n${rows}\nUse the "handle" command to change these tables.\n`));
}

const numbered = (text: string): SignalInfo | undefined =>
  /^\d+$/.test(text) && Number(text) >= 1 && Number(text) <= 15 ? signalInfo(Number(text)) : undefined;

/** What an action changes; abbreviations need so many letters at least. */
const actions: readonly { readonly name: string; readonly least: number; readonly change: Partial<SignalHandling> }[] = [
  { name: 'stop', least: 1, change: { stop: true, print: true } },
  { name: 'ignore', least: 1, change: { pass: false } },
  { name: 'print', least: 2, change: { print: true } },
  { name: 'pass', least: 2, change: { pass: true } },
  { name: 'nostop', least: 3, change: { stop: false } },
  { name: 'noignore', least: 3, change: { pass: true } },
  { name: 'noprint', least: 4, change: { print: false, stop: false } },
  { name: 'nopass', least: 4, change: { pass: false } },
];

/** The debugger's own: `all` leaves them alone, and changing them is asked about. */
const ownSignals: ReadonlySet<string> = new Set(['SIGTRAP', 'SIGINT']);

async function handle(args: string, context: CommandContext): Promise<void> {
  const { session, emit } = context;
  if (args === '') throw new SondeError('Argument required (signal to handle).');
  const chosen = new Set<SignalInfo>();
  const changes: Partial<SignalHandling>[] = [];
  for (const word of args.split(/\s+/)) {
    const action = actions.find(({ name, least }) => word.length >= least && name.startsWith(word));
    if (action) changes.push(action.change);
    else for (const signal of await signalsNamed(word, context)) chosen.add(signal);
  }
  for (const { name } of chosen) Object.assign(session.signals.of(name), ...changes);
  if (chosen.size === 0 || !context.fromTerminal) return;
  const shown = session.signals.all.filter((signal) => chosen.has(signal));
  emit(textResult(header + shown.map((signal) => row(session, signal)).join('')));
}

async function signalsNamed(word: string, context: CommandContext): Promise<SignalInfo[]> {
  const { session } = context;
  if (word === 'all') return session.signals.all.filter(({ name }) => !ownSignals.has(name));
  const [, from, to] = /^(\d+)(?:-(\d+))?$/.exec(word) ?? [];
  if (from !== undefined) {
    const [low, high] = [Number(from), Number(to ?? from)].sort((a, b) => a - b);
    if (low < 1 || high > 15)
      throw new SondeError('Only signals 1-15 are valid as numeric signals.\nUse "info signals" for a list of symbolic signals.');
    return session.signals.all.filter(({ number, name }) => number >= low && number <= high && (low === high || !ownSignals.has(name)));
  }
  const signal = signalByName(word);
  if (!signal) throw new SondeError(`Unrecognized or ambiguous flag word: "${word}".`);
  if (ownSignals.has(word) && !(await context.query(`${word} is used by the debugger.\nAre you sure you want to change it? `))) {
    context.emit(textResult('Not confirmed, unchanged.\n'));
    return [];
  }
  return [signal];
}
