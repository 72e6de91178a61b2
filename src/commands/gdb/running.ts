import { hex } from '../../base/address.ts';
import { SondeError } from '../../base/errors.ts';
import { signalByName, signalName } from '../../linux/signals.ts';
import { findLocations } from '../../session/breakpointLocations.ts';
import { breakpointsOf } from '../../session/events.ts';
import type { Session } from '../../session/session.ts';
import { type Command, type CommandContext, textResult } from '../command.ts';
import { ignoreText } from './breakpointState.ts';
import { integerArgument } from './frameSpec.ts';
import { frameLine } from './frameText.ts';

type StepKind = 'step' | 'next' | 'stepi' | 'nexti';

const stepCommand = (name: StepKind, alias: string, summary: string, help: string): Command => ({
  name,
  aliases: [alias],
  group: 'running',
  summary,
  help,
  completes: 'expression',
  needs: ['process'],
  repeats: true,
  run: async (args, { session }) => {
    const count = args === '' ? 1 : await integerArgument(session, args);
    if (count > 0) await session.control.step(name, count);
  },
});

/** Everything that lets a stopped process go on. */
export const runningCommands: readonly Command[] = [
  {
    name: 'continue',
    aliases: ['c', 'fg'],
    group: 'running',
    summary: 'Continue program being debugged, after signal or breakpoint.',
    help: "Usage: continue [N]\nIf proceeding from breakpoint, a number N may be given as an argument,\nwhich means to set the ignore count of that breakpoint to N - 1 (so that\nthe breakpoint won't break until the Nth time it is reached).",
    completes: 'expression',
    needs: ['process'],
    repeats: true,
    run: proceed,
  },
  stepCommand(
    'step',
    's',
    'Step program until it reaches a different source line.',
    'Usage: step [N]\nArgument N means step N times (or till program stops for another reason).',
  ),
  stepCommand(
    'next',
    'n',
    'Step program, proceeding through subroutine calls.',
    'Usage: next [N]\nUnlike "step", if the current source line calls a subroutine,\nthis command does not enter the subroutine, but instead steps over\nthe call, in effect treating it as a single source line.',
  ),
  stepCommand(
    'stepi',
    'si',
    'Step one instruction exactly.',
    'Usage: stepi [N]\nArgument N means step N times (or till program stops for another reason).',
  ),
  stepCommand(
    'nexti',
    'ni',
    'Step one instruction, but proceed through subroutine calls.',
    'Usage: nexti [N]\nArgument N means step N times (or till program stops for another reason).',
  ),
  {
    name: 'finish',
    aliases: ['fin'],
    group: 'running',
    summary: 'Execute until selected stack frame returns.',
    help: 'Usage: finish\nUpon return, the value returned is printed and put in the value history.',
    completes: 'none',
    needs: ['process'],
    repeats: true,
    run: finish,
  },
  {
    name: 'until',
    aliases: ['u'],
    group: 'running',
    summary: 'Execute until past the current line or past a LOCATION.',
    help: 'Execute until the program reaches a source line greater than the current\nor a specified location (same args as break command) within the current frame.',
    completes: 'location',
    needs: ['process'],
    repeats: true,
    run: async (args, { session }) => {
      if (args === '') await session.control.untilNextLine();
      else await runTo(args, session);
    },
  },
  {
    name: 'advance',
    group: 'running',
    summary: 'Continue the program up to the given location (same form as args for break command).',
    help: 'Execution will also stop upon exit from the current stack frame.',
    completes: 'location',
    needs: ['process'],
    repeats: true,
    run: async (args, { session }) => {
      if (args === '') throw new SondeError('Argument required (a location).');
      await runTo(args, session);
    },
  },
  {
    name: 'jump',
    aliases: ['j'],
    group: 'running',
    summary: 'Continue program being debugged at specified line or address.',
    help: 'Usage: jump LOCATION\nGive as argument either LINENUM or *ADDR, where ADDR is an expression\nfor an address to start at.',
    completes: 'location',
    needs: ['process'],
    run: jump,
  },
  {
    name: 'signal',
    group: 'running',
    summary: 'Continue program with the specified signal.',
    help: 'Usage: signal SIGNAL\nThe SIGNAL argument is processed the same as the handle command.\n\nAn argument of "0" means continue the program without sending it a signal.\nThis is useful in cases where the program stopped because of a signal,\nand you want to resume the program while discarding the signal.',
    completes: 'none',
    needs: ['process'],
    run: continueWithSignal,
  },
];

