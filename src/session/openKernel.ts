import { Kernel } from '../kernel/kernel.ts';
import { files } from '../linux/files.ts';
import { openVmcore } from '../targets/kernel/vmcore.ts';
import { KernelSession } from './kernelSession.ts';

/** Opens a kernel dump; `paths` are the dump, or all files of a split one. Throws SondeError for files that are none. */
export function openKernelDump(paths: readonly string[]): KernelSession {
  const { zlib, zstd } = files.decompress;
  const decompressors = { zlib: (bytes: Uint8Array) => zlib(bytes, 4096), zstd };
  const dump = openVmcore(
    paths.map((path) => files.read(path)),
    decompressors,
  );
  return new KernelSession(new Kernel(dump), { dump: paths.join(' ') });
}
