import { stateName } from '../../kernel/tasks.ts';
import type { DebugSession } from '../../session/debugSession.ts';
import { openKernelProcess } from '../../session/kernelProcess.ts';
import { type KernelSource, openKernel } from '../../session/openKernel.ts';
import { type Result, textResult } from '../command.ts';
import { newThreads, whereItStands } from './core.ts';

/** `sonde VMCORE --pid PID`: a user process inside a kernel, as a core file of it would be shown. Throws SondeError where there is none. */
export async function kernelProcessResults(session: DebugSession, source: KernelSource, pid: number): Promise<Result[]> {
  const { kernel, dumpFile } = await openKernel(source);
  const { target, task, problem } = openKernelProcess(session, kernel, pid);
  const results: Result[] = [...newThreads(session)];
  results.push(
    textResult(
      `Process ${target.pid} \`${task.comm}' of kernel ${kernel.dump.info.get('OSRELEASE') ?? ''} in ${dumpFile}, ${stateName(task)}.\n`,
    ),
  );
  if (problem !== undefined) results.push({ kind: 'warning', data: problem, text: () => `warning: ${problem}\n`, stream: 'stderr' });
  return [...results, ...whereItStands(session)];
}
