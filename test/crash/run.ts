/**
 * `node --import tsx test/crash/run.ts [SCRIPT…] [--dump NAME] [--file FILE] [-c COMMAND] [--full]`: plays command lines in crash 9 (with its debug kernel)
 * and in sonde (with the dump alone) and shows where they differ. Without a script: all of test/crash/scripts. Exit status 1 if anything differs.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { compareLines, firstDifference, readScript } from './compare.ts';
import { findDumps } from './dumps.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    dump: { type: 'string', multiple: true },
    file: { type: 'string' },
    command: { type: 'string', short: 'c', multiple: true },
    full: { type: 'boolean' },
  },
});

const folder = join(import.meta.dirname, 'scripts');
const all = readdirSync(folder).filter((name) => name.endsWith('.crash'));
const scripts = positionals.length > 0 ? positionals.map((name) => `${name.replace(/\.crash$/, '')}.crash`) : all;
let agreed = 0;
let total = 0;
for (const dump of findDumps().filter(({ name }) => !values.dump || values.dump.includes(name))) {
  const sets = values.command
    ? [{ name: 'commands', lines: values.command.map((command) => ({ command, differs: undefined })) }]
    : scripts.map((name) => ({ name, lines: readScript(join(folder, name), dump) }));
  for (const { name, lines } of sets) {
    const files = values.file ? [join(dump.folder, values.file)] : undefined;
    const outcomes = compareLines(
      lines.map(({ command }) => command),
      dump,
      files,
    );
    const wrong = outcomes.filter(({ agrees }, index) => agrees === (lines[index].differs !== undefined));
    console.log(`${wrong.length > 0 ? 'DIFF' : 'ok  '} ${dump.name} ${name}  ${outcomes.length - wrong.length}/${outcomes.length}`);
    for (const outcome of wrong) {
      console.log(firstDifference(outcome));
      if (values.full) console.log(`<<< crash\n${outcome.crash}\n>>> sonde\n${outcome.sonde}`);
    }
    agreed += outcomes.length - wrong.length;
    total += outcomes.length;
  }
}
console.log(`${agreed} of ${total} command lines agree`);
process.exitCode = agreed === total ? 0 : 1;
