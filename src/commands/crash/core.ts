import { resolve } from 'node:path';
import { SondeError } from '../../base/errors.ts';
import { coreOf } from '../../kernel/processCore.ts';
import { ProcessTarget } from '../../kernel/processTarget.ts';
import { files } from '../../linux/files.ts';
import { type CrashCommand, crashResult, UsageError } from './command.ts';
import { taskNamed } from './taskSelection.ts';

export const core: CrashCommand = {
  name: 'core',
  summary: 'extract a core file of a user process',
  synopsis: 'pid | task [file]',
  help: `Sonde's own. Writes what the dump has of a process as a core file that gdb and sonde open: memory, registers of all threads, the list of its
files. Pages of files that the kernel had cached go in too, so that it can be opened on another machine. The thread that is named is the one
that readers show first. Without a name the file is core.PID.`,
  async run(args, { session, emit }) {
    const [word, path] = args;
    if (word === undefined || args.length > 2) throw new UsageError('');
    const task = taskNamed(session, word);
    const target = new ProcessTarget(session.kernel, task, files);
    const contents = coreOf(target, task);
    if (contents.threads.length === 0) throw new SondeError(`task ${task.pid} (${task.comm}) has no user-mode registers`);
    const { writeCore } = await import('../../targets/corefile/writeCore.ts');
    const name = path ?? `core.${task.tgid}`;
    writeCore(resolve(name), contents);
    const bytes = contents.dumped.reduce((sum, { start, end }) => sum + Number(end - start), 0);
    emit(
      crashResult(
        'core file',
        () => ({ path: name, pid: task.tgid, threads: contents.threads.length, memory: bytes }),
        () => `Saved corefile ${name}\n`,
      ),
    );
  },
};
