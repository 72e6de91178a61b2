import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SondeError } from '../../base/errors.ts';
import { type Command, type CommandContext, textResult } from '../command.ts';
import { runShell } from './shell.ts';

/** Commands about other commands: pipe, with, alias, dont-repeat, show commands. */
export const wrapperCommands: readonly Command[] = [
  {
    name: 'pipe',
    aliases: ['|'],
    group: 'support',
    summary: 'Send the output of a gdb command to a shell command.',
    help: 'Usage: | [COMMAND] | SHELL_COMMAND\nUsage: | -d DELIM COMMAND DELIM SHELL_COMMAND\nUsage: pipe [COMMAND] | SHELL_COMMAND\nUsage: pipe -d DELIM COMMAND DELIM SHELL_COMMAND\n\nExecutes COMMAND and sends its output to SHELL_COMMAND.\n\nThe -d option indicates to use the string DELIM to separate COMMAND\nfrom SHELL_COMMAND, in alternative to |.  This is useful in\ncase COMMAND contains a | character.\n\nWith no COMMAND, repeat the last executed command\nand send its output to SHELL_COMMAND.',
    completes: 'command',
    run: pipe,
  },
  {
    name: 'with',
    aliases: ['w'],
    group: 'data',
    summary: 'Temporarily set SETTING to VALUE, run COMMAND using the setting.',
    help: 'Usage: with SETTING [VALUE] [-- COMMAND]\nUsage: w SETTING [VALUE] [-- COMMAND]\nWith no COMMAND, repeats the last executed command.\n\nSETTING is any setting you can change with the "set" subcommands.\nE.g.:\n  with language pascal -- print obj\n  with print pretty -- print obj',
    completes: 'command',
    run: withSetting,
  },
  {
    name: 'alias',
    group: 'support',
    summary: 'Define a new command that is an alias of an existing command.',
    help: 'Usage: alias [-a] [--] ALIAS = COMMAND [DEFAULT-ARGS...]\nALIAS is the name of the alias command to create.\nCOMMAND is the command being aliased to.\n\nOptions:\n  -a\n    Specify that ALIAS is an abbreviation of COMMAND.\n    Abbreviations are not used in command completion.',
    completes: 'command',
    run: alias,
  },
  {
    name: 'dont-repeat',
    group: 'support',
    summary: "Don't repeat this command.",
    help: 'Primarily used inside of user-defined commands that should not be repeated when\nhitting return.',
    completes: 'none',
    run: (_, { forget }) => forget(),
  },
  {
    name: 'show commands',
    group: 'status',
    summary: 'Show the history of commands you typed.',
    help: "You can supply a command number to start with, or a `+' to start after\nthe previous command number shown.",
    completes: 'none',
    run: showCommands,
  },
];

/** The command's whole output is there before the shell command starts: the inferior can't be held up by a reader. */
async function pipe(args: string, context: CommandContext): Promise<void> {
  const { line, shell } = splitPipe(args);
  const output = await context.capture(line === '' ? previous(context) : line);
  const folder = mkdtempSync(join(tmpdir(), 'sonde-pipe-'));
  try {
    const file = join(folder, 'output');
    writeFileSync(file, output);
    runShell(`exec <'${file}'\n${shell}`, context);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function splitPipe(args: string): { line: string; shell: string } {
  const option = /^-d(?:\s+(\S+)\s*|\s*$)/.exec(args);
  if (option && option[1] === undefined) throw new SondeError('-d requires an argument');
  const delimiter = option?.[1] ?? '|';
  const text = option ? args.slice(option[0].length) : args;
  if (text === '') throw new SondeError('Missing COMMAND');
  const at = text.indexOf(delimiter);
  if (at < 0) throw new SondeError('Missing delimiter before SHELL_COMMAND');
  const shell = text.slice(at + delimiter.length).trim();
  if (shell === '') throw new SondeError('Missing SHELL_COMMAND');
  return { line: text.slice(0, at).trim(), shell };
}

async function withSetting(args: string, context: CommandContext): Promise<void> {
  const { registry, session, execute } = context;
  if (args === '') throw new SondeError('Missing arguments.');
  const [assignment, line = previous(context)] = args.split(/(?:^|\s+)--(?:\s+([\s\S]*)|$)/, 2);
  const found = registry.find(`set ${assignment}`);
  const name = found?.command.name.replace(/^set ?/, '') ?? '';
  if (!session.settings.find(name)) throw new SondeError(`Undefined set command: "${assignment.split(/\s/)[0]}".  Try "help set".`);
  const saved = session.settings.get(name);
  session.settings.setFromText(name, found?.args ?? '');
  try {
    await execute(line);
  } finally {
    session.settings.set(name, saved);
  }
}

function previous({ previousLine }: CommandContext): string {
  if (!previousLine) throw new SondeError('No previous command to relaunch');
  return previousLine;
}

function alias(args: string, { registry }: CommandContext): void {
  const match = /^(?:-a\s+)?(?:--\s+)?([^=]*?)\s*=\s*(\S.*)$/.exec(args);
  if (!match?.[1]) throw new SondeError('Usage: alias [-a] [--] ALIAS = COMMAND [DEFAULT-ARGS...]');
  const [, name, text] = match;
  if (!/^[A-Za-z0-9_.-]+( [A-Za-z0-9_.-]+)*$/.test(name)) throw new SondeError(`Invalid command name: ${name}`);
  const found = registry.find(text);
  if (!found) throw new SondeError(`Invalid command to alias to: ${text}`);
  if (registry.has(name)) throw new SondeError(`Alias already exists: ${name}`);
  const { command, args: given } = found;
  registry.add({
    ...command,
    name,
    aliases: undefined,
    group: 'aliases',
    run: (more, context) => command.run(`${given} ${more}`.trim(), context),
  });
}

/** Ten lines that end with the last, or that are around a number, or that follow those shown before. */
function showCommands(args: string, { typedLines, emit, session }: CommandContext): void {
  const shown = 10;
  const all = typedLines;
  let first = all.length - shown;
  if (args === '+') first = nextShown.get(session) ?? first;
  else if (args !== '') first = Number.parseInt(args, 10) - 1 - shown / 2;
  first = Math.max(0, Math.min(first, all.length - shown));
  const lines = all.slice(first, first + shown).map((line, index) => `${String(first + index + 1).padStart(5)}  ${line}\n`);
  nextShown.set(session, first + shown);
  emit(textResult(lines.join(''), 'commands'));
}

const nextShown = new WeakMap<object, number>();
