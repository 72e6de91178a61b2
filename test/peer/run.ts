/**
 * `npm run peer -- [SCRIPT…] [--variant gcc-O2] [--program NAME] [--quiet]`: plays command files in gdb and sonde and shows where they
 * differ. Without a script: all of them. Exit status 1 if anything differs.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { compareScript, describe } from './compare.ts';
import { readScript, scriptPaths } from './script.ts';
import { prepare, programPath, root } from './tools.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    variant: { type: 'string', multiple: true },
    program: { type: 'string', multiple: true },
    quiet: { type: 'boolean', short: 'q' },
  },
});

const out = join(root, 'test/peer/out');
const known = scriptPaths(root);
const paths = positionals.length ? positionals.map((name) => known.find((path) => basename(path, '.gdb') === name) ?? name) : known;

prepare();
mkdirSync(out, { recursive: true });
let agreed = 0;
let total = 0;
for (const script of paths.map(readScript)) {
  for (const program of values.program ?? script.programs) {
    for (const variant of program.startsWith('/') ? [''] : (values.variant ?? script.variants)) {
      const outcomes = await compareScript(script, programPath(program, variant));
      const wrong = outcomes.filter((outcome) => !outcome.agrees);
      const label = `${script.name} ${basename(program)}${variant && `-${variant}`}`;
      console.log(`${wrong.length ? 'DIFF' : 'ok  '} ${label}  ${outcomes.length - wrong.length}/${outcomes.length}`);
      const text = wrong.map(describe).join('\n\n');
      writeFileSync(join(out, `${label.replace(' ', '-')}.diff`), text);
      if (text && !values.quiet) console.log(`${text}\n`);
      agreed += outcomes.length - wrong.length;
      total += outcomes.length;
    }
  }
}
console.log(`${agreed} of ${total} commands agree`);
process.exitCode = agreed === total ? 0 : 1;