async function proceed(args: string, context: CommandContext): Promise<void> {
  const { session } = context;
  let text = '';
  if (args !== '') {
    const count = await integerArgument(session, args);
    const { lastStop } = session.control;
    const reached = lastStop ? breakpointsOf(lastStop.reason) : [];
    // A software watchpoint has looked at every stop, and gdb counts that.
    const hit = session.breakpoints.all.filter(
      (breakpoint) => reached.includes(breakpoint) || (breakpoint.kind === 'watchpoint' && breakpoint.enabled),
    );
    for (const breakpoint of hit) {
      breakpoint.ignoreCount = Math.max(0, count - 1);
      text += `${ignoreText(breakpoint.number, breakpoint.ignoreCount)}  `;
    }
    if (hit.length === 0) text = 'Not stopped at any breakpoint; argument ignored.\n';
  }
  if (context.fromTerminal) context.emit(textResult(`${text}Continuing.\n`));
  await session.control.continue();
}

async function finish(args: string, { session, emit, query, fromTerminal }: CommandContext): Promise<void> {
  if (args !== '') throw new SondeError('The "finish" command does not take any arguments.');
  const frame = session.requireFrame();
  if (!frame.older) throw new SondeError('"finish" not meaningful in the outermost frame.');
  if (fromTerminal && frame.kind !== 'inline' && frame.function?.doesNotReturn) {
    const question = `warning: Function ${frame.function.name} does not return normally.\nTry to finish anyway? `;
    if (!(await query(question))) throw new SondeError('Not confirmed.');
  }
  if (fromTerminal) emit(textResult(`Run till exit from ${frameLine(session, frame, { print: 'location', level: true })}`));
  await session.control.finish(frame);
}

async function runTo(args: string, session: Session): Promise<void> {
  const frame = session.requireFrame();
  await session.control.runTo(
    findLocations(session, args).map(({ address }) => address),
    frame,
  );
}

async function jump(args: string, context: CommandContext): Promise<void> {
  const { session } = context;
  if (args === '') throw new SondeError('Argument required (starting address).');
  const found = findLocations(session, args);
  if (found.length !== 1) throw new SondeError(`Unreasonable jump request`);
  const [{ address, line }] = found;
  const here = session.program.functionAt(session.requireFrame().pc);
  const there = session.program.functionAt(address);
  if (here && there !== here && !(await context.query(`Line ${line} is not in \`${here.name}'.  Jump anyway? `)))
    throw new SondeError('Not confirmed.');
  if (context.fromTerminal) context.emit(textResult(`Continuing at ${hex(address)}.\n`));
  await session.control.jump(address);
}

async function continueWithSignal(args: string, { session, emit, fromTerminal }: CommandContext): Promise<void> {
  if (args === '') throw new SondeError('Argument required (signal number).');
  const signal = await signalNumber(args, session);
  if (fromTerminal) emit(textResult(signal === 0 ? 'Continuing with no signal.\n' : `Continuing with signal ${signalName(signal)}.\n`));
  await session.control.continue(signal);
}

async function signalNumber(text: string, session: Session): Promise<number> {
  const known = signalByName(text) ?? signalByName(`SIG${text}`);
  if (known) return known.number;
  const number = await integerArgument(session, text);
  if (number === 0) return 0;
  if (number < 1 || number > 15)
    throw new SondeError('Only signals 1-15 are valid as numeric signals.\nUse "info signals" for a list of symbolic signals.');
  return number;
}
