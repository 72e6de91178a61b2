import type { Address } from '../base/address.ts';
import { SondeError } from '../base/errors.ts';
import { compile } from '../evaluate/index.ts';
import type { LineTableRow } from '../program/module.ts';
import type { Block, FunctionSymbol, LineEntry, SourceFile } from '../program/symbols.ts';
import { afterPrologue, bodyStart, hasValidLocations } from '../unwind/prologue.ts';
import type { BreakpointLocation } from './breakpoints.ts';
import { type Place, parseLocation } from './linespec.ts';
import type { Session } from './session.ts';

/** Addresses for a location spec, as `break` places them. Throws what `parseLocation` throws; a condition is checked in every place's scope. */
export function findLocations(session: Session, spec: string, condition?: string): BreakpointLocation[] {
  const found = locationsInOrder(session, spec);
  const unique = found.filter((location, index) => found.findIndex(({ address }) => address === location.address) === index);
  unique.sort((a, b) => (a.address < b.address ? -1 : 1));
  return condition === undefined
    ? unique
    : unique.map((location) => ({ ...location, condition: compileCondition(session, condition, location.address) }));
}

/** The place that debug information has first, which is not always the lowest. */
export const firstLocation = (session: Session, spec: string): BreakpointLocation | undefined => locationsInOrder(session, spec)[0];

function locationsInOrder(session: Session, spec: string): BreakpointLocation[] {
  const { places } = parseLocation(session, spec, session.listing.displayed);
  return locationsOfAll(session, places, /^[+-]?\d+$/.test(spec.trim()));
}

/** Of several files of one name, some may have no code: that is an error only if all of them have none. */
function locationsOfAll(session: Session, places: readonly Place[], bare: boolean): BreakpointLocation[] {
  let failure: SondeError | undefined;
  const found = places.flatMap((place) => {
    try {
      return locationsOf(session, place, bare);
    } catch (error) {
      if (!(error instanceof SondeError)) throw error;
      failure = error;
      return [];
    }
  });
  if (found.length === 0 && failure) throw failure;
  return found;
}

/** Parsed in the scope of the breakpoint's place. */
export function compileCondition(session: Session, condition: string, address: Address) {
  const { program } = session;
  const block = program.blockAt(address);
  const unit = program.unitAt(address);
  return compile(condition, { ...session.evaluationContext(), frame: undefined, block, unit });
}

/** Without parameters a plain `break`: where the selected frame goes on. */
export function locationAt(session: Session, address: Address): BreakpointLocation {
  const entry = session.program.lineAt(address);
  return makeLocation(session, address, entry?.file, entry?.line ?? 0);
}

/** `bare`: only a line number was said. */
function locationsOf(session: Session, place: Place, bare: boolean): BreakpointLocation[] {
  const { program, memory } = session;
  switch (place.kind) {
    case 'address':
      return [locationAt(session, place.address)];
    case 'label':
      return [locationAt(session, place.label.address)];
    case 'function': {
      const fn = place.function;
      if (fn.inlinedAt) return [inlinedLocation(session, fn)];
      const { address, file, line } = afterPrologue({ program, memory }, fn);
      return [{ ...makeLocation(session, address, file, line), function: fn.signature ?? fn.name, inlined: undefined }];
    }
    case 'symbol': {
      const { address, file, line } =
        place.symbol.kind === 'plt'
          ? { address: place.symbol.address, file: undefined, line: 0 }
          : afterPrologue({ program, memory }, place.symbol);
      return [makeLocation(session, address, file, line)];
    }
    case 'line':
      return lineLocations(session, place, bare);
  }
}

/**
 * Line of a function's first instruction. Of an inlined call in a module whose ELF header has a symbol, gdb takes the address for data and knows no
 * line: such a place is listed as `<caller+20>`.
 */
export function entryLine({ program }: Session, fn: FunctionSymbol): LineEntry | undefined {
  if (fn.inlinedAt && fn.module.minimal.named('__ehdr_start').length > 0) return undefined;
  const entry = program.lineAt(fn.entry);
  // In the middle of a line gdb does not count it as the function's, unless gcc described everything exactly.
  return fn.inlinedAt && entry && entry.low !== fn.entry && !hasValidLocations(entry.unit) ? undefined : entry;
}

function inlinedLocation(session: Session, fn: FunctionSymbol): BreakpointLocation {
  const entry = entryLine(session, fn);
  return { ...makeLocation(session, fn.entry, entry?.file, entry?.line ?? 0), function: fn.signature ?? fn.name, inlined: fn };
}

/**
 * gdb's create_sals_line_offset: statements of that line, or of the next line that has code; one address for each function that the line is
 * compiled into; the line of a function's beginning means after its prologue.
 */
function lineLocations(session: Session, { file, line, module }: Extract<Place, { kind: 'line' }>, bare: boolean): BreakpointLocation[] {
  const { program, memory } = session;
  const best = module.debug?.linesFor(file, line);
  if (!best || best.rows.length === 0) throw new SondeError(`No line ${line} in ${bare ? 'the current file' : `file "${file.name}"`}.`);
  const statements = best.rows.filter((row) => row.isStatement);
  const byBlock = new Map<unknown, LineTableRow>();
  for (const row of statements.length > 0 ? statements : best.rows) {
    const block = innermostFunctionBlock(session, row.address);
    const known = byBlock.get(block);
    if (!known || row.address < known.address) byBlock.set(block, row);
  }
  const found: BreakpointLocation[] = [];
  for (const row of byBlock.values()) {
    const fn = program.functionAt(row.address);
    if (fn && fn.entry === row.address) {
      // A line before the function that has no code of its own does not stand for the function's beginning.
      if (!best.exact && best.line !== line && fn.line > 0 && line < fn.line) continue;
      const start = bodyStart({ program, memory }, fn.entry);
      found.push(makeLocation(session, start.address, start.file, best.exact ? line : start.line));
    } else found.push(makeLocation(session, row.address, row.file, best.line));
  }
  if (found.length === 0) {
    for (const row of byBlock.values())
      found.push(makeLocation(session, bodyStart({ program, memory }, row.address).address, row.file, best.line));
  }
  return found;
}

function innermostFunctionBlock({ program }: Session, address: Address): Block | undefined {
  for (let block = program.blockAt(address); block; block = block.parent) if (block.function) return block.function.block;
  return undefined;
}

/** Lines and addresses belong to the innermost function, inlined ones included. */
function makeLocation(session: Session, address: Address, file: SourceFile | undefined, line: number): BreakpointLocation {
  const fn = innermostFunctionBlock(session, address)?.function;
  return { address, file, line, function: fn?.signature ?? fn?.name, enabled: true, inlined: fn?.inlinedAt && fn };
}
