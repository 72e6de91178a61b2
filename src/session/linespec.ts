import type { Address } from '../base/address.ts';
import { SondeError } from '../base/errors.ts';
import { addressOf } from '../evaluate/access.ts';
import { evaluate } from '../evaluate/index.ts';
import { asInteger } from '../evaluate/scalars.ts';
import type { Module } from '../program/module.ts';
import type { FunctionSymbol, LabelSymbol, MinimalSymbol, SourceFile } from '../program/symbols.ts';
import { bare } from '../program/types.ts';
import type { Session } from './session.ts';

/** What a location spec names: gdb's linespecs and explicit locations ("Specify Location" in its manual). */
export type Place =
  /** A line of a file; several files may have the name. */
  | { readonly kind: 'line'; readonly file: SourceFile; readonly line: number; readonly module: Module }
  | { readonly kind: 'function'; readonly function: FunctionSymbol }
  /** Known to the ELF symbol table only. */
  | { readonly kind: 'symbol'; readonly symbol: MinimalSymbol }
  | { readonly kind: 'label'; readonly label: LabelSymbol; readonly function: FunctionSymbol }
  | { readonly kind: 'address'; readonly address: Address };

export interface ParsedSpec {
  readonly places: readonly Place[];
  /** Text that does not belong to the location: `if x > 3`, `thread 2`, `,20`. */
  readonly rest: string;
  /** The location as `info breakpoints` shows it when it is pending. */
  readonly text: string;
}

export interface LinePosition {
  readonly file: SourceFile;
  readonly line: number;
}

interface Parts {
  file?: string;
  function?: string;
  label?: string;
  line?: string;
  address?: string;
}

/** Parses one location from the front of a text. `+3` counts from `base`, or the listing. Throws gdb's sentences. */
export function parseLocation(session: Session, text: string, base?: LinePosition): ParsedSpec {
  const trimmed = text.trimStart();
  const { parts, rest } = splitParts(session, trimmed);
  const used = trimmed.slice(0, trimmed.length - rest.length).trim();
  return { places: resolveParts(session, parts, base), rest: rest.trim(), text: used };
}

