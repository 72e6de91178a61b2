import { FormatError } from '../base/errors.ts';
import { crc32, parseAlternateLink, parseDebugLink } from '../formats/elf/debugLink.ts';
import { buildIdOf } from '../formats/elf/notes.ts';
import type { FileSource } from './fileSource.ts';
import { ElfObjectFile } from './objectFile.ts';

/** `set debug-file-directory`'s default. */
export const defaultDebugDirectory = '/usr/lib/debug';

/**
 * Finds the separate debug file of a stripped one, as gdb does ("Debugging Information in Separate Files"): by build-id, then by
 * .gnu_debuglink beside the file, in .debug/ beside it, and under the debug directory. A file that does not belong is passed over.
 */
export function findDebugFile(file: ElfObjectFile, files: FileSource, directory = defaultDebugDirectory): ElfObjectFile | undefined {
  const buildId = buildIdOf(file.elf);
  for (const path of candidates(file, buildId, directory)) {
    if (path === file.path || !files.exists(path)) continue;
    const found = tryOpen(path, files);
    if (found && belongs(found, file, buildId)) return found;
  }
  return undefined;
}

function candidates(file: ElfObjectFile, buildId: string | undefined, directory: string): string[] {
  const paths = buildId && buildId.length > 2 ? [`${directory}/.build-id/${buildId.slice(0, 2)}/${buildId.slice(2)}.debug`] : [];
  const link = debugLinkOf(file);
  if (link) {
    const folder = file.path.slice(0, file.path.lastIndexOf('/'));
    paths.push(`${folder}/${link.name}`, `${folder}/.debug/${link.name}`, `${directory}${folder}/${link.name}`);
  }
  return paths;
}

function debugLinkOf(file: ElfObjectFile): { name: string; crc: number } | undefined {
  const bytes = file.sectionBytes('.gnu_debuglink');
  try {
    return bytes && parseDebugLink(bytes);
  } catch (error) {
    if (error instanceof FormatError) return undefined;
    throw error;
  }
}

function belongs(found: ElfObjectFile, file: ElfObjectFile, buildId: string | undefined): boolean {
  const foundId = buildIdOf(found.elf);
  if (buildId !== undefined && foundId !== undefined) return buildId === foundId;
  return crc32(found.elf.bytes) === debugLinkOf(file)?.crc;
}

/** dwz's common file, which a debug file's `DW_FORM_GNU_ref_alt` and `strp_alt` point into. */
export function findAlternateFile(
  debugFile: ElfObjectFile,
  files: FileSource,
  directory = defaultDebugDirectory,
): ElfObjectFile | undefined {
  const bytes = debugFile.sectionBytes('.gnu_debugaltlink');
  if (!bytes) return undefined;
  const { path, buildId } = parseAlternateLink(bytes);
  const folder = debugFile.path.slice(0, debugFile.path.lastIndexOf('/'));
  const byId = `${directory}/.build-id/${buildId.slice(0, 2)}/${buildId.slice(2)}.debug`;
  for (const candidate of [path.startsWith('/') ? path : `${folder}/${path}`, byId]) {
    if (!files.exists(candidate)) continue;
    const found = tryOpen(candidate, files);
    if (found && buildIdOf(found.elf) === buildId) return found;
  }
  return undefined;
}

function tryOpen(path: string, files: FileSource): ElfObjectFile | undefined {
  try {
    return new ElfObjectFile(path, files.read(path), files);
  } catch (error) {
    if (error instanceof FormatError) return undefined;
    throw error;
  }
}
