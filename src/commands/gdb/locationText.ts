import { registerFromDwarf, registers } from '../../arch/registers.ts';
import { type Address, hex } from '../../base/address.ts';
import { Cursor } from '../../base/cursor.ts';
import { SondeError } from '../../base/errors.ts';
import { formatTypeName } from '../../evaluate/index.ts';
import { type ExpressionNames, expressionText } from '../../formats/dwarf/expressionText.ts';
import { Op } from '../../formats/dwarf/opcodes.ts';
import type { Location, Unit, VariableSymbol } from '../../program/symbols.ts';
import type { Session } from '../../session/session.ts';
import { fileName } from './infoFiles.ts';

/** What a description of a location is about. */
interface Subject {
  readonly session: Session;
  readonly variable: VariableSymbol;
  /** Where the frame base is taken: in a location list each range's own beginning. */
  readonly pc: Address;
}

/** Where a variable is, in the words of `info scope` and `info address`; multi-location lists are several lines. */
export function locationText(
  session: Session,
  variable: VariableSymbol,
  location: Extract<Location, { kind: 'expression' | 'list' }>,
  pc: Address,
): string {
  if (location.kind === 'expression') return describe({ session, variable, pc }, location.bytes, location.unit);
  let text = 'multi-location:\n';
  for (const row of location.rows()) {
    if ('base' in row) text += `  Base address ${hex(row.base)}`;
    else text += `  Range ${hex(row.low)}-${hex(row.high)}: ${describe({ session, variable, pc: row.low }, row.bytes, location.unit)}\n`;
  }
  return text;
}

function describe(subject: Subject, bytes: Uint8Array, unit: Unit): string {
  const names = namesOf(unit);
  let text = '';
  for (let at = 0; at < bytes.length; ) {
    if (at > 0) text += ', and ';
    const simple = describePiece(subject, bytes, at, names);
    const isEmptyPiece = !simple && isComposition(bytes[at]);
    if (simple) {
      text += simple.text;
      at = simple.end;
    } else if (!isEmptyPiece) {
      const complex = expressionText(bytes, at, names, { indent: 0, whole: false });
      text += `a complex DWARF expression:\n${complex.text}`;
      at = complex.end;
      if (at < bytes.length) text += '   ';
    }
    if (bytes[at] === Op.gnuUninit) {
      text += ' [uninitialized]';
      at++;
    }
    if (at >= bytes.length) break;
    const cursor = new Cursor(bytes, at + 1);
    const size = cursor.ulebNumber();
    if (bytes[at] === Op.piece) text += isEmptyPiece ? `an empty ${size}-byte piece` : ` [${size}-byte piece]`;
    else if (bytes[at] === Op.bitPiece) {
      const offset = cursor.ulebNumber();
      text += isEmptyPiece ? `an empty ${size}-bit piece` : ` [${size}-bit piece, offset ${offset} bits]`;
    } else throw new SondeError(`Corrupted DWARF2 expression for "${subject.variable.name}".`);
    at = cursor.offset;
  }
  return text;
}

const isComposition = (op: number): boolean => op === Op.piece || op === Op.bitPiece;

/** The locations that have words of their own; undefined: the operations must be shown. */
function describePiece(subject: Subject, bytes: Uint8Array, at: number, names: ExpressionNames): { text: string; end: number } | undefined {
  const op = bytes[at];
  const cursor = new Cursor(bytes, at + 1);
  if (op >= Op.reg0 && op < Op.breg0) return { text: `a variable in $${names.register(op - Op.reg0)}`, end: at + 1 };
  if (op === Op.regx) return { text: `a variable in $${names.register(cursor.ulebNumber())}`, end: cursor.offset };
  if (op === Op.fbreg) {
    const offset = cursor.sleb();
    const base = endsPiece(bytes, cursor.offset) ? frameBaseRegister(subject) : undefined;
    return (
      base && { text: `a variable at frame base reg $${names.register(base.register)} offset ${base.offset}+${offset}`, end: cursor.offset }
    );
  }
  if (op >= Op.lit0 && op < Op.reg0 && bytes[at + 1] === Op.stackValue) return { text: `the constant ${op - Op.lit0}`, end: at + 2 };
  const isTls = (op === Op.addr || op === Op.const8u) && (bytes[at + 9] === Op.gnuPushTlsAddress || bytes[at + 9] === Op.formTlsAddress);
  if (isTls && endsPiece(bytes, at + 10)) {
    return {
      text: `a thread-local variable at offset ${hex(cursor.u64())} in the thread-local storage for \`${fileName(subject.session, subject.variable.module)}'`,
      end: at + 10,
    };
  }
  return undefined;
}

const endsPiece = (bytes: Uint8Array, at: number): boolean => at === bytes.length || isComposition(bytes[at]);

/** Undefined: the frame base is not a register with an offset, as gcc's DW_OP_call_frame_cfa. */
function frameBaseRegister({ session, variable, pc }: Subject): { register: number; offset: bigint } | undefined {
  const fn = session.program.functionAt(pc);
  if (!fn) throw new SondeError(`No function found for block for symbol "${variable.name}".`);
  const { frameBase } = fn;
  const bytes =
    frameBase?.kind === 'expression'
      ? frameBase.bytes
      : frameBase?.kind === 'list'
        ? frameBase.entries().find(({ low, high }) => pc >= low && pc < high)?.bytes
        : undefined;
  const op = bytes?.[0] ?? 0;
  if (bytes && op >= Op.breg0 && op < Op.regx) return { register: op - Op.breg0, offset: new Cursor(bytes, 1).sleb() };
  return op >= Op.reg0 && op < Op.breg0 ? { register: op - Op.reg0, offset: 0n } : undefined;
}

const namesOf = (unit: Unit): ExpressionNames => ({
  register: (dwarf) => {
    const number = registerFromDwarf(dwarf);
    return number === undefined ? `${dwarf}` : registers[number].name;
  },
  type: (offset) => {
    const type = unit.expressionHelp.baseType(offset);
    return type ? formatTypeName(type) : '';
  },
  referenceSize: unit.expressionHelp.referenceSize,
});

/** A fixed address: gdb's LOC_STATIC. */
export function staticAddress(variable: VariableSymbol): Address | undefined {
  const { location } = variable;
  if (location.kind !== 'expression') return undefined;
  const { bytes, unit } = location;
  const cursor = new Cursor(bytes, 1);
  if (bytes[0] === Op.addr && bytes.length === 9) return BigInt.asUintN(64, cursor.u64() + variable.module.bias);
  if (bytes[0] !== Op.addrx && bytes[0] !== Op.gnuAddrIndex) return undefined;
  const index = cursor.ulebNumber();
  return cursor.atEnd ? BigInt.asUintN(64, unit.expressionHelp.addressAt(index) + variable.module.bias) : undefined;
}
