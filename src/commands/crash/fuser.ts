import { SondeError } from '../../base/errors.ts';
import { vmas } from '../../kernel/memoryMap.ts';
import { openFiles, taskFolders } from '../../kernel/openFiles.ts';
import type { Task } from '../../kernel/tasks.ts';
import { type CrashCommand, crashResult, UsageError } from './command.ts';
import { parseOptions } from './options.ts';
import { padded, pointer, taskData } from './taskText.ts';

export const fuser: CrashCommand = {
  name: 'fuser',
  summary: 'file users',
  synopsis: '[pathname | inode]',
  help: 'The tasks that use a file or directory: as root or working directory, by a descriptor, mapped into memory.',
  run(args, { session, emit }) {
    const [wanted] = parseOptions(args, '').rest;
    if (wanted === undefined) throw new UsageError('');
    const inode = /^(0x)?f[0-9a-f]{15}$/i.test(wanted) ? BigInt(`0x${wanted.replace(/^0x/i, '')}`) : undefined;
    const users = session.kernel.tasks.map((task) => ({ task, uses: usesOf(task, wanted, inode) })).filter(({ uses }) => uses.length > 0);
    const text = () =>
      users.length === 0 ? `No users of ${wanted} found\n` : ` PID         TASK        COMM             USAGE\n${users.map(line).join('')}`;
    emit(crashResult('users', () => users.map(({ task, uses }) => ({ ...taskData(task), uses })), text));
  },
};

/** A task that is ending, or a damaged one, uses nothing. */
function usesOf(task: Task, path: string, inode: bigint | undefined): string[] {
  try {
    const folders = taskFolders(task);
    const byDescriptor = openFiles(task).some((file) => (inode === undefined ? file.path === path : file.inode === inode));
    const isMapped = inode === undefined && task.mm !== undefined && vmas(task.mm).some(({ file }) => file === path);
    return [folders?.root === path && 'root', folders?.cwd === path && 'cwd', byDescriptor && 'fd', isMapped && 'mmap'].filter(
      (use) => use !== false,
    );
  } catch (error) {
    if (error instanceof SondeError) return [];
    throw error;
  }
}

const line = ({ task: { pid, address, comm }, uses }: { task: Task; uses: readonly string[] }): string =>
  `${padded(pid, 5)}  ${pointer(address)}  ${`"${comm}"`.slice(0, 15).padEnd(15)}  ${uses.map((use) => `${use} `).join('')}\n`;
