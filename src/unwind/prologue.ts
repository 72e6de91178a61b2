import { analyzePrologue } from '../arch/prologueCode.ts';
import type { Address } from '../base/address.ts';
import { MemoryError } from '../base/errors.ts';
import type { LineTableRow } from '../program/module.ts';
import type { Program } from '../program/program.ts';
import type { Block, FunctionSymbol, LineEntry, MinimalSymbol, SourceFile, Unit } from '../program/symbols.ts';
import type { Memory } from '../targets/target.ts';
import { inlinedBlocksAt } from './inlined.ts';

/** Where a breakpoint on a function goes, and the source position that is shown for it. */
export interface BodyStart {
  readonly address: Address;
  readonly file: SourceFile | undefined;
  readonly line: number;
}

export interface CodeContext {
  readonly program: Program;
  /** Code as it is without breakpoints: the process's memory or the program file's contents. */
  readonly memory: Pick<Memory, 'read'>;
}

/** The address after the prologue, where parameters can be read: gdb's find_function_start_sal with `funfirstline`. */
export function afterPrologue(context: CodeContext, target: FunctionSymbol | MinimalSymbol): BodyStart {
  const entry = target.kind === 'function' ? target.entry : target.address;
  return bodyStart(context, entry);
}

/** The same for an address at which a function begins. */
export function bodyStart(context: CodeContext, entry: Address): BodyStart {
  const { program } = context;
  const first = program.lineAt(entry);
  const unit = program.unitAt(entry);
  // Optimised code says for every pc where its variables are: nothing has to be skipped.
  if (first && unit && (unit.language === 'asm' || hasValidLocations(unit))) return { address: entry, file: first.file, line: first.line };
  return skipPrologue(context, entry);
}

/** gdb's skip_prologue_sal, from a function's entry. */
function skipPrologue(context: CodeContext, entry: Address): BodyStart {
  const { program } = context;
  const fn = program.functionAt(entry);
  let address = endOfPrologue(context, entry);
  let line = program.lineAt(address);
  // In the middle of a line whose end is still in the function: go on to the next line, it is the first of the body.
  if (line && line.low !== address && isInSameFunction(program, fn, line.high, address)) {
    address = line.high;
    line = program.lineAt(address);
  }
  if (address <= entry) {
    const first = program.lineAt(entry);
    return { address: entry, file: first?.file, line: first?.line ?? 0 };
  }
  const call = outermostInlined(program, address)?.function?.inlinedAt;
  if (call?.line) return { address, file: call.file ?? line?.file, line: call.line };
  return { address, file: line?.file, line: line?.line ?? 0 };
}

function isInSameFunction(program: Program, fn: FunctionSymbol | undefined, lineEnd: Address, address: Address): boolean {
  if (fn) return fn.entry <= lineEnd && lineEnd < endOf(fn.block);
  return program.minimalSymbolAt(lineEnd)?.symbol.address === program.minimalSymbolAt(address)?.symbol.address;
}

/** Where `break` sees a prologue end: clang marks the body's first line, gcc's prologue is recognised by its instructions. */
function endOfPrologue(context: CodeContext, entry: Address): Address {
  const unit = context.program.unitAt(entry);
  return endOfPrologueFor(unit !== undefined && /clang|flang/.test(unit.producer), context, entry);
}

/** Where `step` into a function stops: gdb's amd64_skip_prologue, which knows clang only by the name that it has from its makers, not from Debian. */
export function endOfPrologueForStep(context: CodeContext, entry: Address): Address {
  const unit = context.program.unitAt(entry);
  return endOfPrologueFor(unit !== undefined && /^clang |^ F90 Flang /.test(unit.producer), context, entry);
}

function endOfPrologueFor(isLlvm: boolean, { program, memory }: CodeContext, entry: Address): Address {
  if (isLlvm) {
    const end = prologueEndByLines(program, entry);
    if (end !== undefined) return end > entry ? end : entry;
  }
  try {
    const prologue = analyzePrologue((address, length) => memory.read(address, length), entry);
    return prologue.hasFramePointer ? prologue.end : entry;
  } catch (error) {
    if (error instanceof MemoryError) return entry;
    throw error;
  }
}

/** The prologue ends where the line table says again, or says a greater line: gdb's skip_prologue_using_sal. Undefined: no lines, or one for all. */
function prologueEndByLines(program: Program, entry: Address): Address | undefined {
  const fn = program.functionAt(entry);
  let line = program.lineAt(entry);
  if (!fn || !line?.line) return undefined;
  const end = endOf(fn.block);
  if (hasTwoRowsAt(program, line, fn.entry)) return fn.entry;
  if (line.high >= end) return undefined;
  while (line.high < end) {
    const next = program.lineAt(line.high);
    if (!next?.line || next.line >= line.line || next.file !== line.file) break;
    if (inlinedBlocksAt(program, line.high).length > 0) break;
    line = next;
  }
  return line.high < end ? line.high : line.low;
}

/** Two rows of one file for the first address: a prologue without instructions. */
function hasTwoRowsAt(program: Program, first: LineEntry, entry: Address): boolean {
  const rows = program
    .moduleAt(entry)
    ?.debug?.lineTable(first.unit)
    .filter((row) => row.file === first.file || row.line === 0);
  if (!rows) return false;
  const index = rows.findIndex((row: LineTableRow) => row.address === first.low && row.line !== 0);
  const next = index < 0 ? undefined : rows[index + 1];
  return next !== undefined && next.line !== 0 && next.address === entry;
}

function outermostInlined(program: Program, address: Address): Block | undefined {
  return inlinedBlocksAt(program, address).at(-1);
}

function endOf(block: Block): Address {
  let end = 0n;
  for (const { high } of block.ranges) if (high > end) end = high;
  return end;
}

const known = new WeakMap<Unit, boolean>();

/** gcc ≥ 4.5 describes variables exactly where it uses location lists: gdb's compunit `locations_valid`. */
export function hasValidLocations(unit: Unit): boolean {
  let valid = known.get(unit);
  if (valid === undefined) {
    valid =
      /^GNU /.test(unit.producer) &&
      isOptimized(unit.producer) &&
      unit.symbols.some((symbol) =>
        symbol.kind === 'function' ? blockHasLists(symbol.block) : symbol.kind === 'variable' && symbol.location.kind === 'list',
      );
    known.set(unit, valid);
  }
  return valid;
}

/** Without optimisation gcc writes no location lists: a unit that was compiled so need not be searched for them. */
const isOptimized = (producer: string): boolean => / -O(?!0)/.test(producer);

function blockHasLists(block: Block): boolean {
  return block.variables.some((variable) => variable.location.kind === 'list') || block.children.some(blockHasLists);
}
