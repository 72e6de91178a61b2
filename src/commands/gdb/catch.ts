import { SondeError } from '../../base/errors.ts';
import { signalByName, signalInfo } from '../../linux/signals.ts';
import { systemCallName, systemCallNumber } from '../../linux/systemCalls.ts';
import type { Breakpoint, CatchState } from '../../session/breakpoints.ts';
import type { Command, CommandContext } from '../command.ts';
import { breakpointResult } from './breakpoints.ts';
import { basicRegularExpression } from './regularExpression.ts';

interface Catcher {
  readonly event: string;
  readonly summary: string;
  make(args: string): { spec: string; catch: CatchState };
}

const plain = (event: 'fork' | 'vfork' | 'exec', summary: string): Catcher => ({
  event,
  summary,
  make: (args) => {
    if (args !== '') throw new SondeError('Junk at end of arguments.');
    return { spec: event, catch: { kind: event } };
  },
});

const library = (event: 'load' | 'unload', summary: string): Catcher => ({
  event,
  summary,
  make: (args) => ({
    spec: `${event} of library${args === '' ? '' : ` matching ${args}`}`,
    catch: { kind: event, pattern: basicRegularExpression(args) },
  }),
});

const catchers: readonly Catcher[] = [
  plain('fork', 'Catch calls to fork.'),
  plain('vfork', 'Catch calls to vfork.'),
  plain('exec', 'Catch calls to exec.'),
  library('load', 'Catch loads of shared libraries.'),
  library('unload', 'Catch unloads of shared libraries.'),
  { event: 'signal', summary: 'Catch signals by their names and/or numbers.', make: catchSignals },
  { event: 'syscall', summary: 'Catch system calls by their groups, names and/or numbers.', make: catchSystemCalls },
];

const command = (prefix: 'catch' | 'tcatch', disposition: Breakpoint['disposition'], { event, summary, make }: Catcher): Command => ({
  name: `${prefix} ${event}`,
  group: 'breakpoints',
  summary,
  completes: 'none',
  run: (args, { session, emit }: CommandContext) => {
    const breakpoint = session.breakpoints.add({ kind: 'catchpoint', disposition, ...make(args) });
    emit(breakpointResult(session, breakpoint));
  },
});

/** catch and tcatch. */
export const catchCommands: readonly Command[] = catchers.flatMap((catcher) => [
  command('catch', 'keep', catcher),
  command('tcatch', 'del', catcher),
]);

function catchSignals(args: string): { spec: string; catch: CatchState } {
  const words = args.split(/\s+/).filter((word) => word !== '');
  if (words.includes('all')) {
    if (words.length > 1) throw new SondeError("'all' cannot be caught with other signals");
    return { spec: '<any signal>', catch: { kind: 'signal', signals: [...Array(64)].map((_, index) => index + 1) } };
  }
  const found = words.map((word) => {
    const signal = signalByName(word) ?? (/^\d+$/.test(word) ? signalInfo(Number(word)) : undefined);
    if (!signal)
      throw new SondeError('Only signals 1-15 are valid as numeric signals.\nUse "info signals" for a list of symbolic signals.');
    return signal;
  });
  return { spec: found.map(({ name }) => name).join(' '), catch: { kind: 'signal', signals: found.map(({ number }) => number) } };
}

function catchSystemCalls(args: string): { spec: string; catch: CatchState } {
  const numbers = args
    .split(/\s+/)
    .filter((word) => word !== '')
    .map((word) => {
      const number = /^\d+$/.test(word) ? Number(word) : systemCallNumber(word);
      if (number === undefined) throw new SondeError(`Unknown syscall name '${word}'.`);
      return number;
    });
  return { spec: numbers.map(systemCallName).join(', '), catch: { kind: 'syscall', numbers } };
}
