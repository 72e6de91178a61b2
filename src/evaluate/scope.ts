import { SondeError } from '../base/errors.ts';
import type { Block, FunctionSymbol, MinimalSymbol, Symbol as ProgramSymbol, Unit } from '../program/symbols.ts';
import { bare, type StructType, type Type } from '../program/types.ts';
import type { EvaluationContext } from './context.ts';

/** A name's meaning. `block` is set for names of a function's blocks. */
export interface Found {
  readonly symbol: ProgramSymbol;
  readonly block: Block | undefined;
}

/**
 * What a plain name means in the context, in gdb's order: the blocks from the innermost out, the file's own symbols,
 * globals of every module, other files' statics. Struct tags are not names of C.
 */
export function findName(name: string, context: EvaluationContext): Found | undefined {
  const start = scopeBlock(context);
  for (let block = start; block; block = block.parent) {
    const symbol = inBlock(block, name);
    if (symbol) return { symbol, block };
  }
  const symbol = findGlobal(name, context, scopeUnit(context));
  return symbol && { symbol, block: undefined };
}

export const scopeBlock = (context: EvaluationContext): Block | undefined => context.block ?? context.frame?.block;

export function scopeUnit(context: EvaluationContext): Unit | undefined {
  return context.unit ?? functionOf(scopeBlock(context))?.unit ?? context.frame?.function?.unit;
}

/** The function (an inlined instance too) that a block belongs to. */
export function functionOf(start: Block | undefined): FunctionSymbol | undefined {
  for (let block = start; block; block = block.parent) if (block.function) return block.function;
  return undefined;
}

function inBlock(block: Block, name: string): ProgramSymbol | undefined {
  return block.variables.find((variable) => variable.name === name) ?? block.types.find((symbol) => symbol.name === name && !isTag(symbol));
}

/** C keeps tags in a name space of their own. */
function isTag(symbol: ProgramSymbol): boolean {
  if (symbol.kind !== 'type' || symbol.unit.language === 'c++') return false;
  return symbol.type.kind === 'struct' || symbol.type.kind === 'enum';
}

/** A global or file-scope name, `unit`'s own first. */
export function findGlobal(name: string, context: EvaluationContext, unit: Unit | undefined): ProgramSymbol | undefined {
  const { program } = context;
  // Look-ups also find `scope::name`; an expression's name is the whole name.
  const candidates = [...program.variables(name), ...program.types(name), ...program.functions(name), ...program.enumerators(name)].filter(
    (symbol: ProgramSymbol) => !isTag(symbol) && isWholeName(symbol, name) && !isLeftBehind(symbol, context),
  );
  if (candidates.length === 0 && unit?.language === 'c++') return inNamespaces(name, context, unit);
  const isExternal = (symbol: ProgramSymbol): boolean => (symbol.kind === 'variable' || symbol.kind === 'function') && symbol.external;
  return (
    candidates.find((symbol) => symbol.unit === unit) ??
    candidates.find((symbol) => isExternal(symbol) && symbol.module === unit?.module) ??
    candidates.find(isExternal) ??
    candidates[0]
  );
}

/** Once the process is gone gdb finds no file-level names of its libraries any more, only what is global in them. */
function isLeftBehind(symbol: ProgramSymbol, context: EvaluationContext): boolean {
  const isGlobal = (symbol.kind === 'variable' || symbol.kind === 'function') && symbol.external;
  return !context.frame && !isGlobal && symbol.module !== context.program.main;
}

function isWholeName(symbol: ProgramSymbol, name: string): boolean {
  if (symbol.name === name || symbol.unit.language !== 'c++') return true;
  if (symbol.kind === 'enumerator') return enumeratorLabel(symbol.type, symbol.name) === name;
  return (
    symbol.name.startsWith(`${name}(`) || name.startsWith(`${symbol.name}(`) || ('linkageName' in symbol && symbol.linkageName === name)
  );
}

/** `Color::RED` of an enum class, `Class::RED` of an enum inside a class: as C++ qualifies it. */
export function enumeratorLabel(type: Type, name: string): string {
  const plain = bare(type);
  if (plain.kind !== 'enum' || plain.name === undefined || name.includes('::')) return name;
  const scope = plain.scoped ? plain.name : plain.name.slice(0, Math.max(0, plain.name.lastIndexOf('::')));
  return scope === '' ? name : `${scope}::${name}`;
}

/** C++: a name used inside `a::b::f` may be `a::b::name` or `a::name`. */
function inNamespaces(name: string, context: EvaluationContext, unit: Unit): ProgramSymbol | undefined {
  const inside = functionOf(scopeBlock(context))?.name.replace(/\(.*$/, '').split('::') ?? [];
  for (let depth = inside.length - 1; depth > 0; depth--) {
    const found = findGlobal(
      `${inside.slice(0, depth).join('::')}::${name}`,
      { ...context, block: undefined, frame: undefined },
      { ...unit, language: 'other' },
    );
    if (found) return found;
  }
  return undefined;
}

export function findMinimal(name: string, context: EvaluationContext): MinimalSymbol | undefined {
  const symbols = context.program.minimalSymbols(name).filter((symbol) => symbol.kind !== 'plt');
  return symbols.find((symbol) => symbol.global) ?? symbols[0];
}

/** `struct NAME` and the like: in the blocks, in the file, anywhere; definitions before declarations. */
export function findTag(keyword: 'struct' | 'union' | 'class' | 'enum', name: string, context: EvaluationContext): Type {
  const fits = (symbol: ProgramSymbol): boolean => {
    if (symbol.kind !== 'type' || symbol.name !== name) return false;
    const type = symbol.type;
    if (keyword === 'enum') return type.kind === 'enum';
    if (type.kind !== 'struct') return false;
    return keyword === 'union' ? type.keyword === 'union' : type.keyword !== 'union';
  };
  for (let block = scopeBlock(context); block; block = block.parent) {
    const symbol = block.types.find(fits);
    if (symbol?.kind === 'type') return symbol.type;
  }
  const unit = scopeUnit(context);
  const all = context.program.types(name).filter(fits);
  const complete = all.filter((symbol) => !isDeclaration(symbol.type));
  const found = complete.find((symbol) => symbol.unit === unit) ?? complete[0];
  if (!found) throw new SondeError(`No ${keyword === 'class' ? 'struct' : keyword} type named ${name}.`);
  return found.type;
}

const isDeclaration = (type: Type): boolean => (type.kind === 'struct' || type.kind === 'enum') && type.declaration;

/** The definition of a type that is only declared here, if any unit has one: gdb's check_typedef on opaque types. */
export function completed(type: StructType, context: Pick<EvaluationContext, 'program'>): StructType {
  if (!type.declaration || type.name === undefined) return type;
  for (const symbol of context.program.types(type.name)) {
    const candidate = bare(symbol.type);
    if (candidate.kind === 'struct' && !candidate.declaration && candidate.keyword === type.keyword) return candidate;
  }
  return type;
}

/** gdb speaks of the symbol table only when there is none at all. */
export function unknownSymbol(name: string, context: EvaluationContext): SondeError {
  const hasSymbols = context.program.modules.some((module) => module.debug !== undefined || !isEmpty(module.minimal.all()));
  return new SondeError(hasSymbols ? `No symbol "${name}" in current context.` : 'No symbol table is loaded.  Use the "file" command.');
}

function isEmpty(items: Iterable<unknown>): boolean {
  for (const _ of items) return false;
  return true;
}
