import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { batch, built } from './batch.ts';

/** Cores of every origin in both debuggers: what sonde writes opens in gdb, what gdb and the kernel write opens in sonde. */
let folder: string;
before(() => {
  folder = mkdtempSync(join(tmpdir(), 'sonde-cores-'));
});
after(() => rmSync(folder, { recursive: true, force: true }));

const noGdb = spawnSync('gdb', ['--version']).status === 0 ? undefined : 'gdb is not installed';

const questions = [
  'bt',
  'bt full',
  'info registers',
  'thread apply all bt',
  'info threads',
  'x/4i $pc',
  'x/8xg $sp',
  'info locals',
  'up',
  'info locals',
];

const between = (text: string): string => text.split(/^---$/m)[1];

function sameInBoth(program: string, core: string): void {
  const gdb = batch('gdb', [program, core], ...questions);
  assert.match(gdb.text, /#0/);
  assert.equal(batch('sonde', [program, core], ...questions).text, gdb.text);
}

const stops: Readonly<Record<string, { program: string; commands: string[] }>> = {
  'a recursion': { program: 'deep-gcc-O2', commands: ['break is_odd if n == 31', 'run'] },
  'four threads': { program: 'threads-gcc-O0', commands: ['break all_are_in_place', 'run'] },
  'a fault': { program: 'overrun-clang-Og', commands: ['run'] },
};

describe('cores', { skip: noGdb }, () => {
  for (const [what, { program, commands }] of Object.entries(stops)) {
    for (const writer of ['sonde', 'gdb'] as const) {
      test(`${writer} saves ${what}, both read it alike`, () => {
        const core = join(folder, `${program}.${writer}`);
        const saved = batch(writer, [built(program)], ...commands, `gcore ${core}`, 'kill');
        assert.match(saved.text, /Saved corefile/);
        sameInBoth(built(program), core);
      });
    }

    test(`the core that sonde saves of ${what} holds what the process held`, () => {
      const core = join(folder, `${program}.held`);
      const live = batch(
        'sonde',
        [built(program)],
        ...commands,
        'echo ---\\n',
        'bt full',
        'x/64xg $sp',
        'echo ---\\n',
        `gcore ${core}`,
        'kill',
      );
      const saved = batch('sonde', [built(program), core], 'echo ---\\n', 'bt full', 'x/64xg $sp', 'echo ---\\n');
      assert.equal(between(saved.text), between(live.text));
    });
  }

  test('a core that the kernel wrote', (t) => {
    const pattern = readFileSync('/proc/sys/kernel/core_pattern', 'utf8').trim();
    if (/[|/]/.test(pattern)) return t.skip(`the kernel does not put cores into the current folder: ${pattern}`);
    const program = built('overrun-gcc-O0');
    spawnSync('/bin/sh', ['-c', `ulimit -c unlimited; exec ${program}`], { cwd: folder });
    const name = readdirSync(folder).find((file) => /^core/.test(file));
    if (!name) return t.skip('the kernel wrote no core');
    sameInBoth(program, join(folder, name));
  });
});
