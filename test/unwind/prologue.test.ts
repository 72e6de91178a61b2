import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { files } from '../../src/linux/files.ts';
import { openModule } from '../../src/program/elfModule.ts';
import { Program } from '../../src/program/program.ts';
import type { FunctionSymbol } from '../../src/program/symbols.ts';
import { afterPrologue } from '../../src/unwind/prologue.ts';

/** Where breakpoints on functions go: every function of a program, as gdb's `break` says it. */

const root = new URL('../../', import.meta.url).pathname;
const withoutGdb = spawnSync('gdb', ['--version']).status === 0 ? false : 'gdb is not installed';
const compilers = ['gcc', 'clang'].filter((compiler) => spawnSync(compiler, ['--version']).status === 0);

for (const name of ['shapes', 'deep', 'inlined', 'tail', 'types']) {
  for (const compiler of compilers) {
    for (const level of ['O0', 'Og', 'O2']) {
      const path = join(root, 'test/programs/build', `${name}-${compiler}-${level}`);
      test(`${name}, ${compiler} -${level}: breakpoints are where gdb puts them`, { skip: withoutGdb }, () => {
        if (!existsSync(path)) execFileSync(join(root, 'test/programs/build.sh'), [name]);
        compare(path, Number.POSITIVE_INFINITY);
      });
    }
  }
}

const python = '/usr/bin/python3.11-dbg';
test('python3.11-dbg: 400 functions', { skip: withoutGdb || (existsSync(python) ? false : 'python3.11-dbg is not installed') }, () =>
  compare(python, 400),
);

function compare(path: string, most: number): void {
  const module = openModule(path, files);
  const program = new Program();
  program.setFiles(module, module);
  const memory = { read: (address: bigint, length: number) => module.file.readLoaded(address, length) ?? new Uint8Array(length) };
  const functions = [...uniqueFunctions(program)];
  const chosen = functions.filter((_, index) => index % Math.ceil(functions.length / most) === 0 || functions.length <= most);
  const ours = chosen.map((fn) => {
    const { address, file, line } = afterPrologue({ program, memory }, fn);
    return `${fn.name} at 0x${address.toString(16)}: file ${file?.name}, line ${line}.`;
  });
  const answers = breakpoints(
    path,
    chosen.map(({ name }) => name),
  );
  const gdb = chosen.map(({ name }, index) => `${name}${answers[index]}`);
  assert.ok(chosen.length > 0);
  // Where gdb sets several places (inlined instances beside the function) it does not say which.
  assert.deepEqual(
    ours.filter((_, index) => !gdb[index].includes('locations)')),
    gdb.filter((text) => !text.includes('locations)')),
  );
}

/** Out-of-line functions whose name no other has. */
function uniqueFunctions(program: Program): Iterable<FunctionSymbol> {
  const byName = new Map<string, FunctionSymbol | undefined>();
  for (const symbol of program.main?.debug?.allSymbols('function') ?? []) {
    if (symbol.kind === 'function' && !symbol.inlinedAt && symbol.ranges.length > 0)
      byName.set(symbol.name, byName.has(symbol.name) ? undefined : symbol);
  }
  return [...byName.values()].filter((fn) => fn !== undefined);
}

/** What gdb says to `break` on each, from `at`. */
function breakpoints(path: string, names: readonly string[]): string[] {
  const commands = names.flatMap((name) => ['-ex', `break ${name}`]);
  const output = execFileSync('gdb', ['-q', '-nx', '-batch', ...commands, path], {
    encoding: 'utf8',
    maxBuffer: 1 << 26,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return [...output.matchAll(/^Breakpoint \d+( at .*)$/gm)].map(([, text]) => text);
}
