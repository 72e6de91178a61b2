import { Cursor } from '../../base/cursor.ts';
import { Op, opName } from './opcodes.ts';

/** What the text of an expression names. */
export interface ExpressionNames {
  /** Of a DWARF register number: `rax`. */
  register(dwarf: number): string;
  /** Of the base type at a unit-relative DIE offset: `int`. */
  type(offset: number): string;
  /** Bytes of a reference to another DIE. */
  readonly referenceSize: 4 | 8;
}

/**
 * One operation a line, numbered by offset, as gdb's `info scope` and `info address` show it. Stops before a composition operator unless `whole`.
 * Returns the text and where it stopped.
 */
export function expressionText(
  bytes: Uint8Array,
  from: number,
  names: ExpressionNames,
  options: { indent: number; whole: boolean },
): { text: string; end: number } {
  const cursor = new Cursor(bytes, from, 'DWARF expression');
  let text = '';
  while (!cursor.atEnd) {
    const start = cursor.offset;
    const op = cursor.u8();
    if (!options.whole && (op === Op.piece || op === Op.bitPiece)) {
      cursor.offset = start;
      break;
    }
    const name = opName(op) ?? `unknown op 0x${op.toString(16)}`;
    text += `  ${String(start - from).padStart(options.indent + 4)}: ${name}`;
    if (op === Op.entryValue || op === Op.gnuEntryValue) {
      const block = cursor.take(cursor.ulebNumber());
      const nested = expressionText(block, 0, names, { indent: options.indent + 2, whole: true });
      text += `\n${renumbered(nested.text, cursor.offset - block.length - from, options.indent + 2)}`;
      continue;
    }
    text += `${operands(op, cursor, names, from)}\n`;
  }
  return { text, end: cursor.offset };
}

/** Offsets of a nested block count from the beginning of the whole expression. */
const renumbered = (text: string, by: number, indent: number): string =>
  text.replace(/^ {2} *(\d+):/gm, (_, digits: string) => `  ${String(Number(digits) + by).padStart(indent + 4)}:`);

function operands(op: number, cursor: Cursor, names: ExpressionNames, from: number): string {
  if (op >= Op.reg0 && op < Op.breg0) return ` [$${names.register(op - Op.reg0)}]`;
  if (op >= Op.breg0 && op < Op.regx) return ` ${cursor.sleb()} [$${names.register(op - Op.breg0)}]`;
  switch (op) {
    case Op.addr:
      return ` 0x${cursor.u64().toString(16)}`;
    case Op.const1u:
    case Op.derefSize:
    case Op.xderefSize:
    case Op.pick:
      return ` ${cursor.u8()}`;
    case Op.const1s:
      return ` ${cursor.i8()}`;
    case Op.const2u:
      return ` ${cursor.u16()}`;
    case Op.const2s:
      return ` ${cursor.i16()}`;
    case Op.const4u:
      return ` ${cursor.u32()}`;
    case Op.const4s:
      return ` ${cursor.i32()}`;
    case Op.const8u:
      return ` ${cursor.u64()}`;
    case Op.const8s:
      return ` ${cursor.i64()}`;
    case Op.constu:
    case Op.plusUconst:
    case Op.constx:
    case Op.gnuConstIndex:
      return ` ${cursor.uleb()}`;
    case Op.addrx:
    case Op.gnuAddrIndex:
      return ` 0x${cursor.uleb().toString(16)}`;
    case Op.consts:
    case Op.fbreg:
      return ` ${cursor.sleb()}`;
    case Op.regx: {
      const register = cursor.ulebNumber();
      return ` ${register} [$${names.register(register)}]`;
    }
    case Op.bregx: {
      const register = cursor.ulebNumber();
      return ` register ${register} [$${names.register(register)}] offset ${cursor.sleb()}`;
    }
    case Op.skip:
    case Op.bra: {
      const distance = cursor.i16();
      return ` to ${cursor.offset + distance - from}`;
    }
    case Op.call2:
      return ` offset ${cursor.u16()}`;
    case Op.call4:
      return ` offset ${cursor.u32()}`;
    case Op.gnuParameterRef:
      return ` offset ${cursor.u32().toString(16)}`;
    case Op.callRef:
    case Op.gnuVariableValue:
      return ` offset ${reference(cursor, names)}`;
    case Op.piece:
      return ` ${cursor.uleb()} (bytes)`;
    case Op.bitPiece: {
      const size = cursor.uleb();
      return ` size ${size} offset ${cursor.uleb()} (bits)`;
    }
    case Op.implicitValue: {
      const length = cursor.ulebNumber();
      cursor.skip(length);
      return ` ${length}`;
    }
    case Op.implicitPointer:
    case Op.gnuImplicitPointer: {
      const die = reference(cursor, names);
      return ` DIE ${die.toString(16)} offset ${cursor.sleb()}`;
    }
    case Op.derefType:
    case Op.gnuDerefType: {
      const size = cursor.u8();
      return `${typeText(cursor, names)} ${size}-byte`;
    }
    case Op.constType:
    case Op.gnuConstType: {
      const type = typeText(cursor, names);
      cursor.skip(cursor.u8());
      return type;
    }
    case Op.regvalType:
    case Op.gnuRegvalType: {
      const register = cursor.ulebNumber();
      return `${typeText(cursor, names)} [$${names.register(register)}]`;
    }
    case Op.convert:
    case Op.gnuConvert:
    case Op.reinterpret:
    case Op.gnuReinterpret:
      return typeText(cursor, names);
    default:
      return '';
  }
}

const reference = (cursor: Cursor, names: ExpressionNames): number => (names.referenceSize === 8 ? cursor.u64Number() : cursor.u32());

/** Offset 0 is the generic type. */
function typeText(cursor: Cursor, names: ExpressionNames): string {
  const offset = cursor.ulebNumber();
  return offset === 0 ? '<0>' : `<${names.type(offset)} [0x${offset.toString(16)}]>`;
}
