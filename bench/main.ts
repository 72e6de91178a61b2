/** `npm run bench [PART OF A NAME]`: sonde against gdb, and against crash and drgn, on this machine, in one run, taken in turns. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { benchKernel } from './kernel.ts';
import { commands, median, seconds, type Tool } from './measure.ts';
import { benchMemory } from './memory.ts';

interface Benchmark {
  readonly name: string;
  readonly runs: number;
  readonly unit: 's' | '/s';
  readonly goal: string;
  /** One measurement, in the unit. */
  measure(tool: Tool): number;
}

const folder = mkdtempSync(join(tmpdir(), 'sonde-bench-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
const loops = join(folder, 'loops');
const core = join(folder, 'loops.core');
const python = '/usr/bin/python3.11-dbg';
const root = new URL('..', import.meta.url).pathname;

const unoptimized = join(folder, 'loops-O0');
for (const [level, out] of [
  ['-O1', loops],
  ['-O0', unoptimized],
]) {
  const compiled = spawnSync('gcc', ['-g', level, `${root}bench/programs/loops.c`, '-o', out], { encoding: 'utf8' });
  if (compiled.status !== 0) throw new Error(compiled.stderr);
}
spawnSync('gdb', ['-nx', '-batch', ...commands('break spin', 'run 0 1', `gcore ${core}`, 'kill'), loops]);

/** A run that does nothing but start: subtracted where a rate is wanted. */
const startOnly = (tool: Tool) => seconds(tool, [...commands('break main', 'run', 'kill'), loops], /Breakpoint 1, main/);

/** A session with so many steps, half of them into a function or out of it. */
const stepping = (tool: Tool, program: string, count: number) =>
  seconds(tool, [program], /tick \(i=.*[23]\d\d\)/, `break main\nrun ${count}\n${'step\n'.repeat(count)}kill\n`);

/** gdb needs a smaller number for the same patience; a rate does not depend on it. */
const rate = (tool: Tool, count: Record<Tool, number>, run: (count: number) => number) =>
  count[tool] / (run(count[tool]) - startOnly(tool));

const benchmarks: Benchmark[] = [
  {
    name: 'nothing: start and quit',
    runs: 9,
    unit: 's',
    goal: '',
    measure: (tool) => seconds(tool, commands('echo here\\n'), /here/),
  },
  {
    name: 'start, break main, run, bt, kill',
    runs: 9,
    unit: 's',
    goal: '≤ 1.5 × the time',
    measure: (tool) => seconds(tool, [...commands('break main', 'run', 'bt', 'kill'), loops], /#0 {2}main/),
  },
  {
    name: 'info line main, no process',
    runs: 9,
    unit: 's',
    goal: '',
    measure: (tool) => seconds(tool, [...commands('info line main'), loops], /Line \d+ of/),
  },
  {
    name: 'false conditional breakpoint',
    runs: 3,
    unit: '/s',
    goal: '≥ 5 × the rate',
    measure: (tool) =>
      rate(tool, { gdb: 8_000, sonde: 200_000 }, (count) =>
        seconds(tool, [...commands('break tick if i == 10000000', `run ${count}`), loops], /exited normally/),
      ),
  },
  {
    name: 'start, break main, run, 1,000 steps, -O0',
    runs: 5,
    unit: 's',
    goal: 'less time',
    measure: (tool) => stepping(tool, unoptimized, 1000),
  },
  {
    name: 'start, break main, run, 1,000 steps, -O1',
    runs: 5,
    unit: 's',
    goal: 'less time',
    measure: (tool) => stepping(tool, loops, 1000),
  },
  {
    name: '1,000 steps alone, -O1',
    runs: 5,
    unit: 's',
    goal: 'less time',
    measure: (tool) => stepping(tool, loops, 1000) - startOnly(tool),
  },
  {
    name: '5,000 steps alone, -O1',
    runs: 3,
    unit: 's',
    goal: 'less time',
    measure: (tool) => stepping(tool, loops, 5000) - startOnly(tool),
  },
  {
    name: 'software watchpoint, instructions',
    runs: 3,
    unit: '/s',
    goal: '≥ 2 × the rate',
    measure: (tool) =>
      rate(tool, { gdb: 20_000, sonde: 100_000 }, (count) =>
        seconds(
          tool,
          [...commands('tbreak spin', `run 0 ${count / 10}`, 'set can-use-hw-watchpoints 0', 'watch total', 'continue', 'kill'), loops],
          /New value = 1/,
        ),
      ),
  },
  {
    name: 'open python3.11-dbg, break _PyEval_Vector',
    runs: 5,
    unit: 's',
    goal: '',
    measure: (tool) => seconds(tool, [...commands('break _PyEval_Vector'), python], /Breakpoint 1 at/),
  },
  {
    name: 'open a core, bt',
    runs: 7,
    unit: 's',
    goal: '',
    measure: (tool) => seconds(tool, [...commands('bt'), loops, core], /#1 .* main/),
  },
];

const wanted = process.argv[2] ?? '';
console.log(`${'median of the runs'.padEnd(44)}${'gdb'.padStart(12)}${'sonde'.padStart(12)}   sonde : gdb`);
for (const { name, runs, unit, goal, measure } of benchmarks) {
  if (!name.includes(wanted)) continue;
  if (name.includes('python') && !existsSync(python)) {
    console.log(`${name.padEnd(44)}skipped: ${python} is not installed`);
    continue;
  }
  const results: Record<Tool, number[]> = { gdb: [], sonde: [] };
  try {
    for (let i = 0; i < runs; i++) for (const tool of ['gdb', 'sonde'] as const) results[tool].push(measure(tool));
    const [gdb, sonde] = [median(results.gdb), median(results.sonde)];
    const show = (value: number) => (unit === 's' ? `${value.toFixed(3)} s` : `${Math.round(value)} /s`).padStart(12);
    console.log(`${name.padEnd(44)}${show(gdb)}${show(sonde)}   ${(sonde / gdb).toFixed(2)}${goal && `   (goal: ${goal})`}`);
  } catch (error) {
    console.log(`${name.padEnd(44)}failed: ${error instanceof Error ? error.message : error}`);
    process.exitCode = 1;
  }
}
benchKernel(wanted);
await benchMemory(wanted);
