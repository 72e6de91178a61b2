import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { built, root } from './batch.ts';
import { normalise } from './peer/normalise.ts';

/** The command line and the files that are read unasked: the same to both, the same text and status from both. */
let folder: string;
const program = built('shapes-gcc-O0');
const hasGdb = spawnSync('gdb', ['--version']).status === 0;

before(() => {
  folder = mkdtempSync(join(tmpdir(), 'sonde-start-'));
  mkdirSync(join(folder, 'home'));
  mkdirSync(join(folder, 'work'));
  for (const tool of ['gdb', 'sonde']) {
    writeFileSync(join(folder, 'home', `.${tool}init`), 'echo home\\n\nset listsize 3\n');
    writeFileSync(join(folder, 'work', `.${tool}init`), 'echo work\\n\nset listsize 4\n');
  }
  writeFileSync(join(folder, 'script'), 'print 1\nsource nothing\ndisplay 7\nbadcommand\nprint 2\n');
  execFileSync('cp', [program, join(folder, '999999')]);
});
after(() => rmSync(folder, { recursive: true, force: true }));

function started(tool: 'gdb' | 'sonde', words: readonly string[], directory: string): { text: string; status: number | null } {
  const command = tool === 'gdb' ? 'gdb' : join(root, 'bin/sonde');
  const run = spawnSync('/bin/sh', ['-c', 'exec "$@" 2>&1', 'sh', command, ...words], {
    cwd: join(folder, directory),
    env: { ...process.env, HOME: join(folder, 'home'), DEBUGINFOD_URLS: '' },
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
    timeout: 60_000,
  });
  return {
    text: normalise(run.stdout)
      .replaceAll(/\.?(gdb|sonde)(?=init|:)/g, 'TOOL')
      .replaceAll('(gdb)', '(sonde)'),
    status: run.status,
  };
}

const everywhere = ['-iex', 'set auto-load safe-path /'];
const lines: Readonly<Record<string, readonly string[]>> = {
  'a command that fails, last': ['-nx', '-batch', '-ex', 'print 1', '-ex', 'foo'],
  'a command that fails, first': ['-nx', '-batch', '-ex', 'foo', '-ex', 'print 1'],
  'a script': ['-nx', '-batch', '-x', '../script', '-ex', 'print 3'],
  'a script, not a batch': ['-nx', '-q', '-x', '../script', '-ex', 'print 3'],
  'a script that is not there': ['-nx', '-batch', '-x', 'nothing'],
  'a script that is not there, at the prompt': ['-nx', '-q', '-x', 'nothing'],
  'early commands and the home file': ['-batch', ...everywhere, '-iex', 'show listsize', '-iex', 'set listsize 7', '-ex', 'show listsize'],
  'no home file': ['-nh', '-batch', ...everywhere, '-ex', 'show listsize'],
  'no init files': ['-nx', '-batch', ...everywhere, '-ex', 'show listsize'],
  'a trusted folder': ['-batch', ...everywhere, '-ex', 'show listsize', program],
  'a trusted pattern': ['-batch', '-iex', `add-auto-load-safe-path ${tmpdir()}/sonde-*/w?rk`, '-ex', 'show listsize'],
  'no local file': ['-batch', ...everywhere, '-iex', 'set auto-load local-gdbinit off', '-ex', 'show listsize'],
  'another folder': ['-nx', '-batch', '-cd', '..', '-ex', 'pwd'],
  'a folder that is not there': ['-nx', '-batch', '-cd', 'nothing', '-ex', 'pwd'],
  'source folders': ['-nx', '-batch', '-d', '/usr/', '-d', '/tmp', '-ex', 'show directories', '-ex', 'directory $cwd:..', '-ex', 'pwd'],
  'nothing on standard output': ['-nx', '-batch-silent', '-ex', 'print 1', '-ex', 'foo', program],
  arguments: ['-nx', '-batch', '-ex', 'show args', '--args', program, 'a b', "c'd", '', '*', 'x;y', '$z', 'a"b'],
  'arguments for nothing': ['-nx', '-batch', '--args'],
  "the program's status": ['-nx', '-batch', '-return-child-result', '-ex', 'run', program],
  "the program's status at the end of input": ['-nx', '-q', '-return-child-result', '-ex', 'run', program],
  'no program, no status': ['-nx', '-batch', '-return-child-result', '-ex', 'print 1'],
  'a failure and a status': ['-nx', '-batch', '-return-child-result', '-ex', 'run', '-ex', 'foo', program],
  'a terminal that is none': ['-nx', '-batch', '-tty', '/nothing', '-ex', 'show inferior-tty', '-ex', 'run', program],
  'a file that may be a process': ['-nx', '-batch', '-cd', '..', program, '999999'],
  'an unknown option': ['-nx', '--frob'],
  'an option without its value': ['-nx', '-ex'],
  'a display in a batch': ['-nx', '-batch', '-ex', 'display 5', '-ex', 'info display'],
};

describe('start-up', { skip: hasGdb ? false : 'gdb is not installed' }, () => {
  for (const [what, words] of Object.entries(lines)) {
    test(what, () => {
      const expected = started('gdb', words, 'work');
      assert.deepEqual(started('sonde', words, 'work'), { ...expected, text: expected.text.replace('`gdb --help', '`sonde --help') });
    });
  }
});

test("the folder's own file is not read unless it is trusted", () => {
  const { text } = started('sonde', ['-batch', '-ex', 'show listsize'], 'work');
  assert.match(text, /^home\nwarning: File ".*\/work\/TOOLinit" auto-loading has been declined by your `auto-load safe-path' set to "/);
  assert.match(text, /by default is 3\.$/);
});
