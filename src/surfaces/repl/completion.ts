import { readdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Runner } from '../runner.ts';

/** What TAB offers: the candidates, and the part of the line that they replace. */
export async function complete({ registry, session }: Runner, line: string): Promise<[string[], string]> {
  const names = registry.completeName(line);
  if (names) return [limited(names.words), line.slice(names.from)];
  const found = findQuietly(registry, line);
  if (!found) return [[], line];
  const { completes } = found.command;
  const word = /[^\s]*$/.exec(line)?.[0] ?? '';
  if (completes === 'file') return [limited(filesBeginning(word)), word];
  if (completes === 'command') return complete({ registry, session } as Runner, found.args).then(([words, part]) => [words, part]);
  if (Array.isArray(completes)) return [(completes as string[]).filter((choice) => choice.startsWith(word)), word];
  if (completes === 'symbol' || completes === 'location' || completes === 'expression') {
    const symbol = /[A-Za-z_$][\w$:]*$/.exec(line)?.[0] ?? '';
    return [limited(symbolsBeginning(session, symbol, completes === 'location')), symbol];
  }
  return [[], line];

  function limited(words: readonly string[]): string[] {
    return words.slice(0, Math.min(session.settings.number('max-completions'), 10_000));
  }
}

function findQuietly(registry: Runner['registry'], line: string) {
  try {
    return registry.find(line);
  } catch {
    return undefined;
  }
}

/** Locals first, then everything that debug information and symbol tables name. */
export function symbolsBeginning(session: Runner['session'], prefix: string, functionsOnly = false): string[] {
  const found = new Set<string>();
  if (!functionsOnly) {
    for (let block = session.selectedFrame?.block; block; block = block.parent) {
      for (const { name } of block.variables) if (name.startsWith(prefix)) found.add(name);
    }
  }
  for (const module of session.program.modules) {
    for (const name of module.debug?.allNames() ?? []) if (name.startsWith(prefix)) found.add(name);
    for (const { name, kind } of module.minimal.all()) if (name.startsWith(prefix) && (!functionsOnly || kind === 'text')) found.add(name);
  }
  return [...found].sort();
}

function filesBeginning(word: string): string[] {
  const folder = word.endsWith('/') ? word : dirname(word);
  const shown = word.includes('/') ? (folder.endsWith('/') ? folder : `${folder}/`) : '';
  try {
    return readdirSync(folder === '' ? '.' : folder)
      .map((name) => shown + name)
      .filter((path) => path.startsWith(word))
      .map((path) => (isFolder(path) ? `${path}/` : path))
      .sort();
  } catch {
    return [];
  }
}

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
