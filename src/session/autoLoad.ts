import { realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import type { Settings } from './settings.ts';

/** May a script that nobody asked for be read? `set auto-load safe-path` has the folders, files and patterns (`*`, `?`) that are trusted. */
export function mayAutoLoad(path: string, settings: Settings): boolean {
  const names = new Set([path, real(path)]);
  return settings
    .text('auto-load safe-path')
    .split(':')
    .filter((entry) => entry !== '')
    .map((entry) => expand(entry, settings.text('debug-file-directory')))
    .flatMap((entry) => [entry, real(entry)])
    .some((entry) => [...names].some((name) => isWithin(name, entry)));
}

const expand = (entry: string, debugDirectory: string): string =>
  entry.replace(/^\$debugdir(?=\/|$)/, () => debugDirectory).replace(/^~(?=\/|$)/, () => homedir());

/** The root holds everything; elsewhere the pattern must match the file or a folder above it. */
function isWithin(path: string, pattern: string): boolean {
  const trimmed = pattern.replace(/\/+$/, '');
  const source = trimmed
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replace(/\*/g, '[^/]*')
    .replace(/\?/g, '[^/]');
  return new RegExp(`^${source}(/|$)`).test(path);
}

function real(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
