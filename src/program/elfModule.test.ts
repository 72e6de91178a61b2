import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { files } from '../linux/files.ts';
import { openModule } from './elfModule.ts';
import type { Module } from './module.ts';

// Programs are compiled here and taken apart with binutils; nm and objdump say what is right.

const source = `#include <stdio.h>
static int twice(int x) { return 2 * x; }
int counter = 3;
_Thread_local int mine;
int main(void) { mine = twice(counter); puts("done"); return mine; }
`;

let folder = '';
const at = (name: string): string => join(folder, name);
const run = (command: string, ...args: string[]): string => execFileSync(command, args, { cwd: folder, encoding: 'utf8' });
const open = (name: string, debugDirectory = at('debug')): Module => openModule(at(name), files, { debugDirectory });
const knowsMain = (module: Module): boolean => module.debug?.functions('main').length === 1;

before(() => {
  folder = mkdtempSync(join(tmpdir(), 'sonde-module-'));
  writeFileSync(at('t.c'), source);
  run('gcc', '-g', '-Og', '-o', 'whole', 't.c');
  run('objcopy', '--only-keep-debug', 'whole', 'whole.debug');
});
after(() => rmSync(folder, { recursive: true, force: true }));

test('text symbols are found at the addresses that nm gives, and their inner addresses with an offset', () => {
  const module = open('whole');
  const expected = run('nm', 'whole')
    .trim()
    .split('\n')
    .map((line) => /^([0-9a-f]+) [tT] (\w+)$/.exec(line))
    .filter((match) => match !== null)
    .map(([, address, name]) => ({ name, address: BigInt(`0x${address}`) }));
  assert.ok(expected.length > 5);
  for (const { name, address } of expected) {
    assert.ok(
      module.minimal.named(name).some((symbol) => symbol.address === address),
      name,
    );
  }
  const main = module.minimal.named('main')[0];
  assert.equal(module.minimal.at(main.address + 3n)?.symbol.name, 'main');
  assert.equal(module.minimal.at(main.address + 3n)?.offset, 3);
});

test('symbols move with the bias of their module', () => {
  const module = open('whole');
  const [main] = module.minimal.named('main');
  const linked = main.address;
  module.bias = 0x555555554000n;
  assert.equal(main.address, linked + 0x555555554000n);
  assert.equal(module.minimal.at(main.address)?.symbol.name, 'main');
  assert.equal(module.debug?.functionAt(main.address)?.name, 'main');
});

test('data and thread-local symbols are told apart', () => {
  const module = open('whole');
  assert.equal(module.minimal.named('counter')[0].kind, 'data');
  assert.equal(module.minimal.named('mine')[0].kind, 'tls');
});

test('entries of the procedure linkage table have the names that objdump shows', () => {
  const shown = /^([0-9a-f]+) <puts@plt>:/m.exec(run('objdump', '-d', 'whole'));
  assert.ok(shown);
  const [entry] = open('whole').minimal.named('puts');
  assert.deepEqual(
    { name: entry.name, address: entry.address, kind: entry.kind },
    { name: 'puts@plt', address: BigInt(`0x${shown[1]}`), kind: 'plt' },
  );
});

test('a stripped program finds its debug file by build-id', () => {
  run('strip', '-o', 'by-id', 'whole');
  const { buildId } = open('whole');
  assert.ok(buildId);
  mkdirSync(at(`debug/.build-id/${buildId.slice(0, 2)}`), { recursive: true });
  cpSync(at('whole.debug'), at(`debug/.build-id/${buildId.slice(0, 2)}/${buildId.slice(2)}.debug`));
  const module = open('by-id');
  assert.ok(knowsMain(module));
  assert.equal(module.minimal.named('twice').length, 1);
  rmSync(at('debug'), { recursive: true });
});

for (const place of ['beside it', 'in .debug', 'under the debug directory'] as const) {
  test(`a stripped program finds the file that .gnu_debuglink names ${place}`, () => {
    run('strip', '-o', 'linked', 'whole');
    cpSync(at('whole.debug'), at('linked.debug'));
    run('objcopy', '--add-gnu-debuglink=linked.debug', 'linked');
    const target = { 'beside it': '', 'in .debug': '.debug', 'under the debug directory': `debug${folder}` }[place];
    if (target !== '') {
      mkdirSync(at(target), { recursive: true });
      cpSync(at('linked.debug'), join(at(target), 'linked.debug'));
      rmSync(at('linked.debug'));
    }
    assert.ok(knowsMain(open('linked')));
    for (const left of ['linked.debug', '.debug', 'debug']) rmSync(at(left), { recursive: true, force: true });
  });
}

test('a debug file of another build is passed over', () => {
  writeFileSync(at('other.c'), source.replace('2 * x', '3 * x'));
  run('gcc', '-g', '-O0', '-o', 'other', 'other.c');
  run('strip', '-o', 'mismatched', 'whole');
  run('objcopy', '--only-keep-debug', 'other', 'mismatched.debug');
  run('objcopy', '--add-gnu-debuglink=mismatched.debug', 'mismatched');
  assert.equal(open('mismatched').debug, undefined);
});

for (const kind of ['zlib', 'zlib-gnu', 'zstd'] as const) {
  test(`debug sections compressed with ${kind} are read`, (context) => {
    try {
      run('objcopy', `--compress-debug-sections=${kind}`, 'whole', `packed-${kind}`);
    } catch {
      context.skip(`this objcopy cannot compress with ${kind}`);
      return;
    }
    assert.ok(knowsMain(open(`packed-${kind}`)));
  });
}

const isThere = (tool: string): boolean => spawnSync(tool, ['--version']).status === 0;

test('.gnu_debugdata gives the names of local functions of a stripped program', (context) => {
  if (!isThere('xz')) return context.skip('xz is not installed');
  run('strip', '-o', 'mini', 'whole');
  run('objcopy', '-S', '--remove-section', '.comment', '--keep-symbol=twice', '--keep-symbol=main', 'whole.debug', 'mini.symbols');
  run('xz', '-kf', 'mini.symbols');
  run('objcopy', '--add-section', '.gnu_debugdata=mini.symbols.xz', 'mini');
  const module = open('mini');
  assert.equal(module.debug, undefined);
  assert.deepEqual(
    module.minimal.named('twice').map(({ address }) => address),
    open('whole')
      .minimal.named('twice')
      .map(({ address }) => address),
  );
});

test("dwz's common file is followed from two programs", (context) => {
  if (!isThere('dwz')) return context.skip('dwz is not installed');
  cpSync(at('whole'), at('one'));
  run('gcc', '-g', '-Og', '-DOTHER', '-o', 'two', 't.c');
  run('dwz', '-m', 'common.debug', '-M', at('common.debug'), 'one', 'two');
  for (const name of ['one', 'two']) {
    const module = open(name);
    assert.ok(module.file.sectionBytes('.gnu_debugaltlink'), 'dwz made no common file');
    assert.ok(knowsMain(module));
    assert.equal(module.debug?.variables('counter')[0]?.type.kind, 'integer');
  }
});
