import { type CrashCommand, UsageError } from './command.ts';

/** gdb's vocabulary on the selected task's user process: from the kernel to the program's source. */
export const userCommands: readonly CrashCommand[] = [
  {
    name: 'user',
    summary: "a gdb command on the selected task's user process",
    synopsis: 'command [argument ...]',
    raw: true,
    help: `Sonde's own. The process is the one that the task belongs to (see "set"); its memory comes through its page tables, its registers from its
kernel stacks, its program from the dump's page cache or, if it is the same, from this machine: user bt full, user info locals,
user print counter, user x/4i $pc, user info threads, user list, user info sharedlibrary.`,
    run([line], { executeInProcess }) {
      if (line === '') throw new UsageError('');
      return executeInProcess(line);
    },
  },
  {
    name: 'x',
    summary: "examine memory of the selected task's user process",
    synopsis: '/format address',
    raw: true,
    help: 'As in gdb: x/4i $pc, x/s name. The same as "user x".',
    run: ([line], { executeInProcess }) => executeInProcess(`x${line}`),
  },
];