/** Words that end a location: what follows is the caller's. */
const ending = /^(if\b|if\(|thread\s|task\s|-force-condition|inferior\s)/;

function splitParts(session: Session, text: string): { parts: Parts; rest: string } {
  if (text.startsWith('*')) {
    const { word, rest } = takeExpression(text.slice(1));
    return { parts: { address: word }, rest };
  }
  if (/^-[A-Za-z]/.test(text)) return explicitParts(text);
  const { word, rest } = takeWords(text);
  if (/^\s+\d/.test(rest) && !word.startsWith('$'))
    throw new SondeError(`malformed linespec error: unexpected number, "${/\d+/.exec(rest)}"`);
  const plain = unquote(word);
  if (word.startsWith('$')) return { parts: { line: convenienceLine(session, word.slice(1)) }, rest };
  if (/^[+-]?\d+$/.test(plain) && word === plain) return { parts: { line: plain }, rest };
  const colon = splitColon(word);
  if (!colon) return { parts: { function: plain }, rest };
  const left = unquote(colon.left);
  const right = unquote(colon.right);
  if (/^\d+$/.test(right)) return { parts: { file: left, line: right }, rest };
  const deeper = splitColon(colon.right);
  if (deeper) return { parts: { file: left, function: unquote(deeper.left), label: unquote(deeper.right) }, rest };
  return { parts: looksLikeFile(left) ? { file: left, function: right } : { function: left, label: right }, rest };
}

/** `break $line`: a convenience variable holds the number. */
function convenienceLine(session: Session, name: string): string {
  if (/^[A-Za-z_]/.test(name) && !session.values.convenience(name))
    throw new SondeError(`Undefined convenience variable or function "$${name}" not defined.`);
  const value = /^\d*$|^\$/.test(name) ? evaluate(`$${name}`, session.evaluationContext()) : session.values.convenience(name);
  if (!value || bare(value.type).kind !== 'integer')
    throw new SondeError('Convenience variables used in line specs must have integer values.');
  return String(asInteger(value));
}

const looksLikeFile = (name: string): boolean => /[./]/.test(name);

/** `-source F -line N -function G -label L`. */
function explicitParts(text: string): { parts: Parts; rest: string } {
  const parts: Parts = {};
  let rest = text;
  for (;;) {
    const option = /^-(\w+)(?:\s+|$)/.exec(rest);
    if (!option) break;
    const name = ['source', 'function', 'line', 'label', 'qualified'].find((known) => known.startsWith(option[1]));
    if (!name) throw new SondeError(`invalid explicit location argument, "-${option[1]}"`);
    rest = rest.slice(option[0].length);
    if (name === 'qualified') {
      const { word, rest: after } = takeWord(rest);
      if (!rest.startsWith('-')) parts.function = unquote(word);
      if (!rest.startsWith('-')) rest = after.trimStart();
      continue;
    }
    const { word, rest: after } = takeWord(rest);
    if (word === '') throw new SondeError(`missing argument for "-${name}"`);
    parts[name === 'source' ? 'file' : (name as 'function' | 'line' | 'label')] = unquote(word);
    rest = after.trimStart();
    if (ending.test(rest)) break;
  }
  if (parts.file !== undefined && parts.function === undefined && parts.line === undefined && parts.label === undefined) {
    throw new SondeError('Source filename requires function, label, or line offset.');
  }
  return { parts, rest };
}

const unquote = (word: string): string => (/^(['"]).*\1$/.test(word) ? word.slice(1, -1) : word);

/** A name goes on over blanks, up to a keyword: no function is called `main foo`, and the message says so. */
function takeWords(text: string): { word: string; rest: string } {
  const first = takeWord(text);
  if (!/^[A-Za-z_][\w:]*$/.test(first.word)) return first;
  let { word, rest } = first;
  while (/^\s+[A-Za-z_]/.test(rest) && !ending.test(rest.trimStart())) {
    const more = takeWord(rest.trimStart());
    word += ` ${more.word}`;
    rest = more.rest;
  }
  return { word, rest };
}

/** One word: to a blank or comma outside of quotes, parentheses and template brackets. */
function takeWord(text: string): { word: string; rest: string } {
  let depth = 0;
  let quote = '';
  let at = 0;
  for (; at < text.length; at++) {
    const letter = text[at];
    if (quote !== '') {
      if (letter === quote) quote = '';
      continue;
    }
    if (letter === '"' || letter === "'") quote = letter;
    else if ('(<['.includes(letter)) depth++;
    else if (')>]'.includes(letter)) depth--;
    else if (depth <= 0 && letter === ',') break;
    else if (depth <= 0 && /\s/.test(letter)) {
      const following = text.slice(at).trimStart();
      // `operator new`, `file.c : 12`
      if (/^:/.test(following) && !following.startsWith('::')) {
        const after = /^:\s*/.exec(following) as RegExpExecArray;
        const joined = `${text.slice(0, at)}:${following.slice(after[0].length)}`;
        return takeWord(joined);
      }
      if (!/\boperator$/.test(text.slice(0, at))) break;
    }
  }
  return { word: text.slice(0, at), rest: text.slice(at) };
}

function takeExpression(text: string): { word: string; rest: string } {
  const end = /\s(if\b|thread\s)|,/.exec(text);
  if (!end) return { word: text.trim(), rest: '' };
  return { word: text.slice(0, end.index).trim(), rest: text.slice(end.index) };
}

/** The colon between file and line, not the ones of `A::b`. */
function splitColon(word: string): { left: string; right: string } | undefined {
  let quote = '';
  for (let at = 0; at < word.length; at++) {
    const letter = word[at];
    if (quote !== '') {
      if (letter === quote) quote = '';
    } else if (letter === "'" || letter === '"') quote = letter;
    else if (letter === ':') {
      if (word[at + 1] === ':') at++;
      else return { left: word.slice(0, at), right: word.slice(at + 1) };
    }
  }
  return undefined;
}

function resolveParts(session: Session, parts: Parts, base: LinePosition | undefined): Place[] {
  if (parts.address !== undefined) return [{ kind: 'address', address: addressOfExpression(session, parts.address) }];
  const files = parts.file === undefined ? undefined : filesNamed(session, parts.file);
  if (parts.function !== undefined) return functionPlaces(session, parts, files);
  if (parts.label !== undefined) return currentLabel(session, parts.label);
  if (parts.line !== undefined) return linePlaces(session, parts.line, files, base);
  throw new SondeError('Empty line specification.');
}

function addressOfExpression(session: Session, text: string): Address {
  const value = evaluate(text, session.evaluationContext());
  const kind = bare(value.type).kind;
  return kind === 'function' || kind === 'array' ? addressOf(value) : BigInt.asUintN(64, asInteger(value));
}

function requireSymbols({ program }: Session): void {
  if (!program.modules.some((module) => module.debug || [...module.minimal.all()].length > 0))
    throw new SondeError('No symbol table is loaded.  Use the "file" command.');
}

function filesNamed(session: Session, name: string): { file: SourceFile; module: Module }[] {
  const found = session.program.modules.flatMap((module) => (module.debug?.sourceFiles(name) ?? []).map((file) => ({ file, module })));
  if (found.length > 0) return found;
  requireSymbols(session);
  throw new SondeError(`No source file named ${name}.`);
}

function linePlaces(
  session: Session,
  text: string,
  files: { file: SourceFile; module: Module }[] | undefined,
  base: LinePosition | undefined,
): Place[] {
  if (files) return files.map(({ file, module }) => ({ kind: 'line', file, module, line: Number(text) }));
  const relative = /^[+-]/.test(text);
  const position = (relative && base) || defaultPosition(session);
  const line = relative ? position.line + Number(text) : Number(text);
  const module =
    session.program.modules.find((candidate) => candidate.debug?.allSourceFiles().includes(position.file)) ?? session.program.main;
  if (!module) throw new SondeError('No symbol table is loaded.  Use the "file" command.');
  return [{ kind: 'line', file: position.file, line, module }];
}

/** Where a bare line number is: the listing's file, else main's. Its line counts for `+N` and `-N`. */
export function defaultPosition(session: Session): LinePosition {
  const { listing } = session;
  if (listing.file) return { file: listing.file, line: listing.centre ?? listing.last + 1 };
  const main = session.program.main?.debug?.functions('main')[0];
  const entry = main && session.program.lineAt(main.entry);
  if (entry) return { file: entry.file, line: entry.line };
  const file = session.program.main?.debug?.allSourceFiles()[0];
  if (!file) throw new SondeError('No symbol table is loaded.  Use the "file" command.');
  return { file, line: 1 };
}

function functionPlaces(
  session: Session,
  { function: name = '', label, file: fileName }: Parts,
  files: { file: SourceFile; module: Module }[] | undefined,
): Place[] {
  let functions = session.program.main ? functionsNamed(session, name) : [];
  if (files) functions = functions.filter((fn) => files.some(({ file }) => file === fn.file || fn.unit.files.includes(file)));
  if (label !== undefined) {
    if (functions.length === 0) throw noFunction(session, name, fileName);
    const places = functions.flatMap((fn): Place[] => labelsOf(fn, label).map((found) => ({ kind: 'label', label: found, function: fn })));
    if (places.length === 0) throw new SondeError(`No label "${label}" defined in function "${name}".`);
    return places;
  }
  const places: Place[] = functions.map((fn) => ({ kind: 'function', function: fn }));
  if (!files) for (const symbol of symbolsBeside(session, name, functions)) places.push({ kind: 'symbol', symbol });
  if (places.length > 0) return places;
  const labels = files ? [] : labelsHere(session, name);
  if (labels.length > 0) return labels;
  throw noFunction(session, name, fileName);
}

function noFunction(session: Session, name: string, file: string | undefined): SondeError {
  if (file !== undefined) return new SondeError(`Function "${name}" not defined in "${file}".`);
  requireSymbols(session);
  return new SondeError(`Function "${name}" not defined.`);
}

/**
 * Out-of-line functions and inlined instances. A library that neither has an ELF symbol of that name nor mentions it is searched only when nothing
 * else has it: its debug information would be read for nothing. Many mention `main`, but only the program has it.
 */
function functionsNamed({ program }: Session, name: string): FunctionSymbol[] {
  const inModule = (module: Module) =>
    [...(module.debug?.functions(name) ?? []), ...(module.debug?.inlinedInstances(name) ?? [])].sort((a, b) => a.position - b.position);
  const likely = program.modules.filter(
    (module) => module === program.main || module.minimal.named(name).length > 0 || (name !== 'main' && module.debug?.mentions(name)),
  );
  const found = likely.flatMap(inModule);
  return found.length > 0 || likely.length > 1 ? found : program.modules.filter((module) => !likely.includes(module)).flatMap(inModule);
}

/** ELF symbols of functions without debug info; a PLT entry only where nothing else has the name. */
function symbolsBeside({ program }: Session, name: string, functions: readonly FunctionSymbol[]): MinimalSymbol[] {
  const covered = (symbol: MinimalSymbol) => functions.some((fn) => fn.entry === symbol.address);
  const symbols = program.minimalSymbols(name).filter(({ kind }) => ['text', 'ifunc', 'plt'].includes(kind));
  const proper = symbols.filter(({ kind }) => kind !== 'plt');
  if (proper.length === 0) return symbols.slice(0, 1);
  const seen = new Set<Address>();
  return proper.filter((symbol) => !covered(symbol) && !seen.has(symbol.address) && seen.add(symbol.address) !== undefined);
}

function labelsOf(fn: FunctionSymbol, name: string): LabelSymbol[] {
  const found: LabelSymbol[] = [];
  const visit = (block: FunctionSymbol['block']): void => {
    found.push(...block.labels.filter((label) => label.name === name));
    block.children.forEach(visit);
  };
  visit(fn.block);
  return found;
}

function labelsHere(session: Session, name: string): Place[] {
  const fn = session.selectedFrame?.function;
  return fn ? labelsOf(fn, name).map((label) => ({ kind: 'label', label, function: fn })) : [];
}

function currentLabel(session: Session, name: string): Place[] {
  const places = labelsHere(session, name);
  if (places.length === 0) throw new SondeError(`No label "${name}" defined in current function.`);
  return places;
}
