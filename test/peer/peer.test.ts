import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import { after, describe, test } from 'node:test';
import { type CommandOutcome, compareScript, describe as describeOutcome } from './compare.ts';
import { type Difference, differences } from './differences.ts';
import { allVariants, readScript, scriptPaths } from './script.ts';
import { prepare, programPath, root } from './tools.ts';

const scripts = scriptPaths(root).map(readScript);
const noGdb = spawnSync('gdb', ['--version']).status === 0 ? undefined : 'gdb is not installed';
if (!noGdb) prepare();

/** What agreed, over all: the commands' count is that of distinct script lines, each on every program and variant of its script. */
const agreed = { comparisons: 0, commands: new Set<string>(), programs: new Map<string, Set<string>>() };
const neededDifferences = new Set<Difference>();

function count(script: string, program: string, variant: string, outcomes: readonly CommandOutcome[]): void {
  for (const [index, outcome] of outcomes.entries()) {
    for (const difference of outcome.excusedBy) neededDifferences.add(difference);
    if (!outcome.agrees) continue;
    agreed.comparisons++;
    agreed.commands.add(`${script}:${index}`);
  }
  agreed.programs.set(program, (agreed.programs.get(program) ?? new Set()).add(variant));
}

describe('gdb and sonde print the same', { concurrency: 2, skip: noGdb }, () => {
  for (const script of scripts) {
    for (const program of script.programs) {
      for (const variant of program.startsWith('/') ? [''] : script.variants) {
        const path = programPath(program, variant);
        const skip = existsSync(path) ? undefined : `${path} is not there`;
        test(`${script.name} on ${basename(program)}${variant && ` ${variant}`}`, { skip }, async () => {
          const outcomes = await compareScript(script, path);
          count(script.name, program, variant, outcomes);
          const wrong = outcomes.filter((outcome) => !outcome.agrees);
          assert.equal(
            wrong.length,
            0,
            `${wrong.length} of ${outcomes.length} commands differ\n${wrong.map(describeOutcome).join('\n\n')}`,
          );
        });
      }
    }
  }
});

describe('taken together', { skip: noGdb }, () => {
  test('at least 250 commands agree, over five programs in every variant', () => {
    const complete = [...agreed.programs].filter(([, variants]) => allVariants.every((variant) => variants.has(variant)));
    assert.ok(agreed.commands.size >= 250, `${agreed.commands.size} commands`);
    assert.ok(complete.length >= 5, `${complete.length} programs`);
  });
  for (const difference of differences) {
    test(`still needed: ${difference.reason}`, () => assert.ok(neededDifferences.has(difference)));
  }
  after(() => console.log(`peer: ${agreed.commands.size} commands, ${agreed.comparisons} comparisons with gdb agree`));
});
