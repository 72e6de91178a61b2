import { SondeError } from '../../base/errors.ts';
import type { Command, CommandContext } from '../command.ts';
import { textResult } from '../command.ts';
import { closeCore } from './core.ts';
import { readingText } from './files.ts';

const argumentsHelp = `You may specify arguments to give it.
Args may include "*", or "[...]"; they are expanded using the
shell that will start the program (specified by the "$SHELL" environment
variable).  Input and output redirection with ">", "<", or ">>"
are also allowed.

With no arguments, uses arguments last specified (with "run" or
"set args").  To cancel previous arguments and run with no arguments,
use "set args" without arguments.

To start the inferior without using a shell, use "set startup-with-shell off".`;

/** Where processes come from and where they go. */
export const processCommands: readonly Command[] = [
  {
    name: 'run',
    aliases: ['r'],
    group: 'running',
    summary: 'Start debugged program.',
    help: argumentsHelp,
    completes: 'file',
    run: (args, context) => start(args, 'nowhere', context),
  },
  {
    name: 'start',
    group: 'running',
    summary: 'Start the debugged program stopping at the beginning of the main procedure.',
    help: argumentsHelp,
    completes: 'file',
    run: (args, context) => {
      if (!context.session.program.symbolFile) throw new SondeError('No symbol table loaded.  Use the "file" command.');
      return start(args, 'main', context);
    },
  },
  {
    name: 'starti',
    group: 'running',
    summary: 'Start the debugged program stopping at the first instruction.',
    help: argumentsHelp,
    completes: 'file',
    run: (args, context) => start(args, 'first instruction', context),
  },
  {
    name: 'tty',
    group: 'running',
    summary: 'Set terminal for future runs of program being debugged.',
    help: `Usage: set inferior-tty [TTY]

If TTY is omitted, the default behavior of using the same terminal as GDB
is restored.`,
    completes: 'file',
    run: (args, { session }) => session.settings.set('inferior-tty', args),
  },
  {
    name: 'kill',
    aliases: ['k'],
    group: 'running',
    summary: 'Kill execution of program being debugged.',
    completes: 'none',
    run: async (_args, context) => {
      if (!context.session.target) throw new SondeError('The program is not being run.');
      if (!(await context.query('Kill the program being debugged? '))) throw new SondeError('Not confirmed.');
      if (!context.session.live) throw new SondeError("You can't do that without a process to debug.");
      context.session.control.kill();
    },
  },
  {
    name: 'attach',
    group: 'running',
    summary: 'Attach to a process or file outside of GDB.',
    help: `This command attaches to another target, of the same type as your last
"target" command ("info files" will show your target stack).
The command may take as argument a process id or a device file.
For a process id, you must have permission to send the process a signal,
and it must have the same effective uid as the debugger.
When using "attach" with a process id, the debugger finds the
program running in the process, looking first in the current working
directory, or (if not found there) using the source file search path
(see the "directory" command).  You can also use the "file" command
to specify the program, and to load its symbol table.`,
    completes: 'none',
    run: attach,
  },
  {
    name: 'detach',
    group: 'running',
    summary: 'Detach a process or file previously attached.',
    help: `If a process, it is no longer traced, and it continues its execution.  If
you were debugging a file, the file is closed and gdb no longer accesses it.`,
    completes: 'none',
    run: (_args, context) => {
      const { session } = context;
      if (session.target?.kind === 'core') return closeCore(context);
      if (!session.live) throw new SondeError('The program is not being run.');
      if (context.fromTerminal)
        context.emit(textResult(`Detaching from program: ${session.program.executable?.path ?? ''}, process ${session.live?.pid}\n`));
      session.control.detach();
    },
  },
];

async function start(args: string, stopAt: 'nowhere' | 'main' | 'first instruction', context: CommandContext): Promise<void> {
  const { session } = context;
  if (session.live) {
    const question = 'The program being debugged has been started already.\nStart it from the beginning? ';
    if (!(await context.query(question))) throw new SondeError('Program not restarted.');
    session.control.kill({ quiet: true });
  }
  if (args !== '') session.settings.set('args', args);
  await session.control.start(stopAt, (program, programArgs) => {
    if (context.fromTerminal) context.emit(textResult(`Starting program: ${program} ${programArgs}\n`));
  });
}

async function attach(args: string, context: CommandContext): Promise<void> {
  const { session } = context;
  if (args === '') throw new SondeError('Argument required (process-id to attach).');
  if (session.live) {
    if (!(await context.query('A program is being debugged already.  Kill it? '))) throw new SondeError('Not killed.');
    session.control.kill({ quiet: true });
  }
  const pid = /^-?\d+$/.test(args) ? Number(args) : Number.NaN;
  if (Number.isNaN(pid)) throw new SondeError(`Illegal process-id: ${args}.`);
  if (pid === process.pid) throw new SondeError('I refuse to debug myself!');
  if (context.fromTerminal) {
    const program = session.program.executable?.path;
    context.emit(textResult(program ? `Attaching to program: ${program}, process ${pid}\n` : `Attaching to process ${pid}\n`));
  }
  await session.control.attach(pid, (modules) => {
    if (context.fromTerminal) for (const module of modules) context.emit(textResult(readingText(module), 'file'));
  });
}
