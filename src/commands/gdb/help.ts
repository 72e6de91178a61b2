import { SondeError } from '../../base/errors.ts';
import { type Command, type CommandContext, type CommandGroup, QuitRequest, textResult } from '../command.ts';
import { complete } from '../completion.ts';
import { commandLines, helpFooter, namesOf, subcommandList } from '../registry.ts';
import { readScript } from './support.ts';

/** Classes of commands as `help` lists them. */
const groups: readonly (readonly [CommandGroup, string])[] = [
  ['aliases', 'User-defined aliases of other commands.'],
  ['breakpoints', 'Making program stop at certain points.'],
  ['data', 'Examining data.'],
  ['files', 'Specifying and examining files.'],
  ['internals', 'Maintenance commands.'],
  ['obscure', 'Obscure features.'],
  ['running', 'Running the program.'],
  ['stack', 'Examining the stack.'],
  ['status', 'Status inquiries.'],
  ['support', 'Support facilities.'],
  ['text-user-interface', 'TUI is the GDB text based interface.'],
  ['user-defined', 'User-defined commands.'],
];

/** help, apropos, quit, source: what is about sonde itself. */
export const helpCommands: readonly Command[] = [
  { name: 'help', aliases: ['h'], group: 'support', summary: 'Print list of commands.', completes: 'command', run: help },
  {
    name: 'apropos',
    group: 'support',
    summary: 'Search for commands matching a REGEXP.',
    help: 'Usage: apropos [-v] REGEXP\nFlag -v indicates to produce a verbose output, showing full documentation\nof the matching commands.',
    completes: 'none',
    run: apropos,
  },
  {
    name: 'quit',
    aliases: ['q', 'exit'],
    group: 'support',
    summary: 'Exit gdb.',
    help: "Usage: quit [EXPR]\nThe optional expression EXPR, if present, is evaluated and the result\nused as GDB's exit code.  The default is zero.",
    completes: 'expression',
    run: quit,
  },
  {
    name: 'source',
    group: 'support',
    summary: 'Read commands from a file named FILE.',
    help: 'Usage: source [-s] [-v] FILE\n-s: search for the script in the source search path,\n    even if FILE contains directories.\n-v: each command in FILE is echoed as it is executed.',
    completes: 'file',
    run: source,
  },
  {
    name: 'show version',
    group: 'status',
    summary: 'Show what version of GDB this is.',
    completes: 'none',
    run: (_, { emit }) => emit(textResult('sonde 0.1.0\n')),
  },
  {
    name: 'complete',
    group: 'support',
    summary: 'List the completions for the rest of the line as a command.',
    completes: 'command',
    run: listCompletions,
  },
];

function help(args: string, { registry, emit }: CommandContext): void {
  if (args === '') {
    const list = groups.map(([name, text]) => `${name} -- ${text}`).join('\n');
    emit(
      textResult(
        `List of classes of commands:\n\n${list}\n\nType "help" followed by a class name for a list of commands in that class.\nType "help all" for the list of all commands.\nType "help" followed by command name for full documentation.\n${helpFooter}`,
      ),
    );
    return;
  }
  const group = groups.find(([name]) => name === args);
  if (args === 'all') {
    for (const [name, text] of groups)
      emit(
        textResult(`\nCommand class: ${name}\n\n${text}\n\n${commandLines(registry.commands.filter((command) => command.group === name))}`),
      );
    return;
  }
  if (group) {
    const commands = registry.commands.filter((command) => command.group === group[0] && !command.name.includes(' '));
    emit(
      textResult(
        `${group[1]}\n\nList of commands:\n\n${commandLines(commands)}\nType "help" followed by command name for full documentation.\n${helpFooter}`,
      ),
    );
    return;
  }
  const command = registry.find(args)?.command;
  if (!command) return;
  const names = namesOf(command).join(', ');
  const title = names === command.name ? '' : `${names}\n`;
  const body = `${title}${command.summary}${command.help ? `\n${command.help}` : ''}\n`;
  const more = registry.under(command.name).length > 0 ? `\n${subcommandList(registry, command.name)}` : '';
  emit(textResult(body + more, 'help'));
}

function apropos(args: string, { registry, emit }: CommandContext): void {
  const verbose = /^-v\s+/.test(args);
  const pattern = args.replace(/^-v\s+/, '');
  if (pattern === '') throw new SondeError('REGEXP string is empty');
  let expression: RegExp;
  try {
    expression = new RegExp(pattern, 'i');
  } catch {
    throw new SondeError('Error in regular expression');
  }
  const found = registry.commands.filter(({ name, aliases, summary, help: text }) =>
    [name, ...(aliases ?? []), summary, text ?? ''].some((part) => expression.test(part)),
  );
  const lines = [...found]
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map((command) => {
      const names = [command.name, ...(command.aliases ?? [])].join(', ');
      return verbose ? `${names}\n${command.summary}\n${command.help ?? ''}\n\n` : `${names} -- ${command.summary}\n`;
    });
  emit(textResult(lines.join('')));
}

async function quit(args: string, { session, query }: CommandContext): Promise<void> {
  const status = args === '' ? undefined : Number(BigInt.asIntN(32, await session.evaluateAddress(args))) & 0xff;
  const { live } = session;
  if (live) {
    const fate = live.attached ? 'detached' : 'killed';
    const question = `A debugging session is active.\n\n\tInferior 1 [process ${live.pid}] will be ${fate}.\n\nQuit anyway? `;
    if (!(await query(question))) throw new SondeError('Not confirmed.');
  }
  throw new QuitRequest(status);
}

async function source(args: string, { runScript, session, emit, fromTerminal }: CommandContext): Promise<void> {
  const verbose = /(^|\s)-v(\s|$)/.test(args);
  const path = args.replace(/(^|\s)-[sv](?=\s|$)/g, '').trim();
  if (path === '') throw new SondeError('source command requires file name of file to source.');
  const script = readScript(path);
  if ('problem' in script) {
    // A script that asks for another goes on without it.
    if (fromTerminal) throw new SondeError(`${path}: ${script.problem}.`);
    emit({ ...textResult(`warning: ${path}: ${script.problem}\n`, 'warning'), stream: 'stderr' });
    return;
  }
  const traced = session.settings.boolean('trace-commands');
  if (verbose) session.settings.set('trace-commands', true);
  try {
    await runScript(script.lines, path);
  } finally {
    session.settings.set('trace-commands', traced);
  }
}

function listCompletions(args: string, { session, registry, emit }: CommandContext): void {
  const { words, from } = complete(session, registry, args);
  const limit = session.settings.number('max-completions');
  const shown = words.slice(0, limit).map((word) => args.slice(0, from) + word);
  const more = words.length > limit ? `${args} *** List may be truncated, max-completions reached. ***\n` : '';
  emit({ kind: 'completions', data: shown, text: () => shown.map((line) => `${line}\n`).join('') + more });
}
