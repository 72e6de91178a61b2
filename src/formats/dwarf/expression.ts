import { type Address, wrap64 } from '../../base/address.ts';
import { Cursor } from '../../base/cursor.ts';
import { AbsentError, FormatError, SondeError } from '../../base/errors.ts';
import { Op } from './opcodes.ts';
import { binary, convert, generic, reinterpret, type StackType, type StackValue, typed, unary } from './stackValue.ts';

export type { StackType } from './stackValue.ts';

/**
 * What an expression may ask while it runs. Only `register` and `read` are needed by all; where an optional member is missing, an operation that
 * wants it is an error in gdb's words. Members throw what the expression as a whole should throw: MemoryError, AbsentError …
 */
export interface ExpressionContext {
  /** By DWARF number, in the frame the expression is evaluated in, zero-extended; undefined: not saved or not there. */
  register(dwarf: number): bigint | undefined;
  /** Whole registers, for those wider than 8 bytes that DW_OP_regval_type wants. */
  registerBytes?(dwarf: number): Uint8Array | undefined;
  read(address: Address, length: number): Uint8Array;
  /** Value of DW_AT_frame_base of the function. */
  frameBase?(): Address;
  cfa?(): Address;
  threadLocal?(offset: bigint): Address;
  /** What a location had at the entry of the function, from the caller's call site. Throws AbsentError where that is not known. */
  entryValue?(request: EntryValueRequest): bigint;
  /** DW_OP_push_object_address: the object whose member, array bound … is computed. */
  readonly objectAddress?: Address;
  /** Run-time minus link-time address of the module: added to DW_OP_addr and DW_OP_addrx. */
  readonly bias?: Address;
  /** What the unit knows; `Unit.expressionHelp` of the program is one. */
  readonly unit?: ExpressionUnit;
  /** DW_OP_call*: the DW_AT_location expression of the DIE at this offset of .debug_info; undefined: it has none, the call does nothing. */
  callee?(sectionOffset: number): Uint8Array | undefined;
  /** DW_OP_GNU_variable_value: the value of the variable at this offset of .debug_info. */
  variableValue?(sectionOffset: number): bigint;
}

/** DW_OP_entry_value of a register or of memory that a register points to; DW_OP_GNU_parameter_ref names the parameter itself. */
export type EntryValueRequest =
  /** `location` is DW_OP_regN, as call-site parameters spell it. With `dereference` (bytes): what it pointed to (DW_AT_call_data_value). */
  | { readonly kind: 'location'; readonly location: Uint8Array; readonly dereference?: number }
  /** Offset in .debug_info of the callee's DW_TAG_formal_parameter. */
  | { readonly kind: 'parameter'; readonly sectionOffset: number };

export interface ExpressionUnit {
  /** Link-time address, or constant, at an index of .debug_addr. */
  addressAt(index: number): Address;
  /** Base type at a unit-relative DIE offset; undefined for offset 0. */
  baseType(offset: number): StackType | undefined;
  /** Offset of the unit's header in .debug_info. */
  readonly unitOffset: number;
  /** Bytes of a reference to another unit's DIE. */
  readonly referenceSize: 4 | 8;
}

/** Where a value is, or what it is. Register numbers are DWARF's. */
export type ExpressionResult =
  | { readonly kind: 'memory'; readonly address: Address }
  | { readonly kind: 'register'; readonly register: number }
  /** DW_OP_stack_value: the value itself, zero-extended bits. `type` undefined: generic, to be read as the variable's type. */
  | { readonly kind: 'value'; readonly value: bigint; readonly type: StackType | undefined }
  /** DW_OP_implicit_value. */
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  /** A pointer to a variable that has no address: to byte `offset` of the value of the DIE at an offset of .debug_info. */
  | { readonly kind: 'implicit pointer'; readonly die: number; readonly offset: number }
  | { readonly kind: 'pieces'; readonly pieces: readonly ExpressionPiece[] }
  /** Optimized out. */
  | { readonly kind: 'absent' };

export interface ExpressionPiece {
  /** Bits. */
  readonly size: number;
  /** Bits from the least significant one of the place; 0 for DW_OP_piece. */
  readonly offset: number;
  readonly place: Exclude<ExpressionResult, { kind: 'pieces' }>;
}

/** Evaluates a location description (DWARF 5 §2.5, §2.6). `stack` is what is on the stack before, the last one on top. */
export function evaluateExpression(bytes: Uint8Array, context: ExpressionContext, stack: readonly bigint[] = []): ExpressionResult {
  if (bytes.length === 0) return absent;
  const machine = new Machine(context, stack);
  machine.run(bytes, 0);
  return machine.result();
}

