import { type MapsEntry, parseMaps, procText } from '../../linux/procfs.ts';
import type { Mapping } from '../target.ts';

/** Bits of /proc/PID/coredump_filter (core(5)). */
const filterBits = {
  anonymousPrivate: 1,
  anonymousShared: 2,
  filePrivate: 4,
  fileShared: 8,
  elfHeaders: 16,
  hugePrivate: 32,
  hugeShared: 64,
} as const;
const defaultFilter = filterBits.anonymousPrivate | filterBits.anonymousShared | filterBits.elfHeaders | filterBits.hugePrivate;

/** Which mappings a core holds: what the kernel's filter and the mappings' own flags say (gdb/linux-tdep.c: dump_mapping_p). */
export function mappingsToDump(pid: number, options: { readonly useFilter: boolean; readonly dumpExcluded: boolean }): Mapping[] {
  const text = options.useFilter ? procText(pid, 'coredump_filter') : undefined;
  const filter = text === undefined ? defaultFilter : Number.parseInt(text, 16);
  return smapsOf(pid)
    .filter(({ entry, flags, anonymous }) => {
      if (!entry.read || entry.path === '[vvar]' || entry.path === '[vsyscall]') return false;
      if (flags.includes('io')) return false;
      if (flags.includes('dd') && !options.dumpExcluded) return false;
      return isWanted(filter, entry, flags, anonymous);
    })
    .map(({ entry }) => entry);
}

function isWanted(filter: number, { path, shared, offset }: MapsEntry, flags: readonly string[], anonymous: boolean): boolean {
  const isFile = path.startsWith('/') && !path.startsWith('/dev/zero') && !path.startsWith('/SYSV') && !path.startsWith('/memfd:');
  if (flags.includes('ht')) return (filter & (shared ? filterBits.hugeShared : filterBits.hugePrivate)) !== 0;
  if (!isFile) return (filter & (shared ? filterBits.anonymousShared : filterBits.anonymousPrivate)) !== 0;
  // A private mapping of a file that was written to holds anonymous pages.
  if (!shared && anonymous && filter & filterBits.anonymousPrivate) return true;
  if (filter & (shared ? filterBits.fileShared : filterBits.filePrivate)) return true;
  return !shared && offset === 0 && (filter & filterBits.elfHeaders) !== 0;
}

interface SmapsEntry {
  readonly entry: MapsEntry;
  /** VmFlags. */
  readonly flags: readonly string[];
  /** Has pages that are no longer the file's. */
  readonly anonymous: boolean;
}

function smapsOf(pid: number): SmapsEntry[] {
  const text = procText(pid, 'smaps') ?? procText(pid, 'maps') ?? '';
  const entries: { entry: MapsEntry; flags: string[]; anonymous: boolean }[] = [];
  for (const line of text.split('\n')) {
    const [entry] = parseMaps(line);
    const last = entries[entries.length - 1];
    if (entry) entries.push({ entry, flags: [], anonymous: false });
    else if (last && line.startsWith('VmFlags:')) last.flags = line.slice(8).trim().split(/\s+/);
    else if (last && line.startsWith('Anonymous:')) last.anonymous = !/:\s+0 kB/.test(line);
  }
  return entries;
}
