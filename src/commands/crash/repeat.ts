import { type CrashCommand, UsageError } from './command.ts';

export const repeat: CrashCommand = {
  name: 'repeat',
  summary: 'repeat a command',
  synopsis: '[-seconds] command',
  raw: true,
  help: 'Runs the command until ^C, each second or as often as -seconds says: useful on a live system, since a dump does not change.',
  async run([text], { execute, interrupted }) {
    const [, seconds, command] = /^(?:-(\d+)\s+)?(.*)$/.exec(text) as RegExpExecArray;
    if (command === '') throw new UsageError('');
    do await execute(command);
    while (!(await interrupted((seconds === undefined ? 1 : Number(seconds)) * 1000)));
  },
};
