import { hex16 } from '../../base/address.ts';
import { formatTypeName } from '../../evaluate/index.ts';
import { declareSymbol } from '../../evaluate/typeDescription.ts';
import type { Module } from '../../program/module.ts';
import { printName } from '../../program/printName.ts';
import type { MinimalSymbol, Symbol } from '../../program/symbols.ts';
import type { Type } from '../../program/types.ts';
import type { Session } from '../../session/session.ts';
import { type Command, type CommandContext, textResult } from '../command.ts';
import { basicRegularExpression } from './regularExpression.ts';

/** Symbols of all modules by kind, filtered by regular expressions. */
export const infoSymbolsCommands: readonly Command[] = [
  {
    name: 'info functions',
    aliases: ['info fun'],
    group: 'status',
    summary: 'All function names or those matching REGEXPs.',
    help: helpText('functions', 'function'),
    completes: 'none',
    run: (args, context) => list('function', args, context),
  },
  {
    name: 'info variables',
    group: 'status',
    summary: 'All global and static variable names or those matching REGEXPs.',
    help: helpText('variables', 'variable'),
    completes: 'none',
    run: (args, context) => list('variable', args, context),
  },
  {
    name: 'info types',
    group: 'status',
    summary: 'All type names, or those matching REGEXP.',
    help: 'Usage: info types [-q] [REGEXP]\nPrint information about all types matching REGEXP, or all types if no\nREGEXP is given.  The optional flag -q disables printing of headers.',
    completes: 'none',
    run: (args, context) => list('type', args, context),
  },
];

function helpText(names: string, kind: string): string {
  return (
    `Usage: info ${names} [-q] [-n] [-t TYPEREGEXP] [NAMEREGEXP]\nPrints the ${kind === 'function' ? 'functions' : 'global and static variables'}.\n` +
    `If NAMEREGEXP is provided, only prints the ${names} whose name\nmatches NAMEREGEXP.\nIf -t TYPEREGEXP is provided, only prints the ${names} whose type\n` +
    `matches TYPEREGEXP.  Note that the matching is done with the type\nprinted by the 'whatis' command.\nThe -n flag excludes non-debugging symbols from the ${names} list.\nThe -q flag disables printing of headers.`
  );
}

type Kind = 'function' | 'variable' | 'type';

interface Filter {
  readonly name: string | undefined;
  readonly type: string | undefined;
  readonly quiet: boolean;
  readonly excludeMinimal: boolean;
}

function parseFilter(args: string, kind: Kind): Filter {
  let rest = args;
  let type: string | undefined;
  let quiet = false;
  let excludeMinimal = false;
  for (;;) {
    const match = /^-(q|n|t\s+(?:"([^"]*)"|'([^']*)'|(\S+))|-)(?:\s+|$)/.exec(rest);
    if (!match || (kind === 'type' && match[1] !== 'q' && match[1] !== '-')) break;
    rest = rest.slice(match[0].length);
    if (match[1] === '-') break;
    if (match[1] === 'q' || match[1] === 'n') {
      const value = booleanWord(rest);
      if (value) rest = rest.slice(value.length);
      if (match[1] === 'q') quiet = value?.on ?? true;
      else excludeMinimal = value?.on ?? true;
    } else type = match[2] ?? match[3] ?? match[4];
  }
  return { name: rest === '' ? undefined : rest, type, quiet, excludeMinimal };
}

/** A flag may be followed by its value, shortened as far as that is clear: `-n e` is `-n enable`. */
function booleanWord(text: string): { on: boolean; length: number } | undefined {
  const match = /^(\w+)(?:\s+|$)/.exec(text);
  if (!match || match[1] === 'o') return undefined;
  const names = (words: readonly string[]): boolean => words.some((word) => word.startsWith(match[1]));
  if (names(['on', '1', 'yes', 'enable'])) return { on: true, length: match[0].length };
  return names(['off', '0', 'no', 'disable']) ? { on: false, length: match[0].length } : undefined;
}

function list(kind: Kind, args: string, { session, emit }: CommandContext): void {
  const filter = parseFilter(args, kind);
  let text = filter.quiet ? '' : header(kind, filter);
  let file: string | undefined;
  for (const row of debugRows(session, kind, filter)) {
    if (row.file !== file) text += `\nFile ${row.file}:\n`;
    file = row.file;
    text += `${row.symbol.line > 0 ? row.symbol.line : ''}${row.symbol.line > 0 ? ':' : ''}\t${symbolText(row.symbol, row.isStatic)}\n`;
  }
  const minimal = kind === 'type' || filter.excludeMinimal || filter.type !== undefined ? [] : minimalRows(session, kind, filter);
  if (minimal.length > 0)
    text += `\nNon-debugging symbols:\n${minimal.map(({ address, name }) => `${hex16(address)}  ${name}\n`).join('')}`;
  if (text !== '') emit(textResult(text, `${kind}s`));
}

function header(kind: Kind, { name, type }: Filter): string {
  if (name === undefined)
    return type === undefined ? `All defined ${kind}s:\n` : `All defined ${kind}s with type matching regular expression "${type}" :\n`;
  const ofType = type === undefined ? '' : ` with type matching regular expression "${type}"`;
  return `All ${kind}s matching regular expression "${name}"${ofType}:\n`;
}

