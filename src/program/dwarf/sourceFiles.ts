import type { LineProgram } from '../../formats/dwarf/lines.ts';
import type { SourceFile } from '../symbols.ts';

/** Source files of a module, one object for each name and directory. */
export class SourceFileTable {
  readonly #files = new Map<string, SourceFile>();

  intern(name: string, directory: string): SourceFile {
    const key = name.startsWith('/') ? name : `${directory}\n${name}`;
    let file = this.#files.get(key);
    if (!file) {
      file = { name, directory, fullName: squeeze(name.startsWith('/') ? name : `${directory}/${name}`) };
      this.#files.set(key, file);
    }
    return file;
  }
}

/** An absolute path without `.`, `..` and doubled slashes. */
function squeeze(path: string): string {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return `${path.startsWith('/') ? '/' : ''}${parts.join('/')}`;
}

/**
 * The files of a unit as gdb names them: the primary one as DW_AT_name spells it, the others as the line table does, behind their directory if
 * they have one. What the line table calls the primary file is known by its place, `comp_dir/name`, and failing that by its last component.
 */
export class UnitFiles {
  readonly primary: SourceFile;
  /** By number in the line table; holes where there is no such number. */
  readonly numbered: readonly (SourceFile | undefined)[];
  /** Without repeats: the primary one, then the others in the table's order. */
  readonly all: readonly SourceFile[];

  constructor(name: string, directory: string, program: LineProgram | undefined, table: SourceFileTable) {
    const spellings = program ? program.files.map((_, index) => spelling(program, index)) : [];
    const primaryPath = name.startsWith('/') ? name : `${directory}/${name}`;
    const isPrimary = (path: string | undefined): boolean => path === name || (path === primaryPath && path.startsWith('/'));
    const alias = spellings.some(isPrimary) ? undefined : samePlainName(spellings, name);
    this.primary = table.intern(alias ?? name, directory);
    this.numbered = spellings.map((path) => {
      if (path === undefined) return undefined;
      return isPrimary(path) ? this.primary : table.intern(path, directory);
    });
    this.all = [...new Set([this.primary, ...this.numbered.filter((file) => file !== undefined)])];
  }
}

function spelling(program: LineProgram, index: number): string | undefined {
  if (index === 0 && program.version < 5) return undefined;
  const { name, directory } = program.files[index];
  const prefix = program.directories[directory];
  return name.startsWith('/') || !prefix ? name : `${prefix}/${name}`;
}

/** The primary file under another path (`./a.c` against `a.c`, or a relative directory before it): if just one file of the table has its last component. */
function samePlainName(spellings: readonly (string | undefined)[], name: string): string | undefined {
  const base = lastComponent(name);
  const matches = new Set(spellings.filter((path) => path !== undefined && lastComponent(path) === base));
  return matches.size === 1 ? [...matches][0] : undefined;
}

export const lastComponent = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

/** gdb's `compare_filenames_for_search`: equal, or the same trailing components. */
export function sourceFileMatches(file: SourceFile, name: string): boolean {
  return (
    endsWithComponents(file.name, name) ||
    endsWithComponents(file.fullName, name) ||
    (name.startsWith('/') && file.fullName === squeeze(name))
  );
}

function endsWithComponents(path: string, name: string): boolean {
  if (!path.endsWith(name)) return false;
  return path.length === name.length || (!name.startsWith('/') && path[path.length - name.length - 1] === '/');
}
