import { SondeError } from '../../base/errors.ts';
import { runToEnd } from '../../linux/spawn.ts';
import type { Command } from '../command.ts';

/** `shell`, `!` and `make`: programs that are none of the debugger's business, run in the foreground. */
export const shellCommands: readonly Command[] = [
  {
    name: 'shell',
    aliases: ['!'],
    group: 'support',
    summary: 'Execute the rest of the line as a shell command.',
    help: 'With no arguments, run an inferior shell.',
    completes: 'file',
    run: (args) => runShell(args),
  },
  {
    name: 'make',
    group: 'support',
    summary: 'Run the ``make\'\' program using the rest of the line as arguments.',
    completes: 'file',
    run: (args) => runShell(args === '' ? 'make' : `make ${args}`),
  },
];

function runShell(command: string): void {
  const shell = process.env.SHELL || '/bin/sh';
  const status = runToEnd(command === '' ? [shell] : [shell, '-c', command]);
  if (!status) throw new SondeError('Fork failed');
}
