import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { batch, root } from './batch.ts';

/** A real program that sleeps, attached to by both debuggers in turn: they see the same and leave it as it was. */
const python = '/usr/bin/python3.11-dbg';
const skip = existsSync(python) ? undefined : `${python} is not installed`;
const questions = [
  'bt',
  'bt full 3',
  'info threads',
  'info registers',
  'info sharedlibrary',
  'frame function _PyEval_Vector',
  'info locals',
  'x/4i $pc',
];

describe('a sleeping python', { skip }, () => {
  let sleeper: ChildProcess;
  let folder: string;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'sonde-attach-'));
    sleeper = spawn(python, ['-S', '-E', join(root, 'test/programs/nap.py'), '60'], { stdio: ['ignore', 'pipe', 'inherit'] });
    // It prints its sum just before it sleeps.
    await new Promise((resolve) => sleeper.stdout?.once('data', resolve));
    await new Promise((resolve) => setTimeout(resolve, 300));
  });
  after(() => {
    sleeper.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });

  const attach = (tool: 'gdb' | 'sonde', ...commands: string[]): string => batch(tool, ['-p', String(sleeper.pid)], ...commands).text;

  test('both say the same', () => {
    const gdb = attach('gdb', ...questions);
    assert.match(gdb, /_PyEval_Vector/);
    assert.equal(attach('sonde', ...questions), gdb);
    assert.equal(sleeper.exitCode ?? sleeper.signalCode, null);
  });

  test('its core, saved by sonde, says the same in both', () => {
    const core = join(folder, 'core');
    assert.match(attach('sonde', `gcore ${core}`), /Saved corefile/);
    assert.equal(batch('sonde', [python, core], ...questions).text, batch('gdb', [python, core], ...questions).text);
    assert.equal(sleeper.exitCode ?? sleeper.signalCode, null);
  });
});
