import type { LineRows } from '../../formats/dwarf/lines.ts';
import { RowFlag } from '../../formats/dwarf/lines.ts';
import type { SourceFile } from '../symbols.ts';

/**
 * Lines of one file in one unit, sorted by address: what gdb makes of a line program, and so what decides where breakpoints go, what a
 * step is and what `info line` says. Line 0 marks the end of a run of code.
 */
export interface FileLines {
  readonly file: SourceFile;
  readonly count: number;
  /** Link-time, signed doubles. */
  readonly address: Float64Array;
  readonly line: Uint32Array;
  /** RowFlag bits. */
  readonly flags: Uint8Array;
}

/** Mutable while it is built. */
interface Building {
  readonly file: SourceFile;
  readonly address: number[];
  readonly line: number[];
  readonly flags: number[];
}

/**
 * `lowest` is the unit's lowest address: a sequence that begins at 0 below it belongs to a function that the linker dropped.
 * The tables come in the order of `order`.
 */
export function buildLineTables(
  rows: LineRows,
  fileAt: (index: number) => SourceFile | undefined,
  order: readonly SourceFile[],
  lowest: number,
): readonly FileLines[] {
  const tables = new Map<SourceFile, Building>(order.map((file) => [file, { file, address: [], line: [], flags: [] }]));
  let start = 0;
  for (let i = 0; i < rows.count; i++) {
    if (!(rows.flags[i] & RowFlag.endSequence)) continue;
    if (!(rows.address[start] === 0 && lowest > 0)) addSequence(rows, start, i, (index) => tables.get(fileAt(index)!));
    start = i + 1;
  }
  return [...tables.values()].filter(({ line }) => line.length > 0).map(sorted);
}

/** Rows `first` to `last`, the end of the sequence. */
function addSequence(rows: LineRows, first: number, last: number, tableAt: (index: number) => Building | undefined): void {
  /** What a switch of files ends: the file before the last switch, or the one that got the last row. */
  let previous: Building | undefined;
  let current: Building | undefined;
  let previousLine = 0;
  let rowLine = 0;
  let rowFile = -1;
  let address = -Infinity;
  let statementHere = false;
  let discriminated = false;
  for (let i = first; i <= last; i++) {
    const flags = rows.flags[i];
    const line = rows.line[i];
    const isStatement = (flags & RowFlag.isStatement) !== 0;
    const hasDiscriminator = (flags & RowFlag.discriminated) !== 0;
    discriminated = line !== rowLine || rows.file[i] !== rowFile ? hasDiscriminator : discriminated || hasDiscriminator;
    rowLine = line;
    rowFile = rows.file[i];
    const table = tableAt(rows.file[i]);
    if (table) {
      if (current && table !== current) previous = current;
      current = table;
      const end = i === last;
      const switched = table !== previous;
      // A switch of files would end the other file's line and lose its statement at this address: a row that is no statement is not worth that.
      const ignored = !end && (line === 0 || (switched && address === rows.address[i] && !isStatement && statementHere));
      if (previous && (end || (switched && !ignored))) addEnd(previous, rows.address[i]);
      // Blocks of one source line (discriminators) are one line.
      if (!end && !ignored) {
        if (switched || line !== previousLine || !discriminated) add(table, rows.address[i], line, flags);
        previousLine = line;
        previous = table;
      }
    }
    if (address !== rows.address[i]) {
      address = rows.address[i];
      statementHere = false;
    }
    statementHere ||= isStatement;
  }
}

function add(table: Building, address: number, line: number, flags: number): void {
  table.address.push(address);
  table.line.push(line);
  table.flags.push(flags);
}

/** Lines without instructions before an end are dropped, so that ends can be sorted before lines at the same address; so is an end of nothing. */
function addEnd(table: Building, address: number): void {
  let lastLine = 0;
  while (table.address.length > 0) {
    lastLine = table.line[table.line.length - 1];
    if (table.address[table.address.length - 1] !== address) break;
    table.address.pop();
    table.line.pop();
    table.flags.pop();
  }
  if (lastLine !== 0) add(table, address, 0, RowFlag.isStatement | RowFlag.endSequence);
}

function sorted({ file, address, line, flags }: Building): FileLines {
  const order = Uint32Array.from(address.keys());
  const rank = (i: number): number => (line[i] === 0 ? 0 : 1);
  if (!inOrder(address, line)) order.sort((a, b) => address[a] - address[b] || rank(a) - rank(b) || a - b);
  return {
    file,
    count: order.length,
    address: Float64Array.from(order, (i) => address[i]),
    line: Uint32Array.from(order, (i) => line[i]),
    flags: Uint8Array.from(order, (i) => flags[i]),
  };
}

function inOrder(address: readonly number[], line: readonly number[]): boolean {
  for (let i = 1; i < address.length; i++) {
    if (address[i] < address[i - 1] || (address[i] === address[i - 1] && line[i] === 0 && line[i - 1] !== 0)) return false;
  }
  return true;
}

export interface FoundLine {
  readonly table: FileLines;
  readonly index: number;
  /** Behind the last byte of the line: where the nearest later row of any file begins. */
  readonly high: number;
}

/** The row that an address belongs to: the nearest one at or before it in any file. `unitEnd` ends the last line of all. */
export function findLine(tables: readonly FileLines[], address: number, unitEnd: number): FoundLine | undefined {
  let best: { table: FileLines; index: number; address: number } | undefined;
  let bestEnd = Infinity;
  let firstLater = Infinity;
  for (const table of tables) {
    const next = upperBound(table.address, table.count, address);
    if (table.address[0] > address) firstLater = Math.min(firstLater, table.address[0]);
    const index = next - 1;
    if (index >= 0 && table.line[index] !== 0 && (!best || table.address[index] > best.address)) {
      best = { table, index: statementAt(table, index), address: table.address[index] };
      if (bestEnd <= best.address) bestEnd = Infinity;
    }
    if (best && next < table.count && table.address[next] > best.address && table.address[next] < bestEnd) bestEnd = table.address[next];
  }
  if (!best) return undefined;
  const high = Math.min(bestEnd, firstLater);
  return { table: best.table, index: best.index, high: high === Infinity ? unitEnd : high };
}

/** A statement among the rows at the same address, if there is one. */
function statementAt(table: FileLines, index: number): number {
  const isStatement = (i: number): boolean => (table.flags[i] & RowFlag.isStatement) !== 0;
  let at = index;
  while (at > 0 && table.address[at - 1] === table.address[at] && table.line[at - 1] !== 0 && !isStatement(at)) at--;
  return isStatement(at) ? at : index;
}

/** Index of the first of `count` sorted numbers that is greater. */
export function upperBound(values: Float64Array | Uint32Array, count: number, value: number): number {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (values[middle] <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}
