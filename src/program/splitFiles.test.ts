import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { files } from '../linux/files.ts';
import { openModule } from './elfModule.ts';
import type { Module } from './module.ts';

/** `-gsplit-dwarf`: the program keeps a skeleton of each unit, .dwo files or a package have the rest. */
let folder: string;
const has = (tool: string): boolean => spawnSync(tool, ['--version']).status === 0;
const sources = {
  'one.c':
    'struct pair { int a; long b; };\nstatic struct pair kept;\nint two(int);\nint main(int argc, char **argv) { kept.a = two(argc); return 0; }\n',
  'two.c': 'typedef int number;\nint two(number n) { number doubled = 2 * n; return doubled; }\n',
};

before(() => {
  folder = mkdtempSync(join(tmpdir(), 'sonde-split-'));
});
after(() => rmSync(folder, { recursive: true, force: true }));

/** Builds the program in a folder of its own; returns the folder. */
function build(compiler: string, version: number, optimization: string): string {
  const place = mkdtempSync(join(folder, 'build-'));
  for (const [name, text] of Object.entries(sources)) {
    writeFileSync(join(place, name), text);
    execFileSync(compiler, ['-g', `-gdwarf-${version}`, '-gsplit-dwarf', optimization, '-c', name], { cwd: place });
  }
  execFileSync(compiler, ['-o', 'program', 'one.o', 'two.o'], { cwd: place });
  return place;
}

const noPackages = (compiler: string, version: number): string | false => {
  if (!has('llvm-dwp')) return 'llvm-dwp is not installed';
  return compiler === 'gcc' && version === 5 ? "llvm-dwp 14 never ends on gcc's DWARF 5" : false;
};

const open = (path: string, warnings: string[] = []): Module => openModule(path, files, { warn: (text) => void warnings.push(text) });

function checkAll(module: Module): void {
  const debug = module.debug!;
  const [main] = debug.functions('main');
  assert.deepEqual(
    main.block.variables.slice(0, 2).map(({ name }) => name),
    ['argc', 'argv'],
  );
  assert.ok(debug.functionAt(main.entry) === main);
  assert.equal(debug.lineAt(main.entry)?.line, 4);
  const type = debug.types('pair', 'struct')[0]?.type;
  assert.ok(type?.kind === 'struct');
  assert.deepEqual(
    type.members.map(({ name }) => name),
    ['a', 'b'],
  );
  assert.equal(debug.variables('kept').length, 1);
  const [two] = debug.functions('two');
  assert.equal(two.block.variables[0].type.kind, 'typedef');
  assert.equal(two.unit.language, 'c');
  assert.deepEqual(debug.units.map(({ name }) => name).sort(), ['one.c', 'two.c']);
}

for (const compiler of ['gcc', 'clang']) {
  describe(compiler, { skip: has(compiler) ? false : `${compiler} is not installed` }, () => {
    for (const version of [4, 5]) {
      test(`.dwo files, DWARF ${version}`, () => {
        for (const optimization of ['-O0', '-O2']) {
          const warnings: string[] = [];
          checkAll(open(join(build(compiler, version, optimization), 'program'), warnings));
          assert.deepEqual(warnings, []);
        }
      });

      test(`a package, DWARF ${version}`, { skip: noPackages(compiler, version) }, () => {
        const place = build(compiler, version, '-O0');
        execFileSync('llvm-dwp', ['-e', 'program', '-o', 'program.dwp'], { cwd: place });
        for (const name of ['one.dwo', 'two.dwo']) rmSync(join(place, name));
        checkAll(open(join(place, 'program')));
      });
    }
  });
}

describe('missing halves', { skip: has('gcc') ? false : 'gcc is not installed' }, () => {
  test('a program that was moved, its .dwo files with it', () => {
    const place = build('gcc', 5, '-O0');
    const moved = join(folder, 'moved');
    mkdirSync(moved);
    for (const name of ['program', 'one.dwo', 'two.dwo']) renameSync(join(place, name), join(moved, name));
    checkAll(open(join(moved, 'program')));
  });

  test('lines stay, and each missing file is named once', () => {
    const place = build('gcc', 4, '-O0');
    for (const name of ['one.dwo', 'two.dwo']) rmSync(join(place, name));
    const warnings: string[] = [];
    const module = open(join(place, 'program'), warnings);
    const [symbol] = module.minimal.named('main');
    assert.equal(module.debug?.lineAt(symbol.address)?.line, 4);
    for (const name of ['two', 'pair']) assert.equal(module.debug?.functions(name).length, 0);
    assert.deepEqual(
      warnings.map((text) => text.replace(/0x[0-9a-f]+/g, 'N').replace(place, 'DIR')),
      ['one', 'two'].map((name) => `Could not find DWO CU ${name}.dwo(N) referenced by CU at offset N [in module DIR/program]`),
    );
  });

  test('a .dwo file of another compilation, and one cut short', () => {
    const place = build('gcc', 5, '-O0');
    renameSync(join(build('gcc', 5, '-O2'), 'one.dwo'), join(place, 'one.dwo'));
    writeFileSync(join(place, 'two.dwo'), files.read(join(place, 'two.dwo')).subarray(0, 700));
    const warnings: string[] = [];
    assert.equal(open(join(place, 'program'), warnings).debug?.functions('main').length, 0);
    assert.equal(warnings.length, 2);
  });
});
