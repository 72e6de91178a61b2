/** Kernel dumps: sonde with the dump alone against crash 9 and drgn with their debug kernel, on the dump that scripts/vmcore/make live makes. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { cache, debugKernel, findDumps, peer } from '../test/crash/dumps.ts';
import { median } from './measure.ts';

interface Run {
  readonly seconds: number;
  /** Peak resident memory, MiB. */
  readonly memory: number;
}

const root = new URL('..', import.meta.url).pathname;
const drgn = join(cache, 'drgn31');
const runs = 5;

const rows: readonly { readonly name: string; readonly command: string; readonly drgn?: string; readonly goal: string }[] = [
  {
    name: 'dump: open, ps',
    command: 'ps',
    drgn: 'for t in for_each_task(prog): print(t.pid.value_(), t.comm.string_())',
    goal: '≤ 0.1 × crash, ≤ 0.8 × drgn',
  },
  { name: 'dump: open, vm -p of the largest process', command: 'vm -p {threads}', goal: '≤ 0.2 × crash' },
  { name: 'dump: open, foreach bt', command: 'foreach bt', goal: '≤ 0.2 × crash' },
];

export function benchKernel(wanted: string): void {
  const chosen = rows.filter(({ name }) => name.includes(wanted));
  if (chosen.length === 0) return;
  const dump = findDumps().find(({ name }) => name === 'live');
  if (!dump || !existsSync(peer) || !existsSync(debugKernel)) {
    console.log('dump: skipped: scripts/vmcore/setup --vmlinux, scripts/vmcore/peers and scripts/vmcore/make live 512M live come first');
    return;
  }
  console.log(
    `\n${'median of the runs'.padEnd(44)}${'crash'.padStart(12)}${'drgn'.padStart(12)}${'sonde'.padStart(12)}   sonde : crash, drgn; sonde's memory`,
  );
  for (const { name, command, drgn: script, goal } of chosen) {
    const line = command.replace('{threads}', dump.lookUp('threads'));
    const sonde: Run[] = [];
    const crash: Run[] = [];
    const other: Run[] = [];
    for (let i = 0; i < runs; i++) {
      sonde.push(measure([join(root, 'bin/sonde'), '-q', dump.file], `${line}\n`));
      crash.push(measure([peer, '-s', debugKernel, dump.file], `${line}\nq\n`));
      if (script && existsSync(drgn)) other.push(measure([drgn, '-q', '-c', dump.file, '-s', debugKernel, '-e', script], ''));
    }
    const seconds = (list: readonly Run[]) => median(list.map((run) => run.seconds));
    const show = (list: readonly Run[]) => (list.length > 0 ? `${seconds(list).toFixed(3)} s` : '').padStart(12);
    const ratio = (list: readonly Run[]) => (list.length > 0 ? (seconds(sonde) / seconds(list)).toFixed(3) : '');
    const memory = `${Math.round(median(sonde.map((run) => run.memory)))} MiB`;
    console.log(
      `${name.padEnd(44)}${show(crash)}${show(other)}${show(sonde)}   ${ratio(crash)}, ${ratio(other)}; ${memory}   (goal: ${goal})`,
    );
  }
  for (const format of ['vmcore.kdump.zlib', 'vmcore.md.c31', 'vmcore.md.l31', 'vmcore.md.zstd31'].filter((file) =>
    existsSync(join(dump.folder, file)),
  )) {
    const list = Array.from({ length: runs }, () => measure([join(root, 'bin/sonde'), '-q', join(dump.folder, format)], 'ps\n'));
    const plain = Array.from({ length: runs }, () => measure([join(root, 'bin/sonde'), '-q', dump.file], 'ps\n'));
    const ratio = median(list.map((run) => run.seconds)) / median(plain.map((run) => run.seconds));
    console.log(
      `${`dump: open, ps of ${format}`.padEnd(44)}${''.padStart(24)}${`${median(list.map((run) => run.seconds)).toFixed(3)} s`.padStart(12)}   ${ratio.toFixed(2)} × the ELF dump   (goal: ≤ 1.5)`,
    );
  }
}

function measure(argv: readonly string[], input: string): Run {
  const start = process.hrtime.bigint();
  const run = spawnSync('/usr/bin/time', ['-f', '@%M', ...argv], { input, encoding: 'latin1', maxBuffer: 1 << 28, timeout: 120_000 });
  const seconds = Number(process.hrtime.bigint() - start) / 1e9;
  if (run.status !== 0 || run.stdout.length < 500) throw new Error(`${argv.join(' ')} failed: ${run.stderr}`);
  return { seconds, memory: Number(/@(\d+)/.exec(run.stderr)?.[1] ?? 0) / 1024 };
}
