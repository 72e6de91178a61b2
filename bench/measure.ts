import { spawnSync } from 'node:child_process';

export type Tool = 'gdb' | 'sonde';

const root = new URL('..', import.meta.url).pathname;
const executable: Record<Tool, string> = { gdb: 'gdb', sonde: `${root}bin/sonde` };

/** Seconds that one batch run takes, from exec to exit. Throws if its output lacks `expected`: a fast failure is no result. */
export function seconds(tool: Tool, args: readonly string[], expected: RegExp, input?: string): number {
  const start = process.hrtime.bigint();
  const run = spawnSync(executable[tool], ['-nx', '-q', ...(input === undefined ? ['-batch'] : []), ...args], {
    input: input ?? '',
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    timeout: 300_000,
  });
  const time = Number(process.hrtime.bigint() - start) / 1e9;
  if (!expected.test(run.stdout))
    throw new Error(`${tool} ${args.join(' ')} did not print ${expected}:\n${(run.stdout + run.stderr).slice(-2000)}`);
  return time;
}

export const commands = (...lines: string[]): string[] => lines.flatMap((line) => ['-ex', line]);

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1];
}
