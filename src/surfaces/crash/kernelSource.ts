import { SondeError } from '../../base/errors.ts';
import { fileKind } from '../../session/kernelDumpFile.ts';
import type { KernelSource } from '../../session/openKernel.ts';
import type { Options } from '../options.ts';

/**
 * Is it a kernel that is asked for, and which? Dumps are recognised by their content; a program beside one is the kernel's debug file, in either
 * order. After the word `crash` nothing but kernels is meant: a file of no known kind is an image of memory, and no file at all the running
 * kernel. Throws SondeError for files that are not there.
 */
export function kernelSource({ files: words, core, qmp }: Options): KernelSource | undefined {
  const asCrash = words[0] === 'crash';
  const files = asCrash ? words.slice(1) : words;
  if (!asCrash && qmp === undefined && files.length === 0 && core === undefined) return undefined;
  const kinds = [...files, ...(core === undefined ? [] : [core])].map((path) => ({ path, kind: fileKind(path) }));
  const dumps = kinds.filter(({ kind }) => kind === 'dump' || (asCrash && kind === 'other')).map(({ path }) => path);
  if (dumps.length === 0 && !asCrash && qmp === undefined) return undefined;
  const missing = kinds.find(({ kind }) => kind === 'missing');
  if (missing) throw new SondeError(`${missing.path}: No such file or directory.`);
  const debugKernel = kinds.find(({ kind }) => kind === 'program')?.path;
  return { dumps: dumps.length > 0 ? dumps : undefined, qmp, debugKernel };
}
