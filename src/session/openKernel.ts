import { existsSync } from 'node:fs';
import { SondeError } from '../base/errors.ts';
import { Kernel } from '../kernel/kernel.ts';
import { inflateZstdPage, loadZstd } from '../linux/decompress.ts';
import { openFileBytes } from '../linux/fileBytes.ts';
import { files } from '../linux/files.ts';
import { openModule } from '../program/elfModule.ts';
import type { Module } from '../program/module.ts';
import { QmpMemory } from '../targets/kernel/qmpMemory.ts';
import { openMemory, openRunningKernel, openVmcore, type Vmcore } from '../targets/kernel/vmcore.ts';
import { KernelSession } from './kernelSession.ts';

/** What a kernel is read from. */
export interface KernelSource {
  /** A dump, or all files of a split one. */
  readonly dumps?: readonly string[];
  /** The monitor's socket of a QEMU guest that runs. */
  readonly qmp?: string;
  /** The kernel's debug file (vmlinux), for lines and locals. */
  readonly debugKernel?: string;
}

/** Opens a kernel dump, a running guest, or without either the running kernel. Throws SondeError where that is none, or the debug file is another kernel's. */
export async function openKernel({ dumps, qmp, debugKernel }: KernelSource): Promise<KernelSession> {
  if (dumps) {
    const dump = openDump(dumps);
    if (dump.usesZstd) await loadZstd();
    return session(dump, dumps.join(' '), debugKernel);
  }
  if (qmp !== undefined) {
    const memory = new QmpMemory(qmp);
    return session(openMemory(memory, 'QEMU guest'), qmp, debugKernel, () => memory.forget());
  }
  const path = '/proc/kcore';
  const source = openFileBytes(path);
  if (source.read(0, 4).length < 4) throw new SondeError(`${path}: can't be read: Operation not permitted.`);
  return session(openRunningKernel(source), path, debugKernel, () => source.forget());
}

function openDump(paths: readonly string[]): Vmcore {
  return openVmcore(
    paths.map((path) => files.read(path)),
    { zlib: files.decompress.zlib, zstd: inflateZstdPage },
  );
}

/** `forget`: of a kernel that runs, drops what was read of its memory. */
function session(dump: Vmcore, name: string, given: string | undefined, forget?: () => void): KernelSession {
  const release = dump.info.get('OSRELEASE');
  const debugKernel = given === undefined ? (forget && release ? installedDebugKernel(release, dump) : undefined) : matching(given, dump);
  return new KernelSession(new Kernel(dump), { dump: name, debugKernel, forget });
}

/** Throws SondeError with both build-ids where the file is not this kernel's. */
function matching(path: string, { info }: Vmcore): Module {
  const module = openModule(path, files);
  const expected = info.get('BUILD-ID');
  if (expected !== undefined && module.buildId !== expected)
    throw new SondeError(`${path} is not this dump's kernel: its build-id is ${module.buildId ?? '(none)'}, the dump's is ${expected}`);
  module.bias = BigInt(`0x${info.get('KERNELOFFSET') ?? '0'}`);
  return module;
}

/** Where distributions put debug kernels. */
function installedDebugKernel(release: string, dump: Vmcore): Module | undefined {
  const places = [
    `/usr/lib/debug/boot/vmlinux-${release}`,
    `/usr/lib/debug/lib/modules/${release}/vmlinux`,
    `/lib/modules/${release}/build/vmlinux`,
    `/boot/vmlinux-${release}`,
  ];
  for (const place of places.filter(existsSync)) {
    try {
      return matching(place, dump);
    } catch (error) {
      if (!(error instanceof SondeError)) throw error;
    }
  }
  return undefined;
}