/** Evaluates an expression that computes a number: CFI rules, array bounds, call-site values. A register location gives the register's value. */
export function evaluateNumber(bytes: Uint8Array, context: ExpressionContext, stack: readonly bigint[] = []): bigint {
  const result = evaluateExpression(bytes, context, stack);
  switch (result.kind) {
    case 'memory':
      return result.address;
    case 'value':
      return result.value;
    case 'register':
      return presentRegister(context, result.register);
    case 'bytes':
      return littleEndian(result.bytes);
    default:
      throw new AbsentError(result.kind === 'absent' ? 'optimized out' : 'synthetic pointer');
  }
}

const absent = { kind: 'absent' } as const;

/** Far beyond what compilers emit; damaged bytes must not loop or pile up for ever. */
const limits = { steps: 100_000, stack: 1024, pieces: 4096, calls: 64 };

function presentRegister(context: ExpressionContext, register: number): bigint {
  const value = context.register(register);
  if (value === undefined) throw new AbsentError('optimized out');
  return value;
}

export function littleEndian(bytes: Uint8Array): bigint {
  let value = 0n;
  for (let i = bytes.length - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[i]);
  return value;
}

class Machine {
  readonly #stack: StackValue[];
  readonly #pieces: ExpressionPiece[] = [];
  /** What a DW_OP_reg*, implicit_value, stack_value or implicit_pointer just said, till a piece takes it. */
  #place: ExpressionPiece['place'] | undefined;
  #steps = 0;

  constructor(
    readonly context: ExpressionContext,
    stack: readonly bigint[],
  ) {
    this.#stack = stack.map(generic);
  }

