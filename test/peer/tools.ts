import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PeerScript } from './script.ts';

export const root = new URL('../..', import.meta.url).pathname.replace(/\/$/, '');
const cache = join(root, 'node_modules/.cache/peer');

export type Tool = 'gdb' | 'sonde';

/** The same for both, so that the inferior's stack lies at the same addresses. */
const environment = { PATH: '/usr/local/bin:/usr/bin:/bin', HOME: '/nonexistent', LANG: 'C.UTF-8', TERM: 'dumb', SHELL: '/bin/sh' };

/** Longest that one script may take in one debugger. */
const patience = 90_000;

/** Path of the program that a script names, built for a variant; installed programs have only one. */
export function programPath(program: string, variant: string): string {
  return program.startsWith('/') ? program : join(root, 'test/programs/build', `${program}-${variant}`);
}

/** What a debugger prints for a script, stdout and stderr in one stream, with a marker line before each command. */
export async function play(tool: Tool, script: PeerScript, program: string): Promise<string> {
  const input = commandStream(script);
  if (tool === 'sonde') return playIn(scratchFolder(), process.env.PEER_SONDE ?? join(root, 'bin/sonde'), script, program, input);
  const file = join(
    cache,
    digest(
      gdbVersion(),
      readFileSync(join(root, 'test/peer/gdb')),
      readFileSync(join(root, 'test/peer/wideState.c')),
      readFileSync(program),
      program,
      input,
      ...script.options,
    ),
  );
  if (existsSync(file)) return readFileSync(file, 'utf8');
  const text = await playIn(scratchFolder(), join(root, 'test/peer/gdb'), script, program, input);
  mkdirSync(cache, { recursive: true });
  writeFileSync(`${file}.${process.pid}`, text);
  renameSync(`${file}.${process.pid}`, file);
  return text;
}

const scratchFolder = () => mkdtempSync(join(tmpdir(), 'peer-'));

/** `{scratch}` in a script is a folder of this run's own, for cores and logs. */
async function playIn(scratch: string, command: string, script: PeerScript, program: string, input: string): Promise<string> {
  try {
    const text = await run(command, script, program, input.replaceAll('{scratch}', scratch));
    return text.replaceAll(scratch, '{scratch}');
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** `set width 0` and `set height 0` stand in for a terminal's size; the settings are not compared. */
function commandStream(script: PeerScript): string {
  const marked = script.commands.flatMap((command, index) => [`echo @@${index}@@\\n`, command]);
  return ['set width 0', 'set height 0', ...marked, `echo @@${script.commands.length}@@\\n`, 'kill', 'quit', ''].join('\n');
}

function run(command: string, script: PeerScript, program: string, input: string): Promise<string> {
  return new Promise((resolve, reject) => {
    // One pipe for both streams keeps their order, which a reader at a terminal sees.
    const child = spawn('/bin/sh', ['-c', 'exec "$@" 2>&1', 'sh', command, '-nx', '-q', ...script.options, program], {
      cwd: root,
      env: environment,
      stdio: ['pipe', 'pipe', 'inherit'],
      detached: true,
    });
    let text = '';
    const late = setTimeout(() => {
      text += '\n@@timeout@@\n';
      process.kill(-child.pid!, 'SIGKILL');
    }, patience);
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
      // A loop of errors must not fill the memory.
      if (text.length > 5e6) process.kill(-child.pid!, 'SIGKILL');
    });
    child.stdin.on('error', () => {});
    child.on('error', reject);
    child.on('close', () => {
      clearTimeout(late);
      resolve(text);
    });
    child.stdin.end(input);
  });
}

let version: string | undefined;
function gdbVersion(): string {
  version ??= spawnSync('gdb', ['--version'], { encoding: 'utf8' }).stdout;
  return version;
}

function digest(...parts: (string | Buffer)[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part).update('\0');
  return hash.digest('hex').slice(0, 32);
}

/** Builds sonde and the programs where their sources are newer. Throws with the compiler's words. */
export function prepare(): void {
  if (!process.env.PEER_SONDE && newestSource() > builtAt()) step('node', ['scripts/build.mjs']);
  step('test/programs/build.sh', []);
}

function step(command: string, args: string[]): void {
  const run = spawnSync(command, args, { cwd: root, encoding: 'utf8' });
  if (run.status !== 0) throw new Error(`${command} ${args.join(' ')} failed:\n${run.stdout}${run.stderr}`);
}

const builtAt = () => statSync(join(root, 'dist/loader.cjs'), { throwIfNoEntry: false })?.mtimeMs ?? 0;
const newestSource = () =>
  readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
    .reduce((newest, file) => Math.max(newest, statSync(join(root, 'src', file)).mtimeMs), 0);
