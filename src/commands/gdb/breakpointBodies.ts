import { SondeError } from '../../base/errors.ts';
import type { Breakpoint } from '../../session/breakpoints.ts';
import type { Command, CommandContext } from '../command.ts';
import { textResult } from '../command.ts';
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
  if (context.fromTerminal) context.emit(textResult(`Type commands for breakpoint(s) ${numbers}, one per line.\nEnd with a line saying just "end".\n`));
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

/** Up to the `end` that closes it; `if`, `while`, `python` and `commands` inside have their own. */
async function readBody(context: CommandContext): Promise<string[]> {
  const lines: string[] = [];
  for (let depth = 0; ; ) {
    const line = await context.readLine('>'.padStart(depth + 1));
    if (line === undefined) return lines;
    const text = line.trim();
    if (text === 'end') {
      if (depth === 0) return lines;
      depth--;
    } else if (opensBody(text)) depth++;
    if (text !== '') lines.push(text);
  }
}

const opensBody = (text: string): boolean => /^(if|while|commands|while-stepping|python|define|document)\b/.test(text);

/** As `info breakpoints` lists them: indented by their nesting. */
export function bodyText(lines: readonly string[]): string {
  let text = '';
  let depth = 4;
  for (const line of lines) {
    if (line === 'end' || line === 'else') depth--;
    text += `${'  '.repeat(depth)}${line}\n`;
    if (line === 'else' || opensBody(line)) depth++;
  }
  return text;
}
