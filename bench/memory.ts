/** The running machine's memory: sonde against a loop in C over the same files of /proc. */
import { spawn, spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { median } from './measure.ts';

const root = new URL('..', import.meta.url).pathname;
const sonde = join(root, 'bin/sonde');
const runs = 5;

export async function benchMemory(wanted: string): Promise<void> {
  const names = { pages: 'memory: vm -p of 4 GiB, to a file', picture: 'memory: mem frag' };
  if (!Object.values(names).some((name) => name.includes(wanted))) return;
  if (process.getuid?.() !== 0) return console.log('memory: skipped: page frames are only shown to root');
  const available = Number(/^MemAvailable: +(\d+)/m.exec(readFileSync('/proc/meminfo', 'utf8'))?.[1]) / 1024;
  const megabytes = Math.min(4096, Math.floor(available / 4));
  const folder = mkdtempSync(join(tmpdir(), 'sonde-bench-memory-'));
  const program = join(folder, 'pages');
  spawnSync('gcc', ['-O2', join(root, 'bench/programs/pages.c'), '-o', program]);
  const child = spawn(program, ['touch', String(megabytes)], { stdio: ['ignore', 'pipe', 'ignore'] });
  try {
    await new Promise((resolve) => child.stdout.once('data', resolve));
    console.log(`\n${'median of the runs'.padEnd(44)}${'C'.padStart(12)}${'sonde'.padStart(12)}   sonde : C`);
    const pid = String(child.pid);
    const c = times([program, pid], folder);
    const own = times([sonde, 'vm', '-p', pid], folder);
    const rate = (megabytes * 256) / own / 1e6;
    console.log(
      `${names.pages.padEnd(44)}${`${c.toFixed(3)} s`.padStart(12)}${`${own.toFixed(3)} s`.padStart(12)}   ${(own / c).toFixed(2)}; ${rate.toFixed(1)} million pages/s of ${megabytes} MiB   (goal: ≥ 1 million/s)`,
    );
    const picture = times([sonde, 'mem', 'frag'], folder);
    console.log(`${names.picture.padEnd(44)}${''.padStart(12)}${`${picture.toFixed(3)} s`.padStart(12)}   (goal: < 1 s for 24 GiB)`);
  } finally {
    child.kill('SIGKILL');
    rmSync(folder, { recursive: true });
  }
}

function times([command, ...args]: readonly string[], folder: string): number {
  const all = Array.from({ length: runs }, () => {
    const out = openSync(join(folder, 'out'), 'w');
    const start = process.hrtime.bigint();
    spawnSync(command, args, { stdio: ['ignore', out, 'ignore'] });
    closeSync(out);
    return Number(process.hrtime.bigint() - start) / 1e9;
  });
  return median(all);
}
