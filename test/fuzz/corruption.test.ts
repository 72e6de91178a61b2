import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { SondeError } from '../../src/base/errors.ts';
import { gdbCommands } from '../../src/commands/gdb/index.ts';
import { Registry } from '../../src/commands/registry.ts';
import { parseElf } from '../../src/formats/elf/elf.ts';
import { DebugSession } from '../../src/session/debugSession.ts';
import { ListedLines } from '../../src/surfaces/lineSource.ts';
import { Output } from '../../src/surfaces/output.ts';
import { Runner } from '../../src/surfaces/runner.ts';
import { batch, built } from '../batch.ts';

/**
 * Files with wrong bytes in them: whatever is asked of them ends soon, in an answer or in a SondeError, and takes no more
 * memory than the file could need.
 */
const runs = Number(process.env.SONDE_FUZZ_RUNS ?? 60);
const longest = 8_000;
const mostMemory = 600e6;

let folder: string;
before(() => {
  folder = mkdtempSync(join(tmpdir(), 'sonde-fuzz-'));
});
after(() => rmSync(folder, { recursive: true, force: true }));

/** Where bytes are changed, as a part of the region, and to what. */
const changes = fc.array(
  fc.record({ at: fc.double({ min: 0, max: 0.999999, noNaN: true }), value: fc.constantFrom(0, 1, 0x7f, 0x80, 0xff, 0x55) }),
  {
    minLength: 1,
    maxLength: 40,
  },
);

interface Region {
  readonly offset: number;
  readonly size: number;
}

function corrupted(bytes: Uint8Array, { offset, size }: Region, list: readonly { at: number; value: number }[]): Uint8Array {
  const result = bytes.slice();
  for (const { at, value } of list) result[offset + Math.floor(at * size)] = value;
  return result;
}

/** Executes commands in a session of their own; only SondeErrors may come of it. What they answered. */
async function survive(commands: readonly string[]): Promise<string[]> {
  const session = new DebugSession();
  const output = new Output(session.settings, { json: false, batchSilent: false });
  const runner = new Runner(session, new Registry(gdbCommands), output, { batch: true });
  const begin = Date.now();
  const memory = process.memoryUsage().rss;
  try {
    const answers: string[] = [];
    for (const line of commands) answers.push(await output.captured(() => answer(runner, line)));
    assert.ok(Date.now() - begin < longest, `took ${Date.now() - begin} ms`);
    assert.ok(process.memoryUsage().rss - memory < mostMemory, `took ${(process.memoryUsage().rss - memory) / 1e6} MB`);
    return answers;
  } finally {
    session.close();
  }
}

async function answer(runner: Runner, line: string): Promise<void> {
  try {
    await runner.execute(line, new ListedLines([]));
  } catch (error) {
    if (!(error instanceof SondeError)) throw new Error(`\`${line}\` threw ${error instanceof Error ? error.stack : error}`);
  }
}

const questions = [
  'info line main',
  'list main',
  'info source',
  'info scope main',
  'info address factorial',
  'ptype struct shape',
  'print sizeof(struct shape)',
  'print grid',
  'print all_shapes',
  'whatis new_shape',
  'info functions area',
  'info variables',
  'info types',
  'disassemble /s main',
  'break factorial',
  'info symbol main',
  'info files',
];

function fuzzProgram(what: string, variant: string, region: (bytes: Uint8Array) => Region): void {
  test(`a program with a damaged ${what}, ${variant}`, async () => {
    const original = readFileSync(built(`shapes-${variant}`));
    const path = join(folder, 'program');
    await fc.assert(
      fc.asyncProperty(changes, async (list) => {
        writeFileSync(path, corrupted(original, region(original), list));
        await survive([`file ${path}`, ...questions]);
      }),
      { numRuns: runs },
    );
  });
}

const section = (name: string) => (bytes: Uint8Array) => {
  const found = parseElf(bytes).sections.find((candidate) => candidate.name === name);
  assert.ok(found, name);
  return found;
};

fuzzProgram('ELF header', 'gcc-O2', () => ({ offset: 16, size: 48 }));
fuzzProgram('section table', 'gcc-O2', (bytes) => ({ offset: bytes.length - 64 * 36, size: 64 * 36 }));
for (const name of [
  '.debug_info',
  '.debug_abbrev',
  '.debug_line',
  '.debug_str',
  '.debug_loclists',
  '.debug_rnglists',
  '.eh_frame',
  '.symtab',
]) {
  fuzzProgram(name, 'gcc-O2', section(name));
}
for (const name of ['.debug_info', '.debug_str_offsets', '.debug_addr', '.debug_line', '.debug_loclists'])
  fuzzProgram(name, 'clang-O2', section(name));

test('an undamaged program answers everything', async () => {
  const answers = await survive([`file ${built('shapes-gcc-O2')}`, ...questions]);
  assert.deepEqual(
    questions.filter((_, index) => answers[index + 1] === ''),
    [],
  );
});

test('a program cut anywhere', async () => {
  const original = readFileSync(built('shapes-gcc-O2'));
  const path = join(folder, 'program');
  await fc.assert(
    fc.asyncProperty(fc.nat(original.length), async (length) => {
      writeFileSync(path, original.subarray(0, length));
      await survive([`file ${path}`, ...questions]);
    }),
    { numRuns: runs },
  );
});

const coreQuestions = [
  'bt',
  'bt full',
  'info threads',
  'info registers',
  'thread apply all bt',
  'x/16xg $sp',
  'info sharedlibrary',
  'info proc mappings',
  'info auxv',
  'up',
  'info frame',
];

for (const [what, region] of [
  ['headers', () => ({ offset: 16, size: 4000 })],
  ['notes', (bytes: Uint8Array) => ({ offset: notesOffset(bytes), size: 8000 })],
  ['stack', (bytes: Uint8Array) => ({ offset: bytes.length - 0x21000, size: 0x20000 })],
] as const) {
  test(`a core with damaged ${what}`, async () => {
    const good = join(folder, 'good.core');
    batch('sonde', [built('shapes-gcc-O2')], 'break sum_row', 'run', `gcore ${good}`, 'kill');
    const original = readFileSync(good);
    const path = join(folder, 'core');
    await fc.assert(
      fc.asyncProperty(changes, async (list) => {
        writeFileSync(path, corrupted(original, region(original), list));
        await survive([`file ${built('shapes-gcc-O2')}`, `core-file ${path}`, ...coreQuestions]);
      }),
      { numRuns: runs >> 1 },
    );
  });
}

const notesOffset = (bytes: Uint8Array): number => parseElf(bytes).segments.find(({ type }) => type === 4)?.offset ?? 0;
