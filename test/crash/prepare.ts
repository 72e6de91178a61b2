import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { cache, debugKernel, findDumps, peer } from './dumps.ts';

const scripts = join(import.meta.dirname, '../../scripts/vmcore');

/** The guests that are dumped: name, mode, kernel arguments, environment. The first in every format. */
const guests: readonly { readonly name: string; readonly args: readonly string[]; readonly env?: Readonly<Record<string, string>> }[] = [
  { name: 'live', args: ['live'], env: { FORMATS: 'elf paged zlib md' } },
  { name: 'panic', args: ['panic'] },
  { name: 'nokaslr', args: ['live', 'nokaslr', 'pti=on'] },
  { name: 'la57', args: ['live'], env: { CPU: 'max' } },
];

/** Makes the dumps that are missing, a minute's work with what is needed downloaded; why it can't be done, if so. */
export function prepareDumps(): string | undefined {
  const known = new Set(findDumps().map(({ name }) => name));
  const missing = guests.filter(({ name }) => !known.has(name));
  if (missing.length === 0) return undefined;
  const problem = setUp();
  if (problem) return problem;
  for (const { name, args, env } of missing) {
    const made = run('make', [name, '512M', ...args], { FORMATS: 'elf', ...env });
    if (!made) return `scripts/vmcore/make ${name} failed`;
  }
  return undefined;
}

function setUp(): string | undefined {
  if (existsSync(join(cache, 'KV')) && existsSync(debugKernel)) return undefined;
  if (process.getuid?.() !== 0) return 'kernel dumps are made with QEMU: only root may install it';
  if (spawnSync('apt-get', ['--version']).status !== 0) return 'kernel dumps are made from Debian packages, and this is no Debian';
  return run('setup', ['--vmlinux']) ? undefined : 'scripts/vmcore/setup failed: a package could not be had';
}

/** crash 9 itself; why it is not there, if so. */
export function preparePeer(): string | undefined {
  if (existsSync(peer)) return undefined;
  return run('peers', []) && existsSync(peer) ? undefined : 'scripts/vmcore/peers failed: crash 9 could not be had';
}

function run(script: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): boolean {
  const done = spawnSync(join(scripts, script), args, {
    env: { ...process.env, VMCORE_CACHE: cache, ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
    timeout: 900_000,
  });
  return done.status === 0;
}
