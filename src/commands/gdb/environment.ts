import { SondeError } from '../../base/errors.ts';
import { type Command, type CommandContext, textResult } from '../command.ts';

/** `set environment`, `unset environment`, `show environment`. */
export const environmentCommands: readonly Command[] = [
  {
    name: 'set environment',
    group: 'running',
    summary: 'Set environment variable value to give the program.',
    help: `Arguments are VAR VALUE where VAR is variable name and VALUE is value.
VALUES of environment variables are uninterpreted strings.
This does not affect the program until the next "run" command.`,
    completes: 'none',
    run: set,
  },
  {
    name: 'unset environment',
    group: 'running',
    summary: 'Cancel environment variable VAR for the program.',
    help: 'This does not affect the program until the next "run" command.',
    completes: 'none',
    run: async (args, { session, query }) => {
      if (args !== '') session.environment.unset(args);
      else if (await query('Delete all environment variables? ')) session.environment.clear();
    },
  },
  {
    name: 'show environment',
    group: 'running',
    summary: "The environment to give the program, or one variable's value.",
    help: `With an argument VAR, prints the value of environment variable VAR to
give the program being debugged.  With no arguments, prints the entire
environment to be given to the program.`,
    completes: 'none',
    run: (args, { session, emit }) => {
      if (args === '') {
        const all = session.environment.entries();
        emit({
          kind: 'environment',
          data: all,
          text: () =>
            Object.entries(all)
              .map(([name, value]) => `${name}=${value}\n`)
              .join(''),
        });
        return;
      }
      const value = session.environment.get(args);
      emit(textResult(value === undefined ? `Environment variable "${args}" not defined.\n` : `${args} = ${value}\n`));
    },
  },
];

/** `VAR VALUE`, `VAR=VALUE`, `VAR = VALUE`. */
function set(args: string, { session, emit }: CommandContext): void {
  if (args === '') throw new SondeError('Argument required (environment variable and value).');
  const match = /^([^\s=]*)(?:\s*=\s*|\s+|$)(.*)$/s.exec(args);
  const name = match?.[1] ?? '';
  if (name === '') throw new SondeError('Argument required (environment variable to set).');
  const given = match?.[2] ?? '';
  if (given === '') emit(textResult(`Setting environment variable "${name}" to null value.\n`));
  session.environment.set(name, given);
}
