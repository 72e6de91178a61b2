import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { root } from './batch.ts';
import { normalise } from './peer/normalise.ts';

/** The transcript in the README is what the program prints. `UPDATE=1` writes it anew. */
const readme = join(root, 'README.md');
const commands = [
  'list 18,24',
  'break 20',
  'run',
  'next',
  'watch i',
  'continue',
  'print readings[0]@6',
  'info locals',
  'x/3i $pc',
  'checkpoint',
  'continue',
  'restart 1',
  'print i',
  'gcore /tmp/uaf.core',
  'kill',
  'core-file /tmp/uaf.core',
  'bt full',
];

before(() => {
  mkdirSync(join(root, 'examples/build'), { recursive: true });
  execFileSync('gcc', ['-g', '-Og', '-w', 'examples/uaf.c', '-o', 'examples/build/uaf'], { cwd: root });
});

test("the README's transcript", () => {
  const shown = commands.flatMap((command) => ['-ex', `echo (sonde) ${command}\\n`, '-ex', command]);
  const settings = ['confirm off', 'height 0', 'width 0'].flatMap((setting) => ['-iex', `set ${setting}`]);
  const run = spawnSync(
    '/bin/sh',
    ['-c', 'exec "$@" 2>&1', 'sh', 'bin/sonde', '-nx', '-q', ...settings, ...shown, '-ex', 'quit', 'examples/build/uaf'],
    {
      cwd: root,
      encoding: 'utf8',
      input: '',
      timeout: 30_000,
    },
  );
  rmSync('/tmp/uaf.core', { force: true });
  const transcript = `$ bin/sonde -q examples/build/uaf\n${run.stdout.replaceAll(root, '~/sonde').trimEnd()}\n`;
  const text = readFileSync(readme, 'utf8');
  if (process.env.UPDATE)
    writeFileSync(
      readme,
      text.replace(/```console\n[\s\S]*?```/, () => `\`\`\`console\n${transcript}\`\`\``),
    );
  else assert.equal(withoutPids(transcript), withoutPids(/```console\n([\s\S]*?)```/.exec(text)?.[1] ?? ''));
});

const withoutPids = (text: string): string => normalise(text).replace(/Thread 0x[0-9a-f]+/g, 'Thread T');