interface Row {
  readonly file: string;
  readonly symbol: Symbol;
  readonly printed: string;
  /** In gdb's static block: sorted behind the globals of a file. */
  readonly isStatic: boolean;
}

/** Sorted by file, globals first, then by name; what several units have in common appears once. */
function debugRows(session: Session, kind: Kind, filter: Filter): Row[] {
  const byName = filter.name === undefined ? undefined : basicRegularExpression(filter.name);
  const byType = filter.type === undefined ? undefined : basicRegularExpression(filter.type);
  const rows = new Map<string, Row>();
  for (const { debug } of session.program.modules) {
    for (const symbol of debug?.allSymbols(kind, byName && ((name) => byName.test(name))) ?? []) {
      if (symbol.kind !== kind) continue;
      const printed = symbol.kind === 'function' ? (symbol.signature ?? symbol.name) : symbol.name;
      if (byName && !byName.test(printed)) continue;
      if ((symbol.kind === 'type' && !isListed(symbol)) || (symbol.kind === 'variable' && symbol.isDeclared)) continue;
      if (byType && !(symbol.kind !== 'type' && byType.test(formatTypeName(symbol.type, languageOf(symbol))))) continue;
      // gdb does not know the files of what dwz moved out of its unit.
      const file = symbol.unit.name === '<unknown>' ? symbol.unit.name : (symbol.file?.name ?? symbol.unit.name);
      const row = { file, symbol, printed, isStatic: isStatic(symbol) };
      const key = `${file}\n${row.isStatic}\n${printed}`;
      if (!rows.has(key)) rows.set(key, row);
    }
  }
  return [...rows.values()].sort(
    (a, b) => compare(a.file, b.file) || Number(a.isStatic) - Number(b.isStatic) || compare(a.printed, b.printed),
  );
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
const languageOf = ({ unit }: Symbol): 'c' | 'c++' => (unit.language === 'c++' ? 'c++' : 'c');

function isStatic(symbol: Symbol): boolean {
  if (symbol.kind === 'function' || symbol.kind === 'variable') return !symbol.external;
  // A class of C++ is a name of the whole program; everything else is its file's.
  return !(symbol.kind === 'type' && symbol.unit.language === 'c++' && (symbol.type.kind === 'struct' || symbol.type.kind === 'enum'));
}

const isListed = (symbol: Extract<Symbol, { kind: 'type' }>): boolean => symbol.type.kind !== 'unspecified';

function symbolText(symbol: Symbol, isStaticSymbol: boolean): string {
  const language = languageOf(symbol);
  const storage = isStaticSymbol ? 'static ' : '';
  switch (symbol.kind) {
    case 'function':
      // A C++ name brings its parameters along.
      if (symbol.signature !== undefined) return `${storage}${declareSymbol(symbol.type.returns, symbol.signature, { language })};`;
      return `${storage}${declareSymbol(symbol.type, symbol.name, { language })};`;
    case 'variable':
      return `${storage}${declareSymbol(symbol.type, symbol.name, { language })};`;
    case 'type':
      return typeText(symbol.type, language);
    default:
      return symbol.name;
  }
}

function typeText(type: Type, language: 'c' | 'c++'): string {
  // The new name is put beside the type behind all typedefs, even where a C declarator would wind around it.
  if (type.kind === 'typedef') return `typedef ${formatTypeName(behindTypedefs(type), language)} ${type.name};`;
  const name = formatTypeName(type, language);
  return type.kind === 'struct' || type.kind === 'enum' ? `${name};` : name;
}

/** Without typedefs at the top, whose qualifiers stay. */
function behindTypedefs(type: Type): Type {
  if (type.kind === 'typedef') return behindTypedefs(type.target);
  if (type.kind !== 'qualified') return type;
  const target = behindTypedefs(type.target);
  return target === type.target ? type : { ...type, target, size: target.size };
}

/** ELF symbols that debug info does not know, module by module. */
function minimalRows(session: Session, kind: 'function' | 'variable', filter: Filter): { address: bigint; name: string }[] {
  const byName = filter.name === undefined ? undefined : basicRegularExpression(filter.name);
  return session.program.modules.flatMap((module) => {
    const rows: { address: bigint; name: string }[] = [];
    for (const symbol of module.minimal.all()) {
      const name = printName(symbol.name);
      if (isOfKind(symbol, kind) && (!byName || byName.test(name)) && !isKnown(module, symbol, kind))
        rows.push({ address: symbol.address, name });
    }
    rows.sort((a, b) => (a.address < b.address ? -1 : a.address > b.address ? 1 : compare(a.name, b.name)));
    // .symtab and .dynsym may both have it.
    return rows.filter(({ address, name }, index) => rows[index - 1]?.address !== address || rows[index - 1].name !== name);
  });
}

function isOfKind({ kind }: MinimalSymbol, wanted: 'function' | 'variable'): boolean {
  const isCode = kind === 'text' || kind === 'plt' || kind === 'ifunc';
  return wanted === 'function' ? isCode : kind === 'data' || kind === 'bss' || kind === 'absolute';
}

function isKnown({ debug }: Module, symbol: MinimalSymbol, kind: 'function' | 'variable'): boolean {
  if (!debug) return false;
  return kind === 'function'
    ? debug.unitAt(symbol.address) !== undefined
    : debug.variables(symbol.name).length > 0 || debug.functions(symbol.name).length > 0;
}
