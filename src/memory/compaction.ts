import { existsSync, writeFileSync } from 'node:fs';
import { SondeError } from '../base/errors.ts';
import { fileErrorText } from '../linux/errno.ts';
import { readText } from './frames.ts';

/** Makes the kernel move pages together, in one node or in all (Documentation/admin-guide/sysctl/vm.rst: compact_memory). Throws SondeError. */
export function compact(node: number | undefined): void {
  const path = node === undefined ? '/proc/sys/vm/compact_memory' : `/sys/devices/system/node/node${node}/compact`;
  if (!existsSync(path)) throw new SondeError(node === undefined ? 'this kernel has no compaction' : `there is no memory node ${node}`);
  try {
    writeFileSync(path, '1');
  } catch (error) {
    throw new SondeError(`${path}: ${fileErrorText(error)}.`);
  }
}

/** Counters of /proc/vmstat that compaction moves, by name. */
export function compactionCounters(): Map<string, number> {
  return new Map(
    [...readText('/proc/vmstat').matchAll(/^((?:compact_|pgmigrate_|thp_migration_)\w+) (\d+)$/gm)].map(([, name, value]) => [
      name,
      Number(value),
    ]),
  );
}
