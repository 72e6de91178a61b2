import { SondeError } from '../../base/errors.ts';
import type { SourceFile } from '../../program/symbols.ts';
import { entryLine } from '../../session/breakpointLocations.ts';
import { defaultPosition, type Place, parseLocation } from '../../session/linespec.ts';
import type { Session } from '../../session/session.ts';
import { afterPrologue } from '../../unwind/prologue.ts';
import { type Command, type CommandContext, textResult } from '../command.ts';
import { basicRegularExpression } from './regularExpression.ts';

/** list, search: reading the source. */
export const listCommands: readonly Command[] = [
  {
    name: 'list',
    aliases: ['l'],
    group: 'files',
    summary: 'List specified function or line.',
    help: 'With no argument, lists ten more lines after or around previous listing.\n"list -" lists the ten lines before a previous ten-line listing.\nOne argument specifies a line, and ten lines are listed around that line.\nTwo arguments with comma between specify starting and ending lines to list.\nLines can be specified in these ways:\n  LINENUM, to list around that line in current file,\n  FILE:LINENUM, to list around that line in that file,\n  FUNCTION, to list around beginning of that function,\n  FILE:FUNCTION, to distinguish among like-named static functions.\n  *ADDRESS, to list around the line containing that address.\nWith two args, if one is empty, it stands for ten lines away from\nthe other arg.\n\nBy default, when a single location is given, display ten lines.\nThis can be changed using "set listsize", and the current value\ncan be shown using "show listsize".',
    completes: 'symbol',
    repeats: 'without arguments',
    run: list,
  },
  searchCommand('forward-search', ['search', 'fo'], 'Search for regular expression (see regex(3)) from last line listed.', 1),
  searchCommand('reverse-search', ['rev'], 'Search backward for regular expression (see regex(3)) from last line listed.', -1),
];

function list(args: string, context: CommandContext): void {
  const { session } = context;
  if (args === '' || args === '+') return listNext(context);
  if (args === '-') return listBefore(context);
  const size = listSize(session);
  if (args.startsWith(',')) {
    const last = lineOf(session, args.slice(1));
    return show(context, last.file, last.line - size + 1, last.line + 1);
  }
  const first = parseLocation(session, args);
  if (first.rest === '') return listAround(context, first.places, args);
  if (!first.rest.startsWith(',')) throw new SondeError('Junk at end of line specification.');
  const begin = lineOfPlaces(session, first.places, args);
  const end = first.rest.slice(1).trim();
  if (end.includes(',')) throw new SondeError('Junk at end of line specification.');
  if (end === '') return show(context, begin.file, begin.line, begin.line + size);
  // The second line counts in the first one's file.
  const saved = { ...session.listing };
  session.listing.file = begin.file;
  session.listing.last = begin.line - 1;
  session.listing.centre = undefined;
  let last: { file: SourceFile; line: number };
  try {
    last = lineOf(session, end);
  } finally {
    Object.assign(session.listing, saved);
  }
  if (last.file !== begin.file) throw new SondeError('Specified first and last lines are in different files.');
  show(context, begin.file, begin.line, last.line + 1);
}

/** Ten lines on from the last listing, or around where execution is, or around main. */
function listNext(context: CommandContext): void {
  const { session } = context;
  const { listing } = session;
  const size = listSize(session);
  if (!listing.file) {
    // gdb's default position is so far before main's body that a listing from there would end with it.
    const { file, line } = mainBody(session);
    return show(context, file, ...around(Math.max(line - size + 1, 1), size));
  }
  if (listing.centre !== undefined) return show(context, listing.file, ...around(listing.centre, size));
  show(context, listing.file, listing.last + 1, listing.last + 1 + size);
}

function mainBody(session: Session): { file: SourceFile; line: number } {
  const { program, memory } = session;
  const [main] = program.main?.debug?.functions('main') ?? [];
  const body = main && afterPrologue({ program, memory }, main);
  return body?.file ? { file: body.file, line: body.line } : defaultPosition(session);
}

function listBefore(context: CommandContext): void {
  const { session } = context;
  const { listing } = session;
  const size = listSize(session);
  if (!listing.file) {
    const { file, line } = defaultPosition(session);
    return show(context, file, Math.max(line - size + 1, 1), line + 1);
  }
  if (listing.centre !== undefined) {
    const [first] = around(listing.centre, size);
    return showBefore(context, listing.file, first, size);
  }
  showBefore(context, listing.file, listing.first, size);
}

function showBefore(context: CommandContext, file: SourceFile, first: number, size: number): void {
  if (first <= 1) throw new SondeError(`Already at the start of ${context.session.sources.displayName(file)}.`);
  show(context, file, Math.max(first - size, 1), first);
}

/** Negative is unlimited, as 0 is. */
function listSize({ settings }: Session): number {
  const size = settings.number('listsize');
  return size < 0 ? Number.POSITIVE_INFINITY : size;
}

