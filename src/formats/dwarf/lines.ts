import { Cursor, stringAt } from '../../base/cursor.ts';
import { FormatError } from '../../base/errors.ts';
import { Form, LineContent, LineExtendedOp, LineOp } from './constants.ts';
import type { DwarfFile } from './file.ts';
import { readAddress, readOffset, skipForm } from './forms.ts';

/** Header of a line number program (DWARF 5 §6.2.4). */
export interface LineProgram {
  readonly version: number;
  /** As numbered by version 5; before it, number 0 is the compilation directory and left empty here. */
  readonly directories: readonly string[];
  /** Index 0 is meaningful in version 5 only. DW_LNE_define_file adds to it. */
  readonly files: LineFile[];
  readonly minimumInstructionLength: number;
  readonly defaultIsStatement: boolean;
  readonly lineBase: number;
  readonly lineRange: number;
  readonly opcodeBase: number;
  /** Operands of standard opcodes, by opcode. */
  readonly operandCounts: Uint8Array;
  readonly addressSize: number;
  /** Where the opcodes are in .debug_line. */
  readonly start: number;
  readonly end: number;
}

export interface LineFile {
  readonly name: string;
  readonly directory: number;
}

/** The matrix in program order: parallel arrays. */
export interface LineRows {
  readonly count: number;
  /** Link-time, signed doubles. */
  readonly address: Float64Array;
  readonly file: Uint32Array;
  readonly line: Uint32Array;
  /** Bits of RowFlag. */
  readonly flags: Uint8Array;
}

export const RowFlag = { isStatement: 1, endSequence: 2, prologueEnd: 4, discriminated: 8 } as const;

/** The header at an offset of .debug_line. `addressSize` is the unit's: before version 5 the header has none. */
export function readLineProgram(file: DwarfFile, offset: number, addressSize: number): LineProgram {
  const cursor = new Cursor(file.section('.debug_line'), offset, '.debug_line');
  let length = cursor.u32();
  const offsetSize = length === 0xffffffff ? 8 : 4;
  if (offsetSize === 8) length = cursor.u64Number();
  const end = cursor.offset + length;
  if (end > cursor.bytes.length) throw new FormatError('Line number table is cut short');
  const version = cursor.u16();
  if (version < 2 || version > 5) throw new FormatError(`Unsupported version ${version} of line number table`);
  const ownAddressSize = version >= 5 ? cursor.u8() : addressSize;
  if (version >= 5) cursor.u8();
  if (ownAddressSize !== 4 && ownAddressSize !== 8)
    throw new FormatError(`Unsupported address size ${ownAddressSize} in line number table`);
  const headerLength = readOffset(cursor, offsetSize);
  const start = cursor.offset + headerLength;
  if (start > end) throw new FormatError('Line number table header is cut short');
  const minimumInstructionLength = cursor.u8();
  if (version >= 4) cursor.u8(); // operations per instruction: 1 but on VLIW machines
  const defaultIsStatement = cursor.u8() !== 0;
  const lineBase = cursor.i8();
  const lineRange = cursor.u8();
  const opcodeBase = cursor.u8();
  const operandCounts = new Uint8Array(Math.max(opcodeBase, 1));
  operandCounts.set(cursor.take(Math.max(opcodeBase, 1) - 1), 1);
  const tables = version >= 5 ? readTables(file, cursor, offsetSize, ownAddressSize) : readOldTables(cursor);
  return {
    version,
    ...tables,
    minimumInstructionLength,
    defaultIsStatement,
    lineBase,
    lineRange,
    opcodeBase,
    operandCounts,
    addressSize: ownAddressSize,
    start,
    end,
  };
}

function readOldTables(cursor: Cursor): { directories: string[]; files: LineFile[] } {
  const directories = [''];
  for (let name = cursor.string(); name !== ''; name = cursor.string()) directories.push(name);
  const files: LineFile[] = [{ name: '', directory: 0 }];
  for (let name = cursor.string(); name !== ''; name = cursor.string()) files.push(readOldFile(cursor, name));
  return { directories, files };
}

function readOldFile(cursor: Cursor, name: string): LineFile {
  const directory = cursor.ulebNumber();
  cursor.ulebNumber(); // time
  cursor.ulebNumber(); // size
  return { name, directory };
}

function readTables(
  file: DwarfFile,
  cursor: Cursor,
  offsetSize: number,
  addressSize: number,
): { directories: string[]; files: LineFile[] } {
  const directories = readTable(file, cursor, offsetSize, addressSize).map(({ name }) => name);
  return { directories, files: readTable(file, cursor, offsetSize, addressSize) };
}

/** A directory or file table of version 5: the columns it has, then its rows (§6.2.4.1). */
function readTable(file: DwarfFile, cursor: Cursor, offsetSize: number, addressSize: number): LineFile[] {
  const columns: { content: number; form: number }[] = [];
  for (let n = cursor.u8(); n > 0; n--) columns.push({ content: cursor.ulebNumber(), form: cursor.ulebNumber() });
  const count = cursor.ulebNumber();
  // Every row takes at least a byte.
  if (count > cursor.bytes.length - cursor.offset || (columns.length === 0 && count > 0))
    throw new FormatError('Bad file table in line number table');
  const rows: LineFile[] = [];
  for (let i = 0; i < count; i++) {
    let name = '';
    let directory = 0;
    for (const { content, form } of columns) {
      if (content === LineContent.path) name = readPath(file, cursor, form, offsetSize);
      else if (content === LineContent.directoryIndex) directory = readIndex(cursor, form);
      else skipForm(cursor, form, { version: 5, addressSize, offsetSize });
    }
    rows.push({ name, directory });
  }
  return rows;
}

