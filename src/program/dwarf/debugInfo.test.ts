import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { FormatError } from '../../base/errors.ts';
import type { SectionReader } from '../../formats/dwarf/file.ts';
import { files } from '../../linux/files.ts';
import { openModule } from '../elfModule.ts';
import type { DebugInfo } from '../module.ts';
import type { Block } from '../symbols.ts';
import { bare } from '../types.ts';
import { createDebugInfo } from './index.ts';

const source = `
struct point { int x, y; unsigned low : 3; signed high : 5; const char *name; };
typedef struct point Point;
enum color { RED, GREEN = 5, NEGATIVE = -2 };
static int counter = 3;
int table[2][3];
const volatile long limits[] = { 1, 2 };
static int add(int a, int b) { int sum = a + b; { static int calls; int inner = sum * 2; calls++; sum += inner; } return sum; }
int fact(int n) { if (n <= 1) return 1; return n * fact(n - 1); }
int main(int argc, char **argv) {
  Point p = { argc, 2, 3, -4, "hello" };
  enum color c = GREEN;
  for (int i = 0; i < 3; i++) {
    counter += add(i, argc);
    table[0][i] = fact(i);
  }
  return counter + p.x + c;
}
`;

let folder = '';
const programs: { name: string; path: string; optimized: boolean }[] = [];

before(() => {
  folder = mkdtempSync(join(tmpdir(), 'sonde-dwarf-'));
  writeFileSync(join(folder, 'a.c'), source);
  for (const compiler of ['gcc', 'clang']) {
    for (const version of [2, 3, 4, 5]) {
      for (const level of ['-O0', '-Og', '-O2', '-O3']) {
        const name = `${compiler} -gdwarf-${version} ${level}`;
        const path = join(folder, name.replaceAll(' ', '_'));
        execFileSync(compiler, [`-gdwarf-${version}`, level, '-o', path, 'a.c'], { cwd: folder });
        programs.push({ name, path, optimized: level !== '-O0' });
      }
    }
  }
});
after(() => rmSync(folder, { recursive: true }));

const open = (path: string): DebugInfo => openModule(path, files).debug!;

test('functions, types, variables and enumerators of every compiler, version and level', () => {
  for (const { name, path, optimized } of programs) {
    const debug = open(path);
    const [unit] = debug.units;
    assert.equal(unit.name, 'a.c', name);
    assert.equal(unit.directory, folder, name);
    assert.equal(unit.language, 'c', name);

    const [main] = debug.functions('main');
    assert.equal(debug.functionAt(main.entry)?.name, 'main', name);
    assert.deepEqual(
      main.type.parameters.map((parameter) => parameter.name),
      ['argc', 'argv'],
      name,
    );
    assert.equal(main.line, 10, name);
    assert.ok(main.external, name);
    assert.equal(debug.functions('add').length + debug.inlinedInstances('add').length > 0, true, name);

    const point = bare(debug.types('Point')[0].type);
    assert.ok(point.kind === 'struct' && point.name === 'point' && point.size === 24, name);
    assert.deepEqual(
      point.members.map((member) => [member.name, member.offset * 8 + (member.bitOffset ?? 0), member.bitSize]),
      [
        ['x', 0, undefined],
        ['y', 32, undefined],
        ['low', 64, 3],
        ['high', 67, 5],
        ['name', 128, undefined],
      ],
      name,
    );

    const [counter] = debug.variables('counter');
    assert.ok(!counter.external && counter.location.kind === 'expression', name);
    const table = debug.variables('table')[0].type;
    assert.ok(
      table.kind === 'array' && table.count === 2 && table.element.kind === 'array' && table.element.count === 3 && table.size === 24,
      name,
    );
    assert.deepEqual(
      debug.enumerators('GREEN').map(({ value }) => value),
      [5n],
      name,
    );
    assert.deepEqual(
      debug.enumerators('NEGATIVE').map(({ value }) => BigInt.asIntN(32, value)),
      [-2n],
      name,
    );
    assert.deepEqual(debug.functions('nothing'), [], name);

    const names = namesIn(main.block);
    for (const local of ['argc', 'argv', 'p', 'c']) assert.ok(names.includes(local), `${name}: ${local}`);
    if (!optimized) assert.deepEqual(namesIn(debug.functions('add')[0].block).sort(), ['a', 'b', 'calls', 'inner', 'sum'], name);
  }
});

const namesIn = (block: Block): string[] => [...block.variables.map(({ name }) => name), ...block.children.flatMap(namesIn)];

