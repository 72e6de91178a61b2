import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';

/** `npm run check`, each part a test of its own. */
for (const check of ['types', 'style', 'imports', 'unused']) {
  test(`npm run check:${check}`, () => {
    const run = spawnSync('npm', ['run', '--silent', `check:${check}`], { encoding: 'utf8', timeout: 300_000 });
    assert.equal(run.status, 0, `${run.stdout}${run.stderr}`);
  });
}
