import { readdirSync, statSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { SondeError } from '../base/errors.ts';
import { compile } from '../evaluate/index.ts';
import { completed } from '../evaluate/scope.ts';
import { printName } from '../program/printName.ts';
import type { MinimalSymbol } from '../program/symbols.ts';
import { bare, type StructType } from '../program/types.ts';
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
  if (completes === 'expression') {
    const fields = fieldsBeginning(session, found.args);
    if (fields) return { words: fields.words, from: line.length - fields.prefix.length };
  }
  const symbol = /[A-Za-z_$][\w$:.]*$/.exec(line)?.[0] ?? '';
  if (completes === 'location') {
    const afterFile = symbol.replace(/^.*[^:]:(?!:)/, '');
    return { words: locationsBeginning(session, afterFile, afterFile === symbol), from: line.length - afterFile.length };
  }
  const tag = /\b(struct|union|enum|class)\s+\w*$/.exec(line)?.[1];
  if (tag) return { words: tagsBeginning(session, symbol, tag as TypeKeyword), from: line.length - symbol.length };
  const isAlone = found.args.replace(/^\/\w*\s+/, '') === symbol;
  const files = completes === 'expression' && isAlone ? sourceFilesBeginning(session, symbol) : [];
  return { words: sorted([...symbolsBeginning(session, symbol), ...files]), from: line.length - symbol.length };
}

type TypeKeyword = 'struct' | 'union' | 'class' | 'enum';

const sorted = (words: Iterable<string>): string[] => [...new Set(words)].sort();

function findQuietly(registry: Registry, line: string) {
  try {
    return registry.find(line);
  } catch {
    return undefined;
  }
}

/** After `.` and `->`: members of what is in front of it, as far back as that makes an expression. Undefined: it is no struct. */
function fieldsBeginning(session: Session, args: string): { words: string[]; prefix: string } | undefined {
  const [, object, prefix] = /^(.*\S)\s*(?:\.|->)\s*([A-Za-z_]\w*|)$/s.exec(args.replace(/^\/\w*\s+/, '')) ?? [];
  if (object === undefined) return undefined;
  for (const start of [0, ...[...object.matchAll(/[\s(,=+*/&|!<>-]/g)].map(({ index }) => index + 1)]) {
    const type = structOf(session, object.slice(start));
    if (type) return { words: sorted(membersOf(type).filter((name) => name.startsWith(prefix))), prefix };
  }
  return undefined;
}

function structOf(session: Session, expression: string): StructType | undefined {
  try {
    const context = session.evaluationContext();
    let type = bare(compile(expression, context).typeOf(context));
    if (type.kind === 'pointer' || type.kind === 'reference') type = bare(type.target);
    return type.kind === 'struct' ? completed(type, context) : undefined;
  } catch (error) {
    if (error instanceof SondeError) return undefined;
    throw error;
  }
}

const membersOf = ({ members, bases, methods }: StructType): string[] => [
  ...members.flatMap(({ name, type }) => {
    const inner = bare(type);
    return name !== undefined ? [name] : inner.kind === 'struct' ? membersOf(inner) : [];
  }),
  ...methods.map(({ name }) => name),
  ...bases.flatMap(({ type }) => {
    const base = bare(type);
    return base.kind === 'struct' ? membersOf(base) : [];
  }),
];

/** Everything that the frame's blocks, debug information and symbol tables name. */
function* symbolsBeginning(session: Session, prefix: string): Iterable<string> {
  for (let block = session.selectedFrame?.block; block; block = block.parent)
    for (const { name } of block.variables) if (name.startsWith(prefix)) yield name;
  for (const module of session.program.modules) {
    for (const name of module.debug?.allNames() ?? []) if (name.startsWith(prefix)) yield name;
    for (const symbol of module.minimal.all()) for (const name of namesOf(symbol)) if (name.startsWith(prefix)) yield name;
  }
}

/** gdb takes what it prints for a mangled name once more. */
const completedName = (name: string): string => printName(printName(name));

/** As gdb prints it; a PLT entry also stands for the function, and for its slot in the global offset table. */
function namesOf({ name, kind, module, address }: MinimalSymbol): readonly string[] {
  if (kind !== 'plt') return [completedName(name)];
  const fn = name.replace(/@plt$/, '');
  if (fn.startsWith('*ABS*')) return [];
  const section = module.sections.find(({ address: low, size }) => address >= low && address < low + BigInt(size))?.name;
  return section === '.plt.got' ? [fn, name] : [fn, name, `${fn}@got[plt]`];
}

/** Functions, and files where none is named yet; the only file gets the colon that must follow. */
function locationsBeginning(session: Session, prefix: string, withFiles: boolean): string[] {
  const functions: string[] = [];
  for (const { debug, minimal } of session.program.modules) {
    for (const name of debug?.allNames() ?? []) if (name.startsWith(prefix) && debug?.functions(name).length) functions.push(name);
    for (const { name, kind } of minimal.all()) {
      const shown = kind === 'plt' ? name : completedName(name);
      if ((kind === 'text' || kind === 'plt') && shown.startsWith(prefix)) functions.push(shown);
    }
  }
  const files = withFiles ? sourceFilesBeginning(session, prefix) : [];
  return functions.length === 0 && files.length === 1 ? [`${files[0]}:`] : sorted([...functions, ...files]);
}

function tagsBeginning({ program }: Session, prefix: string, tag: TypeKeyword): string[] {
  const names = program.modules.flatMap(({ debug }) =>
    [...(debug?.allNames() ?? [])].filter((name) => name.startsWith(prefix) && debug?.types(name, tag).length),
  );
  return sorted(names);
}

/** By the name that debug information gives, or by its last component. */
function sourceFilesBeginning({ program }: Session, prefix: string): string[] {
  if (prefix === '') return [];
  const names = program.modules.flatMap(({ debug }) => (debug?.allSourceFiles() ?? []).map(({ name }) => name));
  return sorted(names.map((name) => (name.startsWith(prefix) ? name : basename(name))).filter((name) => name.startsWith(prefix)));
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
