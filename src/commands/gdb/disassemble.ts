import type { DecodedInstruction } from '../../arch/disassemble.ts';
import { type Address, hex, hex16 } from '../../base/address.ts';
import { SondeError } from '../../base/errors.ts';
import type { LineTableRow } from '../../program/module.ts';
import { symbolicAddress } from '../../program/symbolic.ts';
import type { AddressRange, LineEntry, SourceFile } from '../../program/symbols.ts';
import type { Session } from '../../session/session.ts';
import type { Command, CommandContext } from '../command.ts';
import { codeNames, instructionAt, operationText, pcPrefix } from './instructionText.ts';

export const disassembleCommands: readonly Command[] = [
  {
    name: 'disassemble',
    group: 'data',
    summary: 'Disassemble a specified section of memory.',
    help: `Usage: disassemble[/m|/r|/s] [START [, END]]
Default is the function surrounding the pc of the selected frame.
/r: include raw instructions in hexadecimal; /s: include source, in the order of the instructions; /m: in the order of the source (deprecated).
With a single argument, the function surrounding that address is dumped. Two arguments (separated by a comma) are a range: START,END or START,+LENGTH.`,
    completes: 'expression',
    repeats: true,
    run: disassemble,
  },
];

export interface DisassemblyOptions {
  readonly raw: boolean;
  readonly source: 'no' | 'by address' | 'by line';
  /** Names in the lines: left out within one function. */
  readonly names: boolean;
}

interface Extent {
  readonly name: string | undefined;
  readonly ranges: readonly AddressRange[];
}

async function disassemble(args: string, context: CommandContext): Promise<void> {
  const { session } = context;
  const { modifiers, rest } = splitModifiers(args);
  const extent = await extentOf(session, rest);
  const options = { ...modifiers, names: extent.name === undefined };
  const emit = (text: string): void => context.emit({ kind: 'disassembly', data: text.trimEnd(), text: () => text });
  emit(`Dump of assembler code ${extent.name === undefined ? '' : `for function ${extent.name}:\n`}`);
  for (const range of extent.ranges) {
    if (extent.name === undefined) emit(`from ${hex(range.low)} to ${hex(range.high)}:\n`);
    else if (extent.ranges.length > 1) emit(`Address range ${hex(range.low)} to ${hex(range.high)}:\n`);
    for (const text of rangeText(session, range, options)) emit(text);
  }
  emit('End of assembler dump.\n');
}

function splitModifiers(args: string): { modifiers: Omit<DisassemblyOptions, 'names'>; rest: string } {
  let rest = args.trim();
  let raw = false;
  let source: DisassemblyOptions['source'] = 'no';
  while (rest.startsWith('/')) {
    const [word] = /^\/\S*/.exec(rest)!;
    if (word === '/') throw new SondeError('Missing modifier.');
    for (const letter of word.slice(1)) {
      if (letter === 'r' || letter === 'b') raw = true;
      else if (letter === 'm' || letter === 's') {
        const wanted = letter === 'm' ? 'by line' : 'by address';
        if (source !== 'no' && source !== wanted) throw new SondeError('Cannot specify both /m and /s.');
        source = wanted;
      } else throw new SondeError('Invalid disassembly modifier.');
    }
    rest = rest.slice(word.length).trim();
  }
  return { modifiers: { raw, source }, rest };
}

async function extentOf(session: Session, text: string): Promise<Extent> {
  if (!text) {
    if (!session.selectedFrame) throw new SondeError('No frame selected.');
    const extent = functionAround(session, session.selectedFrame.lookupPc);
    if (!extent) throw new SondeError('No function contains program counter for selected frame.');
    return extent;
  }
  const comma = topLevelComma(text.replace(/,\s*$/, ''));
  const low = await session.evaluateAddress(comma < 0 ? text.replace(/,\s*$/, '') : text.slice(0, comma));
  if (comma < 0) {
    const extent = functionAround(session, low);
    if (!extent) throw new SondeError('No function contains specified address.');
    return extent;
  }
  const second = text.slice(comma + 1).trim();
  const high = second.startsWith('+') ? low + (await session.evaluateAddress(second.slice(1))) : await session.evaluateAddress(second);

  return { name: undefined, ranges: [{ low, high }] };
}

function topLevelComma(text: string): number {
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    if ('([{'.includes(text[i])) depth++;
    else if (')]}'.includes(text[i])) depth--;
    else if (text[i] === ',' && depth === 0) return i;
  }
  return -1;
}

/** The function or, without debug info, the ELF symbol that holds an address. */
function functionAround(session: Session, address: Address): Extent | undefined {
  const { program } = session;
  const fn = program.functionAt(address);
  if (fn) return { name: fn.signature ?? fn.name, ranges: fn.ranges };
  const found = program.minimalSymbolAt(address);
  if (!found) return undefined;
  const { symbol } = found;
  const high = symbol.size > 0 ? symbol.address + BigInt(symbol.size) : endBySymbols(session, symbol.address);
  return { name: symbol.name, ranges: [{ low: symbol.address, high }] };
}

/** A symbol without a size reaches to the next one, or to the end of its section. */
function endBySymbols(session: Session, start: Address): Address {
  const section = session.program.sectionAt(start);
  let end = section ? section.section.address + BigInt(section.section.size) : start + 1n;
  for (const { address, kind } of section?.module.minimal.all() ?? [])
    if (kind === 'text' && address > start && address < end) end = address;
  return end;
}

function* rangeText(session: Session, range: AddressRange, options: DisassemblyOptions): Iterable<string> {
  const hasLines = session.program.lineAt(range.low)?.line !== undefined;
  if (options.source === 'no' || !hasLines) yield* instructionLines(session, range, options);
  else if (options.source === 'by address') yield* byAddress(session, range, options);
  else yield* byLine(session, range, options);
}

