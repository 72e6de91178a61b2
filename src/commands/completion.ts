import { readdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Session } from '../session/session.ts';
import type { Registry } from './registry.ts';

/** What may stand where a line ends. */
export interface Completions {
  readonly words: readonly string[];
  /** Where the part begins that the words replace. */
  readonly from: number;
}

/** Completes a partly typed command line: names of commands, then whatever the command says that its arguments are. */
export function complete(session: Session, registry: Registry, line: string): Completions {
  const names = registry.completeName(line);
  if (names && names.words.length > 0) return names;
  const none = { words: [], from: line.length };
  const found = findQuietly(registry, line);
  if (!found) return none;
  const { completes } = found.command;
  const lastWord = line.length - (/\S*$/.exec(line)?.[0].length ?? 0);
  const word = line.slice(lastWord);
  if (completes === 'file') return { words: filesBeginning(word), from: lastWord };
  if (completes === 'command') {
    const start = line.length - found.args.length;
    const inner = complete(session, registry, found.args);
    return { words: inner.words, from: start + inner.from };
  }
  if (completes === undefined || completes === 'none') return none;
  if (typeof completes !== 'string') return { words: completes.filter((choice) => choice.startsWith(word)), from: lastWord };
  const symbol = /[A-Za-z_$][\w$:]*$/.exec(line)?.[0] ?? '';
  const afterFile = completes === 'location' ? symbol.replace(/^.*[^:]:(?!:)/, '') : symbol;
  return { words: symbolsBeginning(session, afterFile, completes === 'location'), from: line.length - afterFile.length };
}

function findQuietly(registry: Registry, line: string) {
  try {
    return registry.find(line);
  } catch {
    return undefined;
  }
}

/** Locals first, then everything that debug information and symbol tables name. */
function symbolsBeginning(session: Session, prefix: string, functionsOnly: boolean): string[] {
  const found = new Set<string>();
  if (!functionsOnly) {
    for (let block = session.selectedFrame?.block; block; block = block.parent) {
      for (const { name } of block.variables) if (name.startsWith(prefix)) found.add(name);
    }
  }
  for (const { debug, minimal } of session.program.modules) {
    for (const name of debug?.allNames() ?? []) {
      if (name.startsWith(prefix) && (!functionsOnly || debug?.functions(name).length)) found.add(name);
    }
    for (const { name, kind } of minimal.all()) if (name.startsWith(prefix) && (!functionsOnly || kind === 'text')) found.add(name);
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