  result(): ExpressionResult {
    if (this.#pieces.length > 0) return { kind: 'pieces', pieces: this.#pieces };
    return this.#place ?? { kind: 'memory', address: wrap64(this.#pop().bits) };
  }

  run(bytes: Uint8Array, depth: number): void {
    if (depth > limits.calls) throw new SondeError('DWARF-2 expression error: Loop detected.');
    const cursor = new Cursor(bytes, 0, 'DWARF expression');
    while (!cursor.atEnd) {
      if (++this.#steps > limits.steps) throw new SondeError('DWARF-2 expression error: Loop detected.');
      const op = cursor.u8();
      if (this.#place && op !== Op.piece && op !== Op.bitPiece && op !== Op.gnuUninit) throw misplaced();
      if (op >= Op.lit0 && op < Op.reg0) this.#push(generic(BigInt(op - Op.lit0)));
      else if (op >= Op.reg0 && op < Op.breg0) this.#place = { kind: 'register', register: op - Op.reg0 };
      else if (op >= Op.breg0 && op < Op.regx) this.#pushBased(presentRegister(this.context, op - Op.breg0), cursor);
      else this.#execute(op, cursor, depth);
    }
  }

  #execute(op: number, cursor: Cursor, depth: number): void {
    switch (op) {
      case Op.addr:
        return this.#pushAddress(cursor);
      case Op.const1u:
        return this.#push(generic(BigInt(cursor.u8())));
      case Op.const1s:
        return this.#push(generic(BigInt(cursor.i8())));
      case Op.const2u:
        return this.#push(generic(BigInt(cursor.u16())));
      case Op.const2s:
        return this.#push(generic(BigInt(cursor.i16())));
      case Op.const4u:
        return this.#push(generic(BigInt(cursor.u32())));
      case Op.const4s:
        return this.#push(generic(BigInt(cursor.i32())));
      case Op.const8u:
      case Op.const8s:
        return this.#push(generic(cursor.u64()));
      case Op.constu:
        return this.#push(generic(cursor.uleb()));
      case Op.consts:
        return this.#push(generic(cursor.sleb()));
      case Op.addrx:
      case Op.gnuAddrIndex:
        return this.#push(generic(this.#unit().addressAt(cursor.ulebNumber()) + (this.context.bias ?? 0n)));
      case Op.constx:
      case Op.gnuConstIndex:
        return this.#push(generic(this.#unit().addressAt(cursor.ulebNumber())));

      case Op.dup:
        return this.#push(this.#peek(0));
      case Op.drop:
        this.#pop();
        return;
      case Op.over:
        return this.#push(this.#peek(1));
      case Op.pick:
        return this.#push(this.#peek(cursor.u8()));
      case Op.swap: {
        const [b, a] = [this.#pop(), this.#pop()];
        this.#stack.push(b, a);
        return;
      }
      case Op.rot: {
        const [c, b, a] = [this.#pop(), this.#pop(), this.#pop()];
        this.#stack.push(c, a, b);
        return;
      }

      case Op.abs:
      case Op.neg:
      case Op.not:
        return this.#push(unary(op, this.#pop()));
      case Op.and:
      case Op.div:
      case Op.minus:
      case Op.mod:
      case Op.mul:
      case Op.or:
      case Op.plus:
      case Op.shl:
      case Op.shr:
      case Op.shra:
      case Op.xor:
      case Op.eq:
      case Op.ge:
      case Op.gt:
      case Op.le:
      case Op.lt:
      case Op.ne: {
        const right = this.#pop();
        return this.#push(binary(op, this.#pop(), right));
      }
      case Op.plusUconst: {
        const { bits, type } = this.#pop();
        return this.#push(typed(bits + cursor.uleb(), type));
      }

      case Op.skip:
        return jump(cursor, cursor.i16());
      case Op.bra: {
        const distance = cursor.i16();
        if (this.#pop().bits !== 0n) jump(cursor, distance);
        return;
      }
      case Op.nop:
      case Op.gnuUninit:
        return;
      case Op.call2:
        return this.#call(this.#unit().unitOffset + cursor.u16(), depth);
      case Op.call4:
        return this.#call(this.#unit().unitOffset + cursor.u32(), depth);
      case Op.callRef:
        return this.#call(this.#reference(cursor), depth);

      case Op.deref:
        return this.#push(generic(littleEndian(this.context.read(this.#pop().bits, 8))));
      case Op.derefSize:
        return this.#push(generic(littleEndian(this.context.read(this.#pop().bits, readSize(cursor.u8())))));
      case Op.derefType:
      case Op.gnuDerefType: {
        const size = readSize(cursor.u8());
        const type = this.#type(cursor);
        return this.#push(typed(littleEndian(this.context.read(this.#pop().bits, size)), type));
      }
      case Op.bregx:
        return this.#pushBased(presentRegister(this.context, cursor.ulebNumber()), cursor);
      case Op.regvalType:
      case Op.gnuRegvalType:
        return this.#pushRegister(cursor.ulebNumber(), this.#type(cursor));
      case Op.constType:
      case Op.gnuConstType: {
        const type = this.#type(cursor);
        return this.#push(typed(littleEndian(cursor.take(readSize(cursor.u8()))), type));
      }
      case Op.convert:
      case Op.gnuConvert:
        return this.#push(convert(this.#pop(), this.#type(cursor)));
      case Op.reinterpret:
      case Op.gnuReinterpret:
        return this.#push(reinterpret(this.#pop(), this.#type(cursor)));

      case Op.fbreg:
        return this.#pushBased(need(this.context.frameBase, 'DW_OP_fbreg').call(this.context), cursor);
      case Op.callFrameCfa:
        return this.#push(generic(need(this.context.cfa, 'DW_OP_call_frame_cfa').call(this.context)));
      case Op.formTlsAddress:
      case Op.gnuPushTlsAddress:
        return this.#push(generic(need(this.context.threadLocal, 'DW_OP_form_tls_address').call(this.context, this.#pop().bits)));
      case Op.pushObjectAddress:
        return this.#push(generic(need(this.context.objectAddress, 'DW_OP_push_object_address')));
      case Op.entryValue:
      case Op.gnuEntryValue: {
        const request = entryRequest(cursor.take(cursor.ulebNumber()));
        return this.#push(generic(need(this.context.entryValue, 'DW_OP_entry_value').call(this.context, request)));
      }
      case Op.gnuParameterRef: {
        const request = { kind: 'parameter', sectionOffset: this.#unit().unitOffset + cursor.u32() } as const;
        return this.#push(generic(need(this.context.entryValue, 'DW_OP_GNU_parameter_ref').call(this.context, request)));
      }
      case Op.gnuVariableValue:
        return this.#push(
          generic(need(this.context.variableValue, 'DW_OP_GNU_variable_value').call(this.context, this.#reference(cursor))),
        );

      case Op.regx:
        this.#place = { kind: 'register', register: cursor.ulebNumber() };
        return;
      case Op.implicitValue:
        this.#place = { kind: 'bytes', bytes: cursor.take(cursor.ulebNumber()) };
        return;
      case Op.stackValue: {
        const { bits, type } = this.#pop();
        this.#place = { kind: 'value', value: bits, type };
        return;
      }
      case Op.implicitPointer:
      case Op.gnuImplicitPointer: {
        const die = this.#reference(cursor);
        this.#place = { kind: 'implicit pointer', die, offset: cursor.slebNumber() };
        return;
      }
      case Op.piece:
        return this.#piece(cursor.ulebNumber() * 8, 0);
      case Op.bitPiece: {
        const size = cursor.ulebNumber();
        return this.#piece(size, cursor.ulebNumber());
      }
      default:
        throw new SondeError(`Unhandled dwarf expression opcode 0x${op.toString(16)}`);
    }
  }

  /** A composition operator takes what was said since the last one; nothing, where the variable's part is optimized out. */
  #piece(size: number, offset: number): void {
    if (this.#pieces.length >= limits.pieces) throw new FormatError('Too many pieces in DWARF expression');
    const place = this.#place ?? (this.#stack.length > 0 ? ({ kind: 'memory', address: wrap64(this.#pop().bits) } as const) : absent);
    this.#pieces.push({ size, offset, place });
    this.#place = undefined;
  }

  #push(value: StackValue): void {
    if (this.#stack.length >= limits.stack) throw new FormatError('DWARF expression stack overflow');
    this.#stack.push(value);
  }
  #pop(): StackValue {
    return this.#stack.pop() ?? underflow(0, 0);
  }
  #peek(depth: number): StackValue {
    return this.#stack[this.#stack.length - 1 - depth] ?? underflow(depth, this.#stack.length);
  }
  #pushBased(base: bigint, cursor: Cursor): void {
    this.#push(generic(base + cursor.sleb()));
  }

  #pushAddress(cursor: Cursor): void {
    const address = cursor.u64();
    // Old gcc says DW_OP_addr for an offset into the thread's block, which the loader does not move.
    const isTls = cursor.bytes[cursor.offset] === Op.gnuPushTlsAddress;
    this.#push(generic(isTls ? address : address + (this.context.bias ?? 0n)));
  }

  #pushRegister(register: number, type: StackType | undefined): void {
    const bytes = this.context.registerBytes?.(register);
    this.#push(typed(bytes ? littleEndian(bytes) : presentRegister(this.context, register), type));
  }

  #call(sectionOffset: number, depth: number): void {
    const bytes = need(this.context.callee, 'DW_OP_call').call(this.context, sectionOffset);
    if (bytes) this.run(bytes, depth + 1);
  }

  #unit(): ExpressionUnit {
    return need(this.context.unit, 'an index or reference');
  }
  #type(cursor: Cursor): StackType | undefined {
    const offset = cursor.ulebNumber();
    if (offset === 0) return undefined;
    const type = this.#unit().baseType(offset);
    if (!type || type.size > 16) throw new FormatError(`No base type at offset 0x${offset.toString(16)} for DWARF expression`);
    return type;
  }
  #reference(cursor: Cursor): number {
    return this.#unit().referenceSize === 8 ? cursor.u64Number() : cursor.u32();
  }
}