function* instructionLines(session: Session, { low, high }: AddressRange, options: DisassemblyOptions): Generator<string, Address> {
  let at = low;
  while (at < high) {
    yield `${pcPrefix(session, at)}${hex16(at)}${label(session, at, options)}:\t`;
    const instruction = yield* readable(session, at);
    yield `${options.raw ? `${rawBytes(instruction.bytes)}\t` : ''}${operationText(session, instruction)}\n`;
    at += BigInt(instruction.bytes.length);
  }
  return at;
}

/** What can't be read ends its line, and everything. */
function* readable(session: Session, address: Address): Generator<string, DecodedInstruction> {
  try {
    return instructionAt(session, address);
  } catch (error) {
    yield '\n';
    throw error;
  }
}

/** gdb leaves room for seven bytes, one column short. */
const rawBytes = (bytes: Uint8Array): string =>
  [...bytes]
    .map((byte) => byte.toString(16).padStart(2, '0'))
    .join(' ')
    .padEnd(19);

/** `set disassemble-next-line`: instructions with their bytes, from `low` up to `high`. */
export const rawInstructionLines = (session: Session, range: AddressRange): string =>
  [...instructionLines(session, range, { raw: true, source: 'no', names: true })].join('');

function label(session: Session, address: Address, { names }: DisassemblyOptions): string {
  const symbol = symbolicAddress(session.program, address, { preferFunction: !names, names: codeNames(session) });
  return symbol ? ` <${names ? symbol.name : ''}+${symbol.offset}>` : '';
}

/** `/s`: the instructions in their order, each run of one line under that line and the lines without code before it. */
function* byAddress(session: Session, range: AddressRange, options: DisassemblyOptions): Iterable<string> {
  const { program, sources } = session;
  const linesWithCode = codeLines(session, range);
  let last: { file: SourceFile | undefined; line: number } | undefined;
  for (let pc = range.low; pc < range.high; ) {
    const entry = program.lineAt(pc);
    const file = entry?.line ? entry.file : undefined;
    if (!last || file !== last.file || (entry && entry.line !== last.line)) {
      if (last) yield '\n';
      if (!last || file !== last.file) yield `${file ? sources.displayName(file) : 'unknown'}:\n`;
      if (!file || !entry) yield '--- no source info for this pc ---\n';
      else
        for (let line = firstShown(session, range, entry, last, linesWithCode); line <= entry.line; line++)
          yield sources.lineText(file, line);
    }
    const end = entry && entry.high > pc && entry.high < range.high ? entry.high : entry ? range.high : pc + 1n;
    pc = yield* instructionLines(session, { low: pc, high: end }, options);
    last = { file, line: entry?.line ?? 0 };
  }
}

/** Lines without code that precede a line are shown with it: at the beginning from the function's first line, later from after the last line with code. */
function firstShown(
  session: Session,
  range: AddressRange,
  entry: LineEntry,
  last: { file: SourceFile | undefined; line: number } | undefined,
  linesWithCode: ReadonlySet<number>,
): number {
  if (!last) {
    const opening = rowsIn(session, range)[0];
    return opening && opening.line > 0 && opening.line < entry.line ? opening.line : entry.line;
  }
  if (last.file !== entry.file || last.line === 0 || entry.line <= last.line + 1) return entry.line;
  let line = entry.line;
  while (line - 1 > last.line && !linesWithCode.has(line - 1)) line--;
  return line;
}

/** The lines that the instructions of a range belong to; of two rows for one address only the later one counts. */
function codeLines(session: Session, { low, high }: AddressRange): ReadonlySet<number> {
  const lines = new Set<number>();
  const file = session.program.lineAt(low)?.file;
  for (let pc = low; pc < high; ) {
    const entry = session.program.lineAt(pc);
    if (entry && entry.file === file) lines.add(entry.line);
    pc = entry && entry.high > pc ? entry.high : pc + 1n;
  }
  return lines;
}

/** Rows of the line table that begin in a range, ends of sequences left out. */
function rowsIn(session: Session, { low, high }: AddressRange): LineTableRow[] {
  return rowsFrom(session, low).filter((row) => row.address < high && !row.endSequence);
}

function rowsFrom(session: Session, low: Address): LineTableRow[] {
  const unit = session.program.unitAt(low);
  const rows = unit && session.program.moduleAt(low)?.debug?.lineTable(unit);
  return rows?.filter((row) => row.address >= low) ?? [];
}

/** `/m`: the lines in their order, each with all its instructions; only of the file that the function begins in. */
function* byLine(session: Session, range: AddressRange, options: DisassemblyOptions): Iterable<string> {
  const first = session.program.lineAt(range.low)!;
  const rows = rowsFrom(session, range.low).filter((row) => row.file === first.file || row.endSequence);
  const pieces = rows.flatMap((row, index) => {
    const next = rows[index + 1];
    if (row.address >= range.high || row.endSequence || row.line === 0) return [];
    if (next && next.address === row.address && next.line === row.line) return [];
    // A line's code reaches to the next line's, padding after the function included.
    return [{ line: row.line, low: row.address, high: next?.address ?? session.program.lineAt(row.address)?.high ?? range.high }];
  });
  pieces.sort((a, b) => a.line - b.line || (a.low < b.low ? -1 : a.low > b.low ? 1 : 0));
  let nextLine = 0;
  for (const [index, piece] of pieces.entries()) {
    if (piece.line >= nextLine) {
      for (let line = nextLine || piece.line; line <= piece.line; line++) yield session.sources.lineText(first.file, line);
      nextLine = piece.line + 1;
    }
    yield* instructionLines(session, piece, options);
    if (index === pieces.length - 1 || pieces[index + 1].line > piece.line) yield '\n';
  }
}
