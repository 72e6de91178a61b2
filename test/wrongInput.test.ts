import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, copyFileSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { batch, built } from './batch.ts';

/** Each wrong input is answered with one clear line, and the session goes on. */
let folder: string;
const inFolder = (name: string): string => join(folder, name);
const afterwards = 'still here';

before(() => {
  folder = mkdtempSync(join(tmpdir(), 'sonde-wrong-'));
  writeFileSync(inFolder('text'), 'This is no program.\n');
  writeFileSync(inFolder('empty'), '');
  patched('short', (elf) => elf.subarray(0, 300));
  patched('half', (elf) => elf.subarray(0, elf.length >> 1));
  patched('wide', (elf) => elf.fill(1, 4, 5)); // ELFCLASS32
  patched('arm', (elf) => elf.fill(183, 18, 19)); // EM_AARCH64
  patched('tables', (elf) => elf.fill(0xff, 40, 48)); // e_shoff
  copyFileSync(built('shapes-gcc-O0'), inFolder('unexecutable'));
  chmodSync(inFolder('unexecutable'), 0o644);
  batch('sonde', [built('shapes-gcc-O0')], 'break factorial', 'run', `gcore ${inFolder('core.good')}`, 'kill');
  copyFileSync(inFolder('core.good'), inFolder('core.short'));
  truncateSync(inFolder('core.short'), readFileSync(inFolder('core.good')).length >> 1);
});
after(() => rmSync(folder, { recursive: true, force: true }));

function patched(name: string, change: (elf: Buffer) => Uint8Array): void {
  writeFileSync(inFolder(name), change(readFileSync(built('shapes-gcc-O0'))), { mode: 0o755 });
}

/** What sonde says to commands, without the proof that it went on afterwards. */
function said(args: readonly string[], ...commands: string[]): string {
  const { text, status } = batch('sonde', args, ...commands, `echo ${afterwards}\\n`);
  assert.notEqual(status, undefined, `sonde did not end by itself:\n${text}`);
  assert.ok(text.endsWith(afterwards), text);
  assert.doesNotMatch(text, /internal error|^ +at .*:\d+:\d+\)?$/m);
  return text.slice(0, -afterwards.length).replaceAll(folder, 'DIR').trim();
}

const oneLine: Readonly<Record<string, { args?: string[]; commands?: string[]; says: RegExp }>> = {
  'a text file as the program': { args: ['text'], says: /^"?DIR\/text"?: not in executable format: file format not recognized$/ },
  'an empty file as the program': { args: ['empty'], says: /^"?DIR\/empty"?: not in executable format: file format not recognized$/ },
  'a folder as the program': { args: ['.'], says: /^.*: Is a directory\.$/ },
  'a program that is not there': { args: ['nothing'], says: /^DIR\/nothing: No such file or directory\.$/ },
  'a program cut short in its headers': { args: ['short'], says: /^"DIR\/short": not in executable format: file truncated$/ },
  'a program cut short': { args: ['half'], says: /^"DIR\/half": not in executable format: file truncated$/ },
  'a 32-bit program': { args: ['wide'], says: /^"DIR\/wide": not in executable format: 32-bit x86-64 file, not x86-64$/ },
  'a program for another machine': { args: ['arm'], says: /^"DIR\/arm": not in executable format: 64-bit AArch64 file, not x86-64$/ },
  'a section table outside of the file': { args: ['tables'], says: /^"DIR\/tables": not in executable format: [^\n]+$/ },
  'a core that is no core': { args: ['GOOD', 'text'], says: /^"DIR\/text" is not a core dump: file format not recognized$/ },
  'a program given as a core': { args: ['GOOD', 'half'], says: /^"DIR\/half" is not a core dump: [^\n]+$/ },
  'a core that is not there': { args: ['GOOD', '-c', 'nothing'], says: /^DIR\/nothing: No such file or directory\.$/ },
  'a process that is gone': { args: ['GOOD', '-p', '4194303'], says: /^ptrace: No such process\.$/m },
  'a process id that is none': { args: ['GOOD'], commands: ['attach x1'], says: /^Illegal process-id: x1\.$/ },
  'a symbol that is not there': { args: ['GOOD'], commands: ['print nosuch'], says: /^No symbol "nosuch" in current context\.$/ },
  'memory that cannot be read': { args: ['GOOD'], commands: ['x/x 16'], says: /^0x10:\tCannot access memory at address 0x10$/ },
  'a command that is not there': { args: [], commands: ['frobnicate'], says: /^Undefined command: "frobnicate"\. {2}Try "help"\.$/ },
  'a script that is not there': { args: [], commands: ['source DIR/nothing'], says: /^warning: DIR\/nothing: No such file or directory$/ },
  'running nothing': { args: [], commands: ['run'], says: /^No executable file specified\.\nUse the "file" or "exec-file" command\.$/ },
};

for (const [what, { args = [], commands = [], says }] of Object.entries(oneLine)) {
  test(what, () => {
    const paths = args.map((argument) =>
      argument === 'GOOD' ? built('shapes-gcc-O0') : /^(-.*|\d+)$/.test(argument) ? argument : inFolder(argument),
    );
    assert.match(said(paths, ...commands.map((command) => command.replaceAll('DIR', folder))), says);
  });
}

test('a program that may not be executed', () => {
  const text = said([inFolder('unexecutable')], 'run', 'print limit');
  assert.match(text, /unexecutable: (cannot execute: )?Permission denied/);
  assert.match(text, /^\$1 = 40$/m);
});

test('a core cut short: said, and what is left can be read', () => {
  const text = said([built('shapes-gcc-O0'), inFolder('core.short')], 'info threads', 'print 6 * 7');
  assert.match(text, /truncated|cut short|Error|Cannot access|warning/i);
  assert.match(text, /^\$1 = 42$/m);
});

test('a core of another program: said, and no wrong names', () => {
  const text = said([built('deep-gcc-O0'), inFolder('core.good')], 'bt');
  assert.match(text, /warning: core file may not match specified executable file\./);
  assert.doesNotMatch(text, /is_even|is_odd|descend/);
});

test("another user's process", {
  skip: process.getuid?.() === 0 ? undefined : 'only root can start a process of another user',
}, async () => {
  const sleeper = spawn('sleep', ['60'], { uid: 0 });
  try {
    const run = execFileSync(
      '/bin/sh',
      [
        '-c',
        `setpriv --reuid=65534 --clear-groups ${process.execPath} bin/sonde -nx -q -batch -p ${sleeper.pid} -ex 'echo ${afterwards}' 2>&1 || true`,
      ],
      { encoding: 'utf8', timeout: 20_000 },
    );
    assert.match(run, /ptrace: Operation not permitted\./);
    assert.match(run, new RegExp(afterwards));
  } finally {
    sleeper.kill();
  }
});