/** Lines around one, half of them before it. */
function around(line: number, size: number): [number, number] {
  const first = Math.max(line - Math.floor(size / 2), 1);
  return [first, first + size];
}

function listAround(context: CommandContext, places: readonly Place[], args: string): void {
  const { session } = context;
  const lines = places.map((place) => placeLine(session, place)).filter((found) => found !== undefined);
  if (lines.length === 0) {
    if (places[0]?.kind === 'address' || places[0]?.kind === 'function') return;
    throw new SondeError(`Function "${args}" not defined.`);
  }
  const size = listSize(session);
  const unique = lines.filter((found, index) => lines.findIndex(({ file, line }) => file === found.file && line === found.line) === index);
  for (const { file, line, function: name } of unique) {
    if (unique.length > 1)
      context.emit(textResult(`file: "${session.sources.displayName(file)}", line number: ${line}, symbol: "${name ?? '???'}"\n`));
    const [place] = places;
    if (place.kind === 'address') {
      const symbol = session.program.functionAt(place.address)?.name ?? '??';
      context.emit(textResult(`0x${place.address.toString(16)} is in ${symbol} (${session.sources.displayName(file)}:${line}).\n`));
    }
    show(context, file, ...around(line, size));
  }
}

const lineOf = (session: Session, text: string): { file: SourceFile; line: number } =>
  lineOfPlaces(session, parseLocation(session, text).places, text);

function lineOfPlaces(session: Session, places: readonly Place[], text: string): { file: SourceFile; line: number } {
  const found = places.map((place) => placeLine(session, place)).find((line) => line !== undefined);
  if (!found) throw new SondeError(`Function "${text}" not defined.`);
  return found;
}

/** Source line of a place: a function's is that of its first instruction. */
export function placeLine(session: Session, place: Place): { file: SourceFile; line: number; function?: string } | undefined {
  switch (place.kind) {
    case 'line':
      return { file: place.file, line: place.line };
    case 'function': {
      const code = entryLine(session, place.function);
      return code && { file: code.file, line: code.line, function: place.function.name };
    }
    default: {
      const address = place.kind === 'address' ? place.address : place.kind === 'label' ? place.label.address : place.symbol.address;
      const code = session.program.lineAt(address);
      return code?.line ? { file: code.file, line: code.line } : undefined;
    }
  }
}

/** Prints [first, end) and moves the listing. */
function show(context: CommandContext, file: SourceFile, first: number, end: number): void {
  const { session, emit } = context;
  const lines = session.sources.lines(file);
  const from = Math.max(first, 1);
  if (!lines) {
    const name = session.sources.displayName(file);
    session.listing.file = file;
    session.listing.first = from;
    session.listing.last = end - 1;
    session.listing.centre = undefined;
    emit(textResult(session.sources.lineText(file, from).replace(/^\d+\t(?!in )/, `${from}\t`) || `${from}\tin ${name}\n`));
    return;
  }
  if (from > lines.length) {
    if (end <= from) return;
    throw new SondeError(`Line number ${from} out of range; ${session.sources.displayName(file)} has ${lines.length} lines.`);
  }
  const last = Math.min(end - 1, lines.length);
  let text = '';
  for (let line = from; line <= last; line++) text += session.sources.lineText(file, line);
  session.listing.file = file;
  session.listing.first = from;
  session.listing.last = Math.max(last, from);
  session.listing.mentioned = undefined;
  session.listing.centre = undefined;
  emit({ kind: 'source', data: { file: file.fullName, first: from, last, lines: lines.slice(from - 1, last) }, text: () => text });
}

function searchCommand(name: string, aliases: readonly string[], summary: string, step: 1 | -1): Command {
  return {
    name,
    aliases,
    group: 'files',
    summary,
    help: 'The matching line number is also stored as the value of "$_".',
    completes: 'none',
    run: (args, context) => search(args, context, step),
  };
}

function search(pattern: string, context: CommandContext, step: 1 | -1): void {
  const { session } = context;
  const { listing } = session;
  const position = listing.file ? undefined : defaultPosition(session);
  const file = listing.file ?? position?.file;
  const lines = file && session.sources.lines(file);
  if (!file || !lines) throw new SondeError('No source file loaded.');
  if (pattern === '' && !previousPattern) throw new SondeError('No previous regular expression');
  if (pattern !== '') previousPattern = pattern;
  const expression = basicRegularExpression(previousPattern);
  const start = listing.mentioned ?? (position ? 0 : listing.first);
  for (let line = start + step; line >= 1 && line <= lines.length; line += step) {
    if (!expression.test(lines[line - 1])) continue;
    session.listing.file = file;
    session.listing.centre = line;
    session.listing.mentioned = undefined;
    session.listing.first = line;
    session.listing.last = line;
    context.emit({
      kind: 'source',
      data: { file: file.fullName, first: line, last: line },
      text: () => session.sources.lineText(file, line),
    });
    return;
  }
  throw new SondeError('Expression not found');
}

/** An empty pattern means the last one. */
let previousPattern = '';