test('rows of line tables are those that objdump decodes, but for those that gdb drops', () => {
  for (const { name, path } of programs) {
    const debug = open(path);
    const decoded = new Set<string>();
    const listing = execFileSync('objdump', ['--dwarf=decodedline', path], { encoding: 'utf8' });
    for (const [, line, address] of listing.matchAll(/^\S+\s+(\d+)\s+0x([0-9a-f]+)/gm)) decoded.add(`${line} ${address}`);
    const rows = debug.units.flatMap((unit) => debug.lineTable(unit)).filter((row) => !row.endSequence);
    assert.ok(rows.length > 10, name);
    for (const { line, address } of rows)
      assert.ok(decoded.has(`${line} ${address.toString(16)}`), `${name}: line ${line} at ${address.toString(16)}`);
    for (const { address, line, high } of rows.map(({ address: at }) => ({ address: at, ...debug.lineAt(at)! }))) {
      assert.ok(line > 0 && high > address, name);
    }
  }
});

test('a line without code leads to the next that has some', () => {
  const debug = open(programs[0].path);
  const [file] = debug.sourceFiles('a.c');
  assert.deepEqual(pick(debug.linesFor(file, 9)), { exact: true, line: 9 });
  assert.deepEqual(pick(debug.linesFor(file, 3)), { exact: false, line: 8 });
  assert.deepEqual(pick(debug.linesFor(file, 1000)), { exact: false, line: 0 });
});
const pick = ({ exact, line }: { exact: boolean; line: number }) => ({ exact, line });

test('DIEs are those that llvm-dwarfdump counts', (context) => {
  const tool = ['llvm-dwarfdump', 'llvm-dwarfdump-14'].find((command) => {
    try {
      execFileSync(command, ['--version'], { stdio: 'ignore' });
      return true;
    } catch {
      return false;
    }
  });
  if (!tool) return context.skip('llvm-dwarfdump is not installed');
  for (const { name, path } of programs) {
    const text: string = execFileSync(tool, ['--debug-info', path], { encoding: 'utf8', maxBuffer: 1 << 28 });
    const functions: bigint[] = [
      ...text.matchAll(/DW_TAG_subprogram\n(?:\s+DW_AT.*\n|\s+\[.*\n)*?\s+DW_AT_low_pc\s+\(0x([0-9a-f]+)\)/g),
    ].map((match) => BigInt(`0x${match[1]}`));
    const ours = open(path)
      .units.flatMap((unit) => unit.symbols)
      .filter((symbol) => symbol.kind === 'function')
      .map(({ entry }) => entry);
    assert.deepEqual(ours.sort(), functions.sort(), name);
  }
});

/** Asks everything; FormatError is the only thing that may come out. */
function askEverything(sections: SectionReader, module: Parameters<typeof createDebugInfo>[0]): void {
  const guarded = (ask: () => unknown): void => {
    try {
      ask();
    } catch (error) {
      if (!(error instanceof FormatError)) throw error;
    }
  };
  guarded(() => {
    const debug = createDebugInfo(module, sections);
    const visit = (block: Block, depth: number): void => {
      for (const variable of block.variables)
        guarded(() => [variable.type.size, variable.location.kind === 'list' && variable.location.entries()]);
      if (depth < 8) for (const child of block.children) guarded(() => visit(child, depth + 1));
    };
    for (const name of ['main', 'add', 'fact']) {
      for (const fn of debug.functions(name))
        guarded(() => [visit(fn.block, 0), fn.callSites, fn.type.parameters, debug.lineAt(fn.entry), debug.blockAt(fn.entry)]);
      guarded(() => debug.inlinedInstances(name));
    }
    guarded(() =>
      debug
        .types('Point')
        .map(({ type }) => bare(type))
        .map((type) => (type.kind === 'struct' ? type.members : [])),
    );
    guarded(() => debug.variables('table').map(({ type }) => type.size));
    guarded(() => debug.units.map((unit) => [debug.lineTable(unit), unit.symbols]));
    guarded(() => [...debug.allNames()]);
    guarded(() => debug.sourceFiles('a.c').map((file) => debug.linesFor(file, 9)));
  });
}

test('damaged sections give what is left, or FormatError', () => {
  const names = [
    '.debug_info',
    '.debug_abbrev',
    '.debug_line',
    '.debug_str',
    '.debug_rnglists',
    '.debug_loclists',
    '.debug_addr',
    '.debug_str_offsets',
    '.debug_ranges',
    '.debug_loc',
    '.debug_aranges',
  ];
  const chosen = programs.filter(({ name }) => /-gdwarf-(3|5) -O2/.test(name));
  for (const { path } of chosen) {
    const module = openModule(path, files);
    const present = names.filter((name) => module.debugFile?.sectionBytes(name));
    const change = fc.record({
      section: fc.constantFrom(...present),
      edits: fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { minLength: 1, maxLength: 12 }),
      cut: fc.option(fc.nat(), { freq: 4 }),
    });
    fc.assert(
      fc.property(change, ({ section, edits, cut }) => {
        askEverything((name) => {
          const bytes = module.debugFile?.sectionBytes(name);
          if (!bytes || name !== section) return bytes;
          const damaged = Uint8Array.from(bytes);
          for (const [at, value] of edits) damaged[at % damaged.length] = value;
          return cut === null ? damaged : damaged.subarray(0, cut % damaged.length);
        }, module);
      }),
      { numRuns: 300 },
    );
  }
});
