import { SondeError } from '../../base/errors.ts';
import { builtin } from '../../evaluate/builtinTypes.ts';
import { integerValue } from '../../evaluate/makeValue.ts';
import { runToEnd } from '../../linux/spawn.ts';
import type { Command, CommandContext } from '../command.ts';

/** `shell`, `!` and `make`: programs that are none of the debugger's business, run in the foreground. */
export const shellCommands: readonly Command[] = [
  {
    name: 'shell',
    aliases: ['!'],
    group: 'support',
    summary: 'Execute the rest of the line as a shell command.',
    help: 'With no arguments, run an inferior shell.',
    completes: 'file',
    run: (args, context) => runShell(args, context),
  },
  {
    name: 'make',
    group: 'support',
    summary: "Run the ``make'' program using the rest of the line as arguments.",
    completes: 'file',
    run: (args, context) => runShell(args === '' ? 'make' : `make ${args}`, context),
  },
];

/** In the user's shell; `$_shell_exitcode` or `$_shell_exitsignal` tells how it ended. */
export function runShell(command: string, { session }: CommandContext): void {
  const shell = process.env.SHELL || '/bin/sh';
  const status = runToEnd(command === '' ? [shell] : [shell, '-c', command]);
  if (!status) throw new SondeError('Fork failed');
  // Whichever does not apply is void.
  const numbers = {
    _shell_exitcode: status.kind === 'exited' ? status.code : undefined,
    _shell_exitsignal: status.kind === 'killed' ? status.signal : undefined,
  };
  for (const [name, number] of Object.entries(numbers)) {
    if (number === undefined) session.values.clearConvenience(name);
    else session.values.setConvenience(name, integerValue(builtin.int, number));
  }
}
