import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cache, type Dump, debugKernel, peer } from './dumps.ts';

/** One command line through both. */
export interface Outcome {
  readonly command: string;
  readonly crash: string;
  readonly sonde: string;
  readonly agrees: boolean;
}

const root = join(import.meta.dirname, '../..');

/**
 * A script's lines, `{name}` filled in with what the dump says. A line may end in `  # differs: REASON`: then a difference is expected, and
 * an agreement is a failure.
 */
export function readScript(path: string, dump: Dump): { command: string; differs: string | undefined }[] {
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.startsWith('#'))
    .map((line) => {
      const [, text, differs] = /^(.*?)(?: +# differs: (.*))?$/.exec(line) as RegExpExecArray;
      return { command: text.replace(/\{([^{}]+?)(?:\+(0x[0-9a-f]+))?\}/g, (_, name, more) => filled(dump.lookUp(name), more)), differs };
    });
}

const filled = (value: string, more: string | undefined): string => (more ? (BigInt(`0x${value}`) + BigInt(more)).toString(16) : value);

/** Plays the lines in crash (with its debug kernel) and in sonde (with the dump alone in an empty folder, or with other files). */
export function compareLines(commands: readonly string[], dump: Dump, files: readonly string[] = [dump.file]): Outcome[] {
  const theirs = reference(commands, dump);
  const ours = runSonde(commands, ...files);
  return commands.map((command, index) => {
    const crash = theirs[index] ?? '';
    const sonde = ours[index] ?? '(nothing: sonde ended)';
    return { command, crash, sonde, agrees: normalise(crash) === normalise(sonde) };
  });
}

/** What crash answers never changes for a dump, so it is kept. */
function reference(commands: readonly string[], dump: Dump): string[] {
  const key = createHash('sha256').update(commands.join('\n')).digest('hex').slice(0, 16);
  const kept = join(cache, 'reference', `${dump.name}-${key}.json`);
  if (existsSync(kept)) return JSON.parse(readFileSync(kept, 'utf8'));
  const answers = play([peer, '-s', debugKernel, dump.file], commands, dump.folder);
  mkdirSync(join(cache, 'reference'), { recursive: true });
  writeFileSync(kept, JSON.stringify(answers));
  return answers;
}

/** What sonde answers to each line, from the files of a dump in an empty folder. */
export function runSonde(commands: readonly string[], ...files: readonly string[]): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'sonde-lone-dump-'));
  try {
    const links = files.map((file, index) => {
      const link = join(folder, `vmcore${index === 0 ? '' : index}`);
      symlinkSync(file, link);
      return link;
    });
    return play([join(root, 'bin/sonde'), '-q', ...links], commands, folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function play([program, ...args]: readonly string[], commands: readonly string[], cwd: string): string[] {
  const input = `set scroll off\n${commands.map((command, index) => `!echo @@${index}@@\n${command}\n`).join('')}quit\n`;
  // Both streams in one, in the order of writing.
  const { stdout } = spawnSync('sh', ['-c', 'exec "$@" 2>&1', 'sh', program, ...args], {
    input,
    cwd,
    encoding: 'latin1',
    maxBuffer: 1 << 28,
    timeout: 900_000,
  });
  const parts = stdout.split(/@@(\d+)@@\n/);
  const answers: string[] = [];
  for (let at = 1; at < parts.length; at += 2) answers[Number(parts[at])] = parts[at + 1];
  return answers;
}

/** Runs of blanks count as one; the files' names are each tool's own; crash says what it is waiting for, and wipes it. */
function normalise(text: string): string {
  return text
    .replace(/^please wait\.\.\..*\r(?: *\r)?/gm, '')
    .split('\n')
    .map((line) => line.replace(/\s+/g, ' ').trim())
    .filter((line) => line !== '' && !/^(KERNEL|DUMPFILE):/.test(line))
    .join('\n');
}

/** The first line that differs, with its number. */
export function firstDifference({ command, crash, sonde }: Outcome): string {
  const a = normalise(crash).split('\n');
  const b = normalise(sonde).split('\n');
  const at = a.findIndex((line, index) => line !== b[index]);
  const line = at < 0 ? a.length : at;
  return `--- ${command}: line ${line + 1} of ${a.length}/${b.length}\n  crash: ${a[line] ?? '(end)'}\n  sonde: ${b[line] ?? '(end)'}`;
}
