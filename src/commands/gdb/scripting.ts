import { SondeError } from '../../base/errors.ts';
import { isTrue } from '../../evaluate/scalars.ts';
import { type Command, type CommandContext, LoopExit, textResult } from '../command.ts';
import { bodyText, readBody, splitElse } from './body.ts';

/** gdb's own little language: define, document, if, while. */
export const scriptingCommands: readonly Command[] = [
  {
    name: 'define',
    group: 'support',
    summary: 'Define a new command name.  Command name is argument.',
    help: 'Definition appears on following lines, one command per line.\nEnd with a line of just "end".\nUse the "document" command to give documentation for the new command.\nCommands defined in this way may accept an unlimited number of arguments\naccessed via "$arg0" .. "$argN".  "$argc" tells how many arguments have\nbeen passed.',
    completes: 'command',
    repeats: false,
    run: define,
  },
  {
    name: 'document',
    group: 'support',
    summary: 'Document a user-defined command.',
    help: 'Give command name as argument.  Give documentation on following lines.\nEnd with a line of just "end".',
    completes: 'command',
    repeats: false,
    run: document,
  },
  {
    name: 'if',
    group: 'support',
    summary: 'Execute nested commands once IF the conditional expression is non zero.',
    help: "The conditional expression must follow the word `if' and must in turn be\nfollowed by a new line.  The nested commands must be entered one per line,\nand should be terminated by the word 'else' or `end'.  If an else clause\nis used, the same rules apply to its nested commands as to the first ones.",
    completes: 'expression',
    repeats: false,
    run: conditional,
  },
  {
    name: 'while',
    group: 'support',
    summary: 'Execute nested commands WHILE the conditional expression is non zero.',
    help: "The conditional expression must follow the word `while' and must in turn be\nfollowed by a new line.  The nested commands must be entered one per line,\nand should be terminated by the word `end'.",
    completes: 'expression',
    repeats: false,
    run: loop,
  },
  { name: 'loop_break', group: 'support', summary: 'Break out of a "while" loop.', completes: 'none', run: () => leaveLoop('break') },
  {
    name: 'loop_continue',
    group: 'support',
    summary: 'Continue with the next iteration of a "while" loop.',
    completes: 'none',
    run: () => leaveLoop('continue'),
  },
  {
    name: 'show user',
    group: 'status',
    summary: 'Show definitions of non-python/scheme user defined commands.',
    completes: 'command',
    run: showUser,
  },
];

const leaveLoop = (how: 'break' | 'continue'): never => {
  throw new LoopExit(how);
};

/** Bodies of the commands that users defined, by name. */
const definitions = new Map<string, readonly string[]>();
const deepest = 1024;
let depth = 0;

async function define(name: string, context: CommandContext): Promise<void> {
  const { registry, fromTerminal, emit } = context;
  if (name === '') throw new SondeError('Argument required (name of command to define).');
  if (!/^[A-Za-z_][\w.-]*( [A-Za-z_][\w.-]*)*$/.test(name))
    throw new SondeError(`Junk in argument list: "${name.replace(/^[\w.-]*/, '').trimStart()}"`);
  const known = registry.commands.find((command) => command.name === name);
  if (known && fromTerminal) {
    const question = known.group === 'user-defined' ? `Redefine command "${name}"? ` : `Really redefine built-in command "${name}"? `;
    if (!(await context.query(question))) throw new SondeError(`Command "${name}" not redefined.`);
  }
  if (fromTerminal && process.stdin.isTTY)
    emit(textResult(`Type commands for definition of "${name}".\nEnd with a line saying just "end".\n`));
  const body = await readBody(context);
  definitions.set(name, body);
  registry.add({
    name,
    group: 'user-defined',
    summary: 'User-defined.',
    completes: 'expression',
    run: (args, inner) => runUser(name, args, inner),
  });
}

/** Arguments replace `$arg0` … `$argN`, `$argc` and `$arg*` in the text of the lines. */
async function runUser(name: string, args: string, { runScript }: CommandContext): Promise<void> {
  const words = splitArguments(args);
  const lines = (definitions.get(name) ?? []).map((line) => substituted(line, words, args));
  if (depth >= deepest) throw new SondeError('Max user call depth exceeded -- command aborted.');
  depth++;
  try {
    await runScript(lines);
  } finally {
    depth--;
  }
}

function substituted(line: string, words: readonly string[], args: string): string {
  return line.replace(/\$arg(c|\*|\d+)(?!\w)/g, (whole, which: string) => {
    if (which === 'c') return String(words.length);
    if (which === '*') return args;
    const word = words[Number(which)];
    if (word === undefined) throw new SondeError(`Missing argument ${which} in user function.`);
    return word ?? whole;
  });
}

/** Blanks separate, quotes and backslashes protect. */
const splitArguments = (args: string): string[] => args.match(/(?:[^\s"'\\]|\\.|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')+/g) ?? [];

async function document(name: string, context: CommandContext): Promise<void> {
  const { registry, fromTerminal, emit } = context;
  const command = registry.commands.find((known) => known.name === name);
  if (!command) throw new SondeError(`Undefined command: "${name}".  Try "help".`);
  if (command.group !== 'user-defined') throw new SondeError(`Command "${name}" is built-in.`);
  if (fromTerminal && process.stdin.isTTY) emit(textResult(`Type documentation for "${name}".\nEnd with a line saying just "end".\n`));
  const [summary = '', ...rest] = await readBody(context);
  registry.add({ ...command, summary, help: rest.length > 0 ? rest.join('\n') : undefined });
}

async function conditional(args: string, context: CommandContext): Promise<void> {
  if (args === '') throw new SondeError('if/while commands require arguments.');
  const branches = splitElse(await readBody(context, 1));
  const holds = isTrue(await context.session.evaluate(args));
  await context.runScript(holds ? branches.then : branches.else);
}

async function loop(args: string, context: CommandContext): Promise<void> {
  if (args === '') throw new SondeError('if/while commands require arguments.');
  const body = await readBody(context, 1);
  while (isTrue(await context.session.evaluate(args))) {
    try {
      await context.runScript(body);
    } catch (error) {
      if (!(error instanceof LoopExit)) throw error;
      if (error.how === 'break') return;
    }
    // A loop without end must be interruptible.
    await new Promise((resolve) => setImmediate(resolve));
  }
}

function showUser(args: string, { emit }: CommandContext): void {
  const shown = [...definitions].filter(([name]) => args === '' || name === args);
  if (args !== '' && shown.length === 0) throw new SondeError(`Not a user command.`);
  emit(textResult(shown.map(([name, body]) => `User command "${name}":\n${bodyText(body, 1)}\n`).join('')));
}
