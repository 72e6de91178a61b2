import { closeSync, fstatSync, openSync } from 'node:fs';
import { errno, libc, loadKoffi, SystemError } from './ffi.ts';

const PROT_READ = 1;
const MAP_PRIVATE = 2;

/**
 * The bytes of a file without copying them: a read-only view of its pages, which come from disk when touched. The mapping
 * stays until sonde ends, because a view must never dangle. Writing to the view is a fault. Throws Node's error if it can't be opened.
 */
export function mapFile(path: string): Uint8Array {
  const fd = openSync(path, 'r');
  try {
    const { size } = fstatSync(fd);
    if (size === 0) return new Uint8Array(0);
    const address = libc().mmap(0, size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (address > 2 ** 47) throw new SystemError(path, errno()); // MAP_FAILED is (void *) -1
    return new Uint8Array(loadKoffi().view(BigInt(address), size));
  } finally {
    closeSync(fd);
  }
}
