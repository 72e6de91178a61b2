import type { Session } from '../../session/session.ts';
import type { Command, Result } from '../command.ts';
import { textResult } from '../command.ts';

/** `info inferiors`: there is always one, with or without a process. */
export const infoInferiorsCommand: Command = {
  name: 'info inferiors',
  group: 'status',
  summary: 'Print a list of inferiors being managed.',
  help: `Usage: info inferiors [ID]...
If IDs are specified, the list is limited to just those inferiors.
By default all inferiors are displayed.`,
  completes: 'none',
  run: (args, { session, emit }) => {
    const ids = args.split(/\s+/).filter((id) => id !== '');
    emit(ids.length > 0 && !ids.includes('1') ? textResult('No inferiors.\n') : inferiors(session));
  },
};

function inferiors({ target, program }: Session): Result {
  const description = target ? `process ${target.pid}` : '<null>';
  const connection = target ? `${target.connection} (${target.kind === 'live' ? 'native' : target.kind})` : '';
  const executable = program.executable?.path ?? '';
  return {
    kind: 'inferiors',
    data: [{ number: 1, pid: target?.pid, connection: target?.connection, executable }],
    text: () => row(' ', 'Num', 'Description', 'Connection', 'Executable') + row('*', '1', description, connection, executable),
  };
}

const row = (current: string, number: string, description: string, connection: string, executable: string): string =>
  `${current} ${number.padEnd(4)} ${description.padEnd(17)} ${connection.padEnd(20)} ${executable.padEnd(17)} \n`;