function readPath(file: DwarfFile, cursor: Cursor, form: number, offsetSize: number): string {
  switch (form) {
    case Form.string:
      return cursor.string();
    case Form.lineStrp:
      return stringAt(file.section('.debug_line_str'), readOffset(cursor, offsetSize), '.debug_line_str');
    case Form.strp:
      return file.string(readOffset(cursor, offsetSize));
    case Form.strpSup:
      return file.supplementary.string(readOffset(cursor, offsetSize));
    default:
      throw new FormatError(`Unknown form 0x${form.toString(16)} of a name in line number table`);
  }
}

function readIndex(cursor: Cursor, form: number): number {
  switch (form) {
    case Form.data1:
      return cursor.u8();
    case Form.data2:
      return cursor.u16();
    case Form.udata:
      return cursor.ulebNumber();
    default:
      throw new FormatError(`Unknown form 0x${form.toString(16)} of an index in line number table`);
  }
}

/** Runs the opcodes (§6.2.5). A damaged program gives the rows up to the damage. */
export function runLineProgram(file: DwarfFile, program: LineProgram): LineRows {
  const { minimumInstructionLength, lineBase, lineRange, opcodeBase, operandCounts, addressSize } = program;
  const rows = new RowBuffer();
  const cursor = new Cursor(file.section('.debug_line').subarray(0, program.end), program.start, '.debug_line');
  const initialFlags = program.defaultIsStatement ? RowFlag.isStatement : 0;
  let address = 0;
  let line = 1;
  let fileIndex = 1;
  let flags: number = initialFlags;
  const emit = (): void => {
    rows.push(address, fileIndex, line, flags);
    flags &= RowFlag.isStatement;
  };
  try {
    while (cursor.offset < program.end) {
      const opcode = cursor.u8();
      if (opcode >= opcodeBase) {
        const adjusted = opcode - opcodeBase;
        const advance = lineRange === 0 ? 0 : Math.floor(adjusted / lineRange);
        address += advance * minimumInstructionLength;
        line += lineBase + (adjusted - advance * lineRange);
        emit();
        continue;
      }
      switch (opcode) {
        case LineOp.extended: {
          const length = cursor.ulebNumber();
          const next = cursor.offset + length;
          if (length === 0) break;
          const extended = cursor.u8();
          if (extended === LineExtendedOp.endSequence) {
            flags |= RowFlag.endSequence;
            emit();
            address = 0;
            line = 1;
            fileIndex = 1;
            flags = initialFlags;
          } else if (extended === LineExtendedOp.setAddress) address = readAddress(cursor, length === 5 ? 4 : addressSize);
          else if (extended === LineExtendedOp.defineFile) program.files.push(readOldFile(cursor, cursor.string()));
          else if (extended === LineExtendedOp.setDiscriminator && cursor.ulebNumber() !== 0) flags |= RowFlag.discriminated;
          cursor.offset = next;
          break;
        }
        case LineOp.copy:
          emit();
          break;
        case LineOp.advancePc:
          address += cursor.ulebNumber() * minimumInstructionLength;
          break;
        case LineOp.advanceLine:
          line += cursor.slebNumber();
          break;
        case LineOp.setFile:
          fileIndex = cursor.ulebNumber();
          break;
        case LineOp.negateStmt:
          flags ^= RowFlag.isStatement;
          break;
        case LineOp.constAddPc:
          if (lineRange > 0) address += Math.floor((255 - opcodeBase) / lineRange) * minimumInstructionLength;
          break;
        case LineOp.fixedAdvancePc:
          address += cursor.u16();
          break;
        case LineOp.setPrologueEnd:
          flags |= RowFlag.prologueEnd;
          break;
        case LineOp.setBasicBlock:
        case LineOp.setEpilogueBegin:
          break;
        default:
          // setColumn, setIsa, and what later versions may add: operands are LEB128.
          for (let n = operandCounts[opcode]; n > 0; n--) cursor.ulebNumber();
      }
    }
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
  }
  return rows.done();
}

class RowBuffer {
  #count = 0;
  #address = new Float64Array(256);
  #file = new Uint32Array(256);
  #line = new Uint32Array(256);
  #flags = new Uint8Array(256);

  push(address: number, file: number, line: number, flags: number): void {
    const n = this.#count++;
    if (n === this.#address.length) this.#resize(2 * n);
    this.#address[n] = address;
    this.#file[n] = file;
    this.#line[n] = line;
    this.#flags[n] = flags;
  }
  done(): LineRows {
    return { count: this.#count, address: this.#address, file: this.#file, line: this.#line, flags: this.#flags };
  }

  #resize(length: number): void {
    const [address, file, line, flags] = [
      new Float64Array(length),
      new Uint32Array(length),
      new Uint32Array(length),
      new Uint8Array(length),
    ];
    address.set(this.#address);
    file.set(this.#file);
    line.set(this.#line);
    flags.set(this.#flags);
    [this.#address, this.#file, this.#line, this.#flags] = [address, file, line, flags];
  }
}
