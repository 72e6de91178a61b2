import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';

const root = join(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'sonde-explain-'));
after(() => rmSync(folder, { recursive: true, force: true }));

function compiled(name: string, from = 'examples'): string {
  const program = join(folder, name);
  const { status, stderr } = spawnSync('gcc', ['-g', '-O0', join(root, from, `${name}.c`), '-o', program], { encoding: 'utf8' });
  assert.equal(status, 0, stderr);
  return program;
}

const session = (args: readonly string[], ...commands: string[]): string => {
  const { stdout, stderr } = spawnSync(
    join(root, 'bin/sonde'),
    ['-nx', '-batch', ...commands.flatMap((command) => ['-ex', command]), ...args],
    {
      encoding: 'utf8',
      timeout: 60_000,
    },
  );
  return stdout + stderr;
};

test('use after free: what is freed, where it waits, which bytes malloc has taken', () => {
  const program = compiled('uaf');
  const core = join(folder, 'uaf.core');
  const questions = ['explain readings', 'explain readings[2]', 'explain readings[5]'];
  const live = session([program], 'break 27', 'run', ...questions, `gcore ${core}`, 'kill');
  for (const text of [live, session([program, core], ...questions)]) {
    assert.match(
      text,
      /0x5555555592a0 is 0 bytes into a heap chunk of 408 bytes \(0x5555555592a0-0x555555559438\) that is freed\.\nIt waits in malloc's tcache, 1 of 1 of its size/,
    );
    assert.match(
      text,
      /0x5555555592a8 is 8 bytes into a heap chunk[\s\S]*?Its first 16 bytes are malloc's own now .*: this is one of them, so what is read here is no longer what was written\.\n/,
    );
    assert.match(text, /0x5555555592b4 is 20 bytes into a heap chunk[\s\S]*?; the rest still holds what was written last/);
  }
});

test('before the free the chunk is in use; variables, code, null and nonsense are called by their names', () => {
  const text = session(
    [compiled('uaf')],
    'break 24',
    'run',
    ...['readings', '&readings', 'main', '0', '24', '0x4141414141414141', 'readings+3000', 'readings+100000'].map(
      (what) => `explain ${what}`,
    ),
    'kill',
  );
  assert.match(text, /is 0 bytes into a heap chunk of 408 bytes \(.*\) that is in use\.\nIt lies 0x2a0 bytes into \[heap\]/);
  assert.match(text, /is the variable readings \(8 bytes\) in frame #0, main\.\n/);
  assert.match(text, /is main in section \.text of .*uaf\.\n/);
  assert.match(text, /0x0 is the null pointer\. Nothing is ever mapped there\./);
  assert.match(text, /0x18 is the null pointer and 24 bytes/);
  assert.match(text, /0x4141414141414141 is no address at all/);
  assert.match(text, /is in the part of the heap that malloc has not given away yet/);
  assert.match(text, /is not mapped\.\nBelow it, \d+ KiB away, ends \[heap\]/);
});

test('without an expression: the address that a fault complains of', () => {
  const text = session([compiled('overrun')], 'run', 'explain', 'kill');
  assert.match(text, /SIGSEGV[\s\S]*?0x[0-9a-f]+ is not mapped\.\nBelow it, 0 bytes away, ends anonymous memory/);
  assert.equal(
    session([compiled('uaf')], 'break main', 'run', 'explain', 'kill').match(/Argument required \(no fault stopped this thread\)\./)
      ?.length,
    1,
  );
});

test('the heap is told chunk by chunk, and where something wrote past the end of one', () => {
  const text = session(
    [compiled('heap', 'test/programs')],
    'break main',
    'run',
    'heap summary',
    'break 15',
    'continue',
    ...['heap summary', 'heap chunks', 'heap check', 'heap find middle+5', 'heap find 0', 'next', 'heap check', 'explain last', 'kill'],
  );
  assert.match(text, /The program has no heap yet\./);
  assert.match(
    text,
    / {4}in use: +3 chunks +832 bytes\n +free, in a tcache: +1 chunk +48 bytes\n +free, in a sorted bin: +1 chunk +2016 bytes\n +top: +1 chunk /,
  );
  assert.match(text, /0x5555555592a0 +40 +free, in a tcache\n0x5555555592d0 +104 +in use\n0x555555559340 +2008 +free, in a sorted bin\n/);
  assert.match(text, /No damage found in 6 chunks\./);
  assert.match(text, /ADDRESS +BYTES +STATE\n0x5555555592d0 +104 +in use\n/);
  assert.match(text, /0x0 is not in the heap\./);
  assert.match(
    text,
    /the 3 chunks before it make sense[\s\S]*Something wrote past the end of the chunk before it: 0x5555555592d0, 104 bytes, in use\./,
  );
  assert.match(text, /is behind the last chunk of the heap that makes sense/);
});
