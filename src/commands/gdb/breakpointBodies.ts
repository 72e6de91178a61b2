import { SondeError } from '../../base/errors.ts';
import type { Breakpoint } from '../../session/breakpoints.ts';
import type { Command, CommandContext } from '../command.ts';
import { textResult } from '../command.ts';
import { readBody } from './body.ts';
import { parseNumbers } from './numberList.ts';

/** What is executed when a breakpoint is hit. */
export const breakpointBodyCommands: readonly Command[] = [
  {
    name: 'commands',
    group: 'breakpoints',
    summary: 'Set commands to be executed when the given breakpoints are hit.',
    help: 'Give a space-separated breakpoint list as argument after "commands".\nWith no argument, the targeted breakpoint is the last one set.\nThe commands themselves follow starting on the next line.\nType a line containing "end" to indicate the end of them.\nGive "silent" as the first line to make the breakpoint silent;\nthen no output is printed when it is hit, except what the commands print.',
    completes: 'none',
    run: setCommands,
  },
];

async function setCommands(args: string, context: CommandContext): Promise<void> {
  const chosen = chosenBreakpoints(args, context);
  const numbers = args === '' ? String(chosen[0].number) : args;
  if (context.fromTerminal && process.stdin.isTTY)
    context.emit(textResult(`Type commands for breakpoint(s) ${numbers}, one per line.\nEnd with a line saying just "end".\n`));
  const lines = await readBody(context);
  for (const breakpoint of chosen) breakpoint.commands = lines;
}

function chosenBreakpoints(args: string, { session, emit }: CommandContext): Breakpoint[] {
  if (args === '') {
    const last = session.breakpoints.find(session.breakpoints.highest);
    if (!last) throw new SondeError('No breakpoints specified.');
    return [last];
  }
  const found: Breakpoint[] = [];
  for (const number of parseNumbers(args, 'breakpoint', session, (text) => session.emit({ kind: 'warning', text }))) {
    const breakpoint = session.breakpoints.find(number);
    if (breakpoint) found.push(breakpoint);
    else emit(textResult(`No breakpoint number ${number}.\n`));
  }
  if (found.length === 0) throw new SondeError('No breakpoints specified.');
  return found;
}
