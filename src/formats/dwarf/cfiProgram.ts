import { type Address, wrap64 } from '../../base/address.ts';
import { Cursor } from '../../base/cursor.ts';
import { FormatError } from '../../base/errors.ts';
import { type Cie, type Fde, readEncoded } from './cfiEntries.ts';

/** How to compute the canonical frame address. */
export type CfaRule =
  | { readonly kind: 'register'; readonly register: number; readonly offset: bigint }
  | { readonly kind: 'expression'; readonly bytes: Uint8Array }
  | { readonly kind: 'undefined' };

/** Where the caller's value of a register is (DWARF 5 §6.4.1); registers by DWARF number. No rule: unspecified. */
export type RegisterRule =
  | { readonly kind: 'undefined' }
  | { readonly kind: 'same value' }
  | { readonly kind: 'offset'; readonly offset: bigint }
  | { readonly kind: 'value offset'; readonly offset: bigint }
  | { readonly kind: 'register'; readonly register: number }
  | { readonly kind: 'expression'; readonly bytes: Uint8Array }
  | { readonly kind: 'value expression'; readonly bytes: Uint8Array };

/** One row of the unwind table. */
export interface UnwindRow {
  readonly location: Address;
  readonly cfa: CfaRule;
  readonly rules: ReadonlyMap<number, RegisterRule>;
  /** DW_CFA_GNU_args_size: bytes of arguments pushed. */
  readonly argumentsSize: bigint;
}

/** The row that holds at a link-time address within the FDE. */
export function unwindRow(fde: Fde, address: Address): UnwindRow {
  let current: UnwindRow | undefined;
  for (const row of unwindRows(fde)) {
    if (row.location > address && current) break;
    current = row;
  }
  return current!;
}

/** All rows of an FDE in address order; at least one. Throws FormatError for bad instructions. */
export function* unwindRows(fde: Fde): Generator<UnwindRow> {
  const machine = new Machine(fde);
  machine.run(fde.cie.start, fde.cie.end, () => undefined);
  machine.initial = new Map(machine.rules);
  const rows: UnwindRow[] = [];
  machine.run(fde.start, fde.end, () => rows.push(machine.row()));
  rows.push(machine.row());
  yield* rows;
}

interface SavedState {
  readonly cfa: CfaRule;
  readonly rules: Map<number, RegisterRule>;
}

/** Real programs nest DW_CFA_remember_state once or twice. */
const maximalDepth = 1000;

class Machine {
  readonly #cie: Cie;
  #location: Address;
  #cfa: CfaRule = { kind: 'undefined' };
  #argumentsSize = 0n;
  readonly #stack: SavedState[] = [];
  rules = new Map<number, RegisterRule>();
  /** Rules after the CIE's instructions: what DW_CFA_restore goes back to. */
  initial: ReadonlyMap<number, RegisterRule> = new Map();

  constructor(fde: Fde) {
    this.#cie = fde.cie;
    this.#location = fde.low;
  }

  row(): UnwindRow {
    return { location: this.#location, cfa: this.#cfa, rules: new Map(this.rules), argumentsSize: this.#argumentsSize };
  }

  /** Executes [start, end) and calls `beforeAdvance` each time the location is about to move on. */
  run(start: number, end: number, beforeAdvance: () => void): void {
    const cursor = new Cursor(this.#cie.section.bytes.subarray(0, end), start);
    while (cursor.offset < end) {
      const opcode = cursor.u8();
      const operand = opcode & 0x3f;
      // DW_CFA_advance_loc, DW_CFA_offset, DW_CFA_restore carry their first operand in the low six bits.
      if (opcode >= 0xc0) this.#restore(operand);
      else if (opcode >= 0x80) this.#offset(operand, cursor.uleb());
      else if (opcode >= 0x40) {
        beforeAdvance();
        this.#advance(BigInt(operand));
      } else if (opcode >= 0x01 && opcode <= 0x04) {
        beforeAdvance();
        this.#move(opcode, cursor);
      } else this.#execute(opcode, cursor);
    }
  }

  #move(opcode: number, cursor: Cursor): void {
    if (opcode === 0x01) this.#location = readEncoded(cursor, this.#cie.pointerEncoding, this.#cie.section) ?? this.#location;
    else if (opcode === 0x02) this.#advance(BigInt(cursor.u8()));
    else if (opcode === 0x03) this.#advance(BigInt(cursor.u16()));
    else this.#advance(BigInt(cursor.u32()));
  }

  #advance(delta: bigint): void {
    this.#location = wrap64(this.#location + delta * this.#cie.codeAlignment);
  }

