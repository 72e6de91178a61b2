import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where dumps, the debug kernel and the peers are kept (scripts/vmcore). */
export const cache = process.env.VMCORE_CACHE ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'sonde-vmcore');

export const peer = join(cache, 'crash9');
export const debugKernel = join(cache, 'vmlinux');

/** A dump made by scripts/vmcore, in all its formats, with the guest's own account of itself in `truth`. */
export interface Dump {
  readonly name: string;
  readonly folder: string;
  /** The plain ELF dump. */
  readonly file: string;
  readonly truth: string;
  /** What scripts may ask for in braces: pids and addresses of the guest's programs, `sym:NAME`. */
  lookUp(name: string): string;
}

export function findDumps(): Dump[] {
  const folder = join(cache, 'dumps');
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => existsSync(join(folder, name, 'vmcore.elf')))
    .map((name) => openDump(name, join(folder, name)));
}

function openDump(name: string, folder: string): Dump {
  const values = new Map<string, string>();
  const serial = readFileSync(join(folder, 'serial.txt'), 'latin1').replaceAll('\r', '');
  for (const [, program, rest] of serial.matchAll(/^ADDR (\w+) (.*)$/gm))
    for (const [, key, value] of rest.matchAll(/(\w+)=(\S+)/g))
      values.set(key === 'pid' ? program : `${program}.${key}`, value.replace(/^0x/, ''));
  for (const [, thread, tid] of serial.matchAll(/^THREAD (\w+) tid=(\d+)$/gm)) values.set(thread, tid);
  let symbols: Map<string, string> | undefined;
  const lookUp = (key: string): string => {
    if (!key.startsWith('sym:')) return values.get(key) ?? missing(key);
    symbols ??= readSymbols(join(folder, 'gt/kallsyms'));
    return symbols.get(key.slice(4)) ?? missing(key);
  };
  return { name, folder, file: join(folder, 'vmcore.elf'), truth: join(folder, 'gt'), lookUp };
}

function readSymbols(path: string): Map<string, string> {
  const symbols = new Map<string, string>();
  for (const line of readFileSync(path, 'latin1').split('\n')) {
    const [address, , name, module] = line.split(/\s+/);
    if (name !== undefined && !symbols.has(name)) symbols.set(name, address);
    // `sym:[virtio_net]`: the first symbol of a module.
    if (module && !symbols.has(module)) symbols.set(module, address);
  }
  return symbols;
}

function missing(name: string): never {
  throw new Error(`the dump does not say what {${name}} is`);
}
