import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { cache, findDumps } from './dumps.ts';
import { guestPages, shownPages } from './pagemap.ts';
import { prepareDumps } from './prepare.ts';

const noDumps = prepareDumps();
const name = 'inside';
const scratch = mkdtempSync(join(tmpdir(), 'sonde-guest-'));
after(() => {
  rmSync(scratch, { recursive: true, force: true });
  rmSync(join(cache, 'dumps', name), { recursive: true, force: true });
});

/** sonde itself runs in a guest, on its live kernel: /proc/kcore and /proc/kallsyms. The guest's programs are named: their pids are not known before. */
describe('on the kernel that it runs on', { skip: noDumps }, () => {
  let said: string[] = [];
  before(() => {
    const commands = ['foreach anon vm -p', 'foreach filemap vm -p', 'foreach threads bt', 'kmem -i', 'sys'];
    const file = join(scratch, 'commands');
    writeFileSync(file, commands.map((command, index) => `!echo @@${index}@@\n${command}\n`).join(''));
    const made = spawnSync(join(import.meta.dirname, '../../scripts/vmcore/make'), [name, '512M', 'live'], {
      env: { ...process.env, VMCORE_CACHE: cache, FORMATS: 'elf', COMMANDS: file },
      encoding: 'utf8',
      timeout: 600_000,
    });
    assert.equal(made.status, 0, made.stderr);
    const text = readFileSync(join(cache, 'dumps', name, 'guest-sonde.txt'), 'utf8').replaceAll('\r', '');
    said = text.split(/^@@\d+@@\n/m);
  });

  test('the banner tells of the running kernel and of sonde itself', () => {
    assert.match(said[0], /^ +DUMPFILE: \/proc\/kcore$/m);
    assert.match(said[0], /^ +TASKS: \d+$/m);
    assert.match(said[0], /^ +COMMAND: "node"$/m);
    assert.match(said[0], /^ +STATE: TASK_RUNNING \(ACTIVE\)$/m);
  });

  test('vm -p of live processes shows the frames of their pagemaps', () => {
    const dump = findDumps().find((candidate) => candidate.name === name);
    assert.ok(dump);
    const truth = guestPages(dump);
    for (const [index, program] of [
      [1, 'anon'],
      [2, 'filemap'],
    ] as const) {
      const pages = truth.get(dump.lookUp(program)) as Map<bigint, bigint>;
      const shown = shownPages(said[index]);
      assert.ok(pages.size > 50);
      for (const [address, frame] of pages) assert.equal(shown.get(address), frame, `${program} 0x${address.toString(16)}`);
    }
  });

  test('stacks, memory and the system are told', () => {
    assert.match(said[3], /COMMAND: "threads"\n #0 \[[0-9a-f]{16}\] __schedule at/);
    assert.match(said[4], /TOTAL MEM +\d+ +[\d.]+ MB/);
    assert.match(said[5], /RELEASE: \d+\.\d+/);
  });
});
