import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { runSonde } from './compare.ts';
import { type Dump, findDumps } from './dumps.ts';
import { prepareDumps } from './prepare.ts';

const noDumps = prepareDumps();
const dumps = noDumps ? [] : findDumps().filter(({ name }) => ['live', 'panic', 'nokaslr', 'la57'].includes(name));
const noGdb = noDumps ?? (spawnSync('gdb', ['--version']).error ? 'gdb is not installed' : undefined);
const sonde = join(import.meta.dirname, '../../bin/sonde');
const scratch = mkdtempSync(join(tmpdir(), 'sonde-processes-'));
after(() => rmSync(scratch, { recursive: true, force: true }));

const output = (command: string, args: readonly string[]): string => {
  const { stdout, stderr, error } = spawnSync(command, args, { encoding: 'utf8', timeout: 120_000, maxBuffer: 1 << 26 });
  if (error) throw error;
  return stdout + stderr;
};
const inProcess = (dump: Dump, pid: string, ...commands: string[]): string =>
  output(sonde, ['-nx', '-batch', dump.file, '--pid', pid, ...commands.flatMap((command) => ['-ex', command])]);

/** Frames without their numbers' padding; the name of a function that has several is the debugger's choice. */
const frames = (text: string): string[] => text.split('\n').filter((line) => /^#\d+ |^Thread \d+ \(/.test(line));

describe('a user process inside a kernel dump, whose program exists nowhere else', { skip: noDumps }, () => {
  for (const dump of dumps) {
    test(`its threads stand where the guest program left them (${dump.name})`, () => {
      const said = inProcess(dump, dump.lookUp('threads'), 'thread apply all bt');
      assert.match(said, /in t_mutex \(a=0x0\) at .*threads\.c:10\n/);
      assert.match(said, /in t_sleep \(a=0x0\) at .*threads\.c:11\n/);
      assert.match(said, /in t_pipe \(a=0x0\) at .*threads\.c:13\n/);
      assert.match(said, /in main \(\) at .*threads\.c:\d+\n/);
    });

    test(`bt -u goes on from the kernel into the program's source (${dump.name})`, () => {
      const [said] = runSonde([`bt -u ${dump.lookUp('t_mutex')}`], dump.file);
      assert.match(said, / #\d+ \[[0-9a-f]{16}\] entry_SYSCALL_64/);
      assert.match(said, /\n #\d+ +0x[0-9a-f]+ in pthread_mutex_lock \(\)\n #\d+ +0x[0-9a-f]+ in t_mutex \(a=0x0\) at .*threads\.c:10\n/);
    });

    test(`its symbols are where the guest said (${dump.name})`, () => {
      const said = inProcess(dump, dump.lookUp('anon'), 'print &nodes', 'print main', 'bt');
      assert.match(said, new RegExp(`\\$1 = .*0x${dump.lookUp('anon.nodes')} <nodes>\n`));
      assert.match(said, new RegExp(`\\$2 = .*0x${dump.lookUp('anon.main')} <main>\n`));
    });

    test(`gdb opens its core and sees the same frames (${dump.name})`, { skip: noGdb }, () => {
      const pid = dump.lookUp('threads');
      const core = join(scratch, `${dump.name}.core`);
      const program = join(scratch, `${dump.name}.threads`);
      assert.equal(runSonde([`core ${pid} ${core}`], dump.file)[0], `Saved corefile ${core}\n`);
      copyFileSync(join(dump.folder, '../../guest/threads'), program);
      const all = ['-nx', '-batch', '-ex', 'set width 0', '-ex', 'thread apply all bt', program, core];
      const expected = frames(output('gdb', all));
      assert.ok(expected.length > 12, expected.join('\n'));
      assert.deepEqual(frames(output(sonde, all)), expected);
      assert.deepEqual(
        frames(inProcess(dump, pid, 'set width 0', 'thread apply all bt'))
          .filter((line) => line.startsWith('#'))
          .slice(1),
        expected.filter((line) => line.startsWith('#')).slice(1),
      );
    });
  }

  test('what is no user process is refused in one line', () => {
    const [dump] = dumps;
    const refused = (pid: string) => output(sonde, ['-nx', '-batch', dump.file, '--pid', pid]);
    assert.equal(refused('2'), 'task 2 (kthreadd) is a kernel thread: it has no user memory\n');
    assert.equal(refused('99999'), 'the kernel has no process 99999\n');
    assert.equal(refused('all'), 'Illegal process-id: all.\n');
    assert.match(inProcess(dump, dump.lookUp('threads'), 'run'), /The program is inside a kernel: it can't be run here\.\n/);
  });
});
