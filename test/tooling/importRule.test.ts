import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

const root = new URL('../..', import.meta.url).pathname;

/** A house with one wrong import in it; what the check says about it. */
function violation(from: string, imported: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'sonde-rule-'));
  try {
    for (const file of [from, 'src/session/session.ts', 'src/base/address.ts']) {
      mkdirSync(join(folder, file, '..'), { recursive: true });
      writeFileSync(join(folder, file), 'export const one = 1;\n');
    }
    writeFileSync(join(folder, from), `import '${imported}';\n`);
    writeFileSync(
      join(folder, 'tsconfig.json'),
      '{ "compilerOptions": { "module": "nodenext", "allowImportingTsExtensions": true, "noEmit": true } }',
    );
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
    const run = spawnSync(
      join(root, 'node_modules/.bin/depcruise'),
      ['--output-type', 'err-long', '--config', join(root, '.dependency-cruiser.cjs'), 'src'],
      { cwd: folder, encoding: 'utf8', timeout: 60_000 },
    );
    return `${run.status === 0 ? 'allowed' : 'refused'}: ${run.stdout.replace(/\s+/g, ' ')}`;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

test('an import up the storeys is refused with a sentence that names the room', () => {
  assert.match(
    violation('src/arch/wrong.ts', '../session/session.ts'),
    /^refused: .*arch\/ entered session\/ \(the debugging session\): it is tables/,
  );
});

test('the FFI belongs to linux/', () => {
  assert.match(violation('src/targets/wrong.ts', 'koffi'), /^refused: .*koffi was imported outside of linux\//);
});

test('a pure room does no input or output', () => {
  assert.match(violation('src/formats/wrong.ts', 'node:fs'), /^refused: .*formats\/ imported a node: module/);
});

test('an import down the storeys is allowed', () => {
  assert.match(violation('src/session/right.ts', '../base/address.ts'), /^allowed/);
});
