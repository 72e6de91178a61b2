import { type Address, hex } from '../../base/address.ts';
import { wrapPoint } from '../../base/wrap.ts';
import { pointerTo } from '../../evaluate/builtinTypes.ts';
import { symbolicAddress } from '../../evaluate/index.ts';
import { integerValue } from '../../evaluate/makeValue.ts';
import type { SourceFile } from '../../program/symbols.ts';
import { voidType } from '../../program/types.ts';
import { entryLine } from '../../session/breakpointLocations.ts';
import { examineState } from '../../session/examine.ts';
import { type Place, parseLocation } from '../../session/linespec.ts';
import type { Session } from '../../session/session.ts';
import { type Command, type CommandContext, type Result, textResult } from '../command.ts';
import { codeNames } from './instructionText.ts';
import { placeLine } from './list.ts';

/** info source, info line: where source and code meet. */
export const sourceInfoCommands: readonly Command[] = [
  { name: 'info source', group: 'status', summary: 'Information about the current source file.', completes: 'none', run: infoSource },
  {
    name: 'info line',
    group: 'status',
    summary: 'Core addresses of the code for a source line.',
    help: 'Line can be specified as\n  LINENUM, to list around that line in current file,\n  FILE:LINENUM, to list around that line in that file,\n  FUNCTION, to list around beginning of that function,\n  FILE:FUNCTION, to distinguish among like-named static functions.\nDefault is to describe the last source line that was listed.\n\nThis sets the default address for "x" to the line\'s first instruction\nso that "x/i" suffices to start examining the machine code.\nThe address is also stored as the value of "$_".',
    completes: 'symbol',
    run: infoLine,
  },
];

const languageNames: Readonly<Record<string, string>> = {
  c: 'c',
  'c++': 'c++',
  asm: 'asm',
  rust: 'rust',
  go: 'go',
  fortran: 'fortran',
  minimal: 'minimal',
  other: 'unknown',
};

function infoSource(_args: string, { session, emit }: CommandContext): void {
  const { file } = session.listing;
  if (!file) {
    emit(textResult('No current source file.\n'));
    return;
  }
  const unit = session.program.modules.flatMap((module) => module.debug?.units ?? []).find((candidate) => candidate.files.includes(file));
  const located = session.sources.find(file);
  const lines = session.sources.lines(file)?.length;
  let text = `Current source file is ${file.name}\n`;
  if (file.directory) text += `Compilation directory is ${file.directory}\n`;
  if (located !== undefined) text += `Located in ${file.fullName}\n`;
  if (lines !== undefined) text += `Contains ${lines} line${lines === 1 ? '' : 's'}.\n`;
  if (unit) {
    text += `Source language is ${languageNames[unit.language] ?? unit.language}.\nProducer is ${unit.producer || 'unknown'}.\nCompiled with DWARF ${unit.version} debugging format.\n`;
    text += `${unit.hasMacros ? 'Includes' : 'Does not include'} preprocessor macro info.\n`;
  }
  emit({ kind: 'source file', data: { file: file.fullName, language: unit?.language, producer: unit?.producer, lines }, text: () => text });
}

function infoLine(args: string, context: CommandContext): void {
  const { session } = context;
  if (args === '') {
    const { file, first, centre, mentioned } = session.listing;
    if (!file) {
      context.emit(textResult('No line number information available.\n'));
      return;
    }
    context.emit(lineResult(session, file, mentioned ?? centre ?? first));
    return;
  }
  const { places } = parseLocation(session, args);
  const seen = new Set<string>();
  for (const place of places) {
    const result = placeResult(session, place);
    const text = result.text();
    if (!seen.has(text)) context.emit(result);
    seen.add(text);
  }
}

function placeResult(session: Session, place: Place): Result {
  if (place.kind === 'address' || place.kind === 'symbol' || place.kind === 'label') {
    const address = place.kind === 'address' ? place.address : place.kind === 'symbol' ? place.symbol.address : place.label.address;
    const entry = session.program.lineAt(address);
    if (!entry?.line) return noLine(session, address);
    return rangeResult(session, entry.file, entry.line, entry.low, entry.high, address);
  }
  if (place.kind === 'function') {
    const code = entryLine(session, place.function);
    if (!code?.line) return noLine(session, place.function.entry);
    return rangeResult(session, code.file, code.line, code.low, code.high);
  }
  const at = placeLine(session, place);
  return at ? lineResult(session, at.file, at.line) : textResult('No line number information available.\n');
}

/** The first code of a line; for a line without code, where that of the next line with code begins. */
function lineResult(session: Session, file: SourceFile, line: number): Result {
  for (const { debug } of session.program.modules) {
    const best = debug?.linesFor(file, line);
    if (!best || best.rows.length === 0) continue;
    const row = best.rows.find(({ isStatement }) => isStatement) ?? best.rows[0];
    const entry = session.program.lineAt(row.address);
    if (!entry) continue;
    return rangeResult(session, file, line, entry.low, best.exact ? entry.high : entry.low);
  }
  return textResult(`Line number ${line} is out of range for "${session.sources.displayName(file)}".\n`);
}

function rangeResult(session: Session, file: SourceFile, line: number, low: Address, high: Address, from?: Address): Result {
  setNextAddress(session, low);
  session.listing.mentioned = line + 1;
  const context = session.evaluationContext();
  const at = (address: Address) => symbolicAddress(address, context, codeNames(session));
  const head = `Line ${line} of "${session.sources.displayName(file)}"`;
  const text =
    low === high
      ? `${head}${wrapPoint(2)} is at address ${at(low)}${wrapPoint(2)} but contains no code.\n`
      : `${head}${wrapPoint(2)} starts at address ${at(low)}${wrapPoint(2)} and ends at ${at(high)}.\n`;
  return {
    kind: 'line',
    data: { file: file.fullName, line, low: hex(low), high: hex(high), address: from && hex(from) },
    text: () => text,
  };
}

function noLine(session: Session, address: Address): Result {
  setNextAddress(session, address);
  return textResult(
    `No line number information available for address ${wrapPoint(2)}${symbolicAddress(address, session.evaluationContext(), codeNames(session))}\n`,
  );
}

/** The default of the next `x`, and `$_`. */
function setNextAddress(session: Session, address: Address): void {
  examineState(session).next = address;
  session.values.setConvenience('_', integerValue(pointerTo(voidType), address));
}