  /** DW_CFA_* by number: DWARF 5 table 7.29, and the GNU ones of LSB 5.0. */
  #execute(opcode: number, cursor: Cursor): void {
    const register = () => cursor.ulebNumber();
    const factored = (value: bigint) => value * this.#cie.dataAlignment;
    switch (opcode) {
      case 0x00: // nop
        break;
      case 0x05: // offset_extended
        this.#offset(register(), cursor.uleb());
        break;
      case 0x06: // restore_extended
        this.#restore(register());
        break;
      case 0x07: // undefined
        this.rules.set(register(), { kind: 'undefined' });
        break;
      case 0x08: // same_value
        this.rules.set(register(), { kind: 'same value' });
        break;
      case 0x09: // register
        this.rules.set(register(), { kind: 'register', register: register() });
        break;
      case 0x0a: // remember_state
        if (this.#stack.length >= maximalDepth) throw new FormatError('call frame information: DW_CFA_remember_state without end');
        this.#stack.push({ cfa: this.#cfa, rules: new Map(this.rules) });
        break;
      case 0x0b: // restore_state
        this.#restoreState();
        break;
      case 0x0c: // def_cfa
        this.#cfa = { kind: 'register', register: register(), offset: cursor.uleb() };
        break;
      case 0x0d: // def_cfa_register
        this.#cfa = { kind: 'register', register: register(), offset: this.#cfaOffset() };
        break;
      case 0x0e: // def_cfa_offset
        this.#cfa = { kind: 'register', register: this.#cfaRegister(), offset: cursor.uleb() };
        break;
      case 0x0f: // def_cfa_expression
        this.#cfa = { kind: 'expression', bytes: block(cursor) };
        break;
      case 0x10: // expression
        this.rules.set(register(), { kind: 'expression', bytes: block(cursor) });
        break;
      case 0x11: // offset_extended_sf
        this.rules.set(register(), { kind: 'offset', offset: factored(cursor.sleb()) });
        break;
      case 0x12: // def_cfa_sf
        this.#cfa = { kind: 'register', register: register(), offset: factored(cursor.sleb()) };
        break;
      case 0x13: // def_cfa_offset_sf
        this.#cfa = { kind: 'register', register: this.#cfaRegister(), offset: factored(cursor.sleb()) };
        break;
      case 0x14: // val_offset
        this.rules.set(register(), { kind: 'value offset', offset: factored(cursor.uleb()) });
        break;
      case 0x15: // val_offset_sf
        this.rules.set(register(), { kind: 'value offset', offset: factored(cursor.sleb()) });
        break;
      case 0x16: // val_expression
        this.rules.set(register(), { kind: 'value expression', bytes: block(cursor) });
        break;
      case 0x2e: // GNU_args_size
        this.#argumentsSize = cursor.uleb();
        break;
      case 0x2f: // GNU_negative_offset_extended
        this.rules.set(register(), { kind: 'offset', offset: -factored(cursor.uleb()) });
        break;
      default:
        throw new FormatError(`call frame information: instruction 0x${opcode.toString(16)} is not known`);
    }
  }

  #offset(register: number, offset: bigint): void {
    this.rules.set(register, { kind: 'offset', offset: offset * this.#cie.dataAlignment });
  }

  #restore(register: number): void {
    const rule = this.initial.get(register);
    if (rule) this.rules.set(register, rule);
    else this.rules.delete(register);
  }

  /** The CFA is part of the state that comes back (DWARF 3 says otherwise; gcc and every unwinder do it so). */
  #restoreState(): void {
    const state = this.#stack.pop();
    if (!state) throw new FormatError('call frame information: DW_CFA_restore_state without DW_CFA_remember_state');
    this.#cfa = state.cfa;
    this.rules = state.rules;
  }

  #cfaRegister(): number {
    if (this.#cfa.kind !== 'register') throw new FormatError('call frame information: CFA offset without a register');
    return this.#cfa.register;
  }

  #cfaOffset(): bigint {
    return this.#cfa.kind === 'register' ? this.#cfa.offset : 0n;
  }
}

function block(cursor: Cursor): Uint8Array {
  return cursor.take(cursor.ulebNumber());
}
