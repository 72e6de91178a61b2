import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { normalise } from './peer/normalise.ts';

export const root = new URL('..', import.meta.url).pathname.replace(/\/$/, '');

export interface BatchRun {
  /** Both streams, in their order. */
  readonly text: string;
  /** Undefined if a signal or the time limit ended it. */
  readonly status: number | undefined;
}

/** Runs commands with -batch; the prompt, pids and the like are normalised as for the peer scripts. */
export function batch(tool: 'gdb' | 'sonde', args: readonly string[], ...commands: readonly string[]): BatchRun {
  const command = tool === 'gdb' ? join(root, 'test/peer/gdb') : join(root, 'bin/sonde');
  const run = spawnSync(
    '/bin/sh',
    ['-c', 'exec "$@" 2>&1', 'sh', command, '-nx', '-q', '-batch', ...commands.flatMap((line) => ['-ex', line]), ...args],
    {
      cwd: root,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      timeout: 60_000,
      killSignal: 'SIGKILL',
    },
  );
  return { text: normalise(run.stdout), status: run.status ?? undefined };
}

export const built = (name: string): string => join(root, 'test/programs/build', name);