function jump(cursor: Cursor, distance: number): void {
  const to = cursor.offset + distance;
  if (to < 0 || to > cursor.bytes.length) throw new FormatError('Branch out of DWARF expression');
  cursor.offset = to;
}

/** A DW_OP_entry_value block: DW_OP_regN, DW_OP_regval_type, or DW_OP_bregN 0 and a dereference (GNU). */
function entryRequest(block: Uint8Array): EntryValueRequest {
  const unsupported = new SondeError(
    'DWARF-2 expression error: DW_OP_entry_value is supported only for single DW_OP_reg* or for DW_OP_breg*(0)+DW_OP_deref*',
  );
  const [op, second, third, fourth] = block;
  if (op >= Op.reg0 && op < Op.breg0 && block.length === 1) return { kind: 'location', location: block };
  if (op === Op.regx) {
    const cursor = new Cursor(block, 1);
    const register = cursor.ulebNumber();
    if (cursor.atEnd) return { kind: 'location', location: register < 32 ? Uint8Array.of(Op.reg0 + register) : block };
  }
  if ((op === Op.regvalType || op === Op.gnuRegvalType) && second < 32) {
    // With a type: the call site quotes the bare register all the same.
    const cursor = new Cursor(block, 2);
    cursor.ulebNumber();
    if (cursor.atEnd) return { kind: 'location', location: Uint8Array.of(Op.reg0 + second) };
  }
  if (op >= Op.breg0 && op < Op.regx && second === 0) {
    const location = Uint8Array.of(op - Op.breg0 + Op.reg0);
    if (third === Op.deref && block.length === 3) return { kind: 'location', location, dereference: 8 };
    if (third === Op.derefSize && block.length === 4) return { kind: 'location', location, dereference: fourth };
  }
  throw unsupported;
}

function readSize(size: number): number {
  if (size < 1 || size > 16) throw new FormatError(`Unsupported size ${size} in DWARF expression`);
  return size;
}

function need<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new SondeError(`${what} is not available here`);
  return value;
}

function underflow(asked: number, has: number): never {
  throw new FormatError(`Asked for position ${asked} of stack, stack only has ${has} elements on it.`);
}

const misplaced = (): FormatError =>
  new FormatError(
    'DWARF-2 expression error: DW_OP_reg operations must be used either alone or in conjunction with DW_OP_piece or DW_OP_bit_piece.',
  );
