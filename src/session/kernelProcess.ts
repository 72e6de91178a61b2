import { SondeError } from '../base/errors.ts';
import type { Kernel } from '../kernel/kernel.ts';
import { ProcessTarget } from '../kernel/processTarget.ts';
import type { Task } from '../kernel/tasks.ts';
import { files } from '../linux/files.ts';
import type { DebugSession } from './debugSession.ts';
import { openTargetModule } from './libraries.ts';

export interface OpenedProcess {
  readonly target: ProcessTarget;
  readonly task: Task;
  /** Why the program has no symbols, where it has none. */
  readonly problem: string | undefined;
}

/** Makes a user process inside a kernel the session's target, one of its threads selected. Throws SondeError where there is no such process. */
export function openKernelProcess(session: DebugSession, kernel: Kernel, pid: number): OpenedProcess {
  const task = kernel.tasks.find((candidate) => candidate.pid === pid && pid !== 0);
  if (!task) throw new SondeError(`the kernel has no process ${pid}`);
  const target = new ProcessTarget(kernel, task, files);
  session.libraries.forget();
  session.setTarget(target);
  const problem = session.program.executable ? undefined : loadExecutable(session, target);
  session.control.placeModules();
  session.selectedThread = session.threads.find(({ tid }) => tid === pid) ?? session.threads[0];
  session.selectedFrame = session.innermostFrame;
  return { target, task, problem };
}

function loadExecutable(session: DebugSession, target: ProcessTarget): string | undefined {
  const path = target.executable;
  if (path === undefined) return 'the process has no program file';
  try {
    session.useProgram(openTargetModule(path, target, { debugDirectory: session.settings.text('debug-file-directory') }));
    return undefined;
  } catch (error) {
    if (error instanceof SondeError) return error.message;
    throw error;
  }
}
