import { R, type RegisterNumber, type RegisterPart, registers } from '../arch/registers.ts';
import type { Address } from '../base/address.ts';
import { SondeError } from '../base/errors.ts';
import type { Memory, RegisterFile } from '../targets/target.ts';
import type { FrameRegisters } from './frame.ts';

/** Where a frame's caller's value of a register is. */
export type Saved =
  /** The frame leaves it alone: as in the frame itself. */
  | { readonly kind: 'same' }
  | { readonly kind: 'register'; readonly register: RegisterNumber }
  | { readonly kind: 'memory'; readonly address: Address }
  | { readonly kind: 'value'; readonly value: bigint }
  /** Registers set aside as a whole: a call from sonde. */
  | { readonly kind: 'file'; readonly file: RegisterFile }
  | { readonly kind: 'not saved' };

/** What an unwinder found out about one activation. */
export interface Unwinding {
  readonly kind: 'normal' | 'signal handler called' | 'function called from sonde' | 'tail call';
  /** True where call frame information told it: tail calls are then looked for, as gdb does. */
  readonly exact?: boolean;
  /** Canonical frame address: rsp before the call that made this activation. Undefined: not known. */
  readonly cfa: Address | undefined;
  /** The frame identity's stack address, CFA but for calls from sonde. */
  readonly stack: Address;
  /** No caller: the return address is said to be undefined, or %rbp is 0. */
  readonly outermost: boolean;
  /** Why nothing more can be known: `Cannot access memory at address 0x…`. */
  readonly failure?: string;
  saved(register: RegisterNumber): Saved;
}

/** The registers of the innermost activation: the thread's own. */
export class ThreadRegisters implements FrameRegisters {
  constructor(readonly file: RegisterFile) {}

  get(register: RegisterNumber): bigint | undefined {
    return registers[register].parts ? fromBytes(this.bytes(register)) : this.file.get(register);
  }

  bytes(register: RegisterNumber): Uint8Array | undefined {
    const { parts } = registers[register];
    return parts ? joinParts(parts, (part) => this.file.bytes(part)) : this.file.bytes(register);
  }

  set(register: RegisterNumber, bytes: Uint8Array): void {
    const { parts } = registers[register];
    if (parts) writeParts(this, parts, bytes);
    else this.file.setBytes(register, bytes);
  }

  where(): { kind: 'register' } {
    return { kind: 'register' };
  }
}

/** The registers of a caller: what its callee saved, and where. */
export class CallerRegisters implements FrameRegisters {
  readonly #values = new Map<RegisterNumber, bigint | undefined>();
  readonly #saved = new Map<RegisterNumber, Saved>();

  constructor(
    readonly memory: Memory,
    readonly callee: FrameRegisters,
    readonly unwinding: Unwinding,
  ) {}

  get(register: RegisterNumber): bigint | undefined {
    if (!this.#values.has(register)) this.#values.set(register, this.#value(register));
    return this.#values.get(register);
  }

  #value(register: RegisterNumber): bigint | undefined {
    if (registers[register].size > 8) return undefined;
    if (registers[register].parts) return fromBytes(this.bytes(register));
    const saved = this.saved(register);
    switch (saved.kind) {
      case 'same':
        return this.callee.get(register);
      case 'register':
        return this.callee.get(saved.register);
      case 'file':
        return saved.file.get(register);
      case 'value':
        return saved.value;
      case 'memory':
        return fromBytes(this.memory.read(saved.address, registers[register].size));
      case 'not saved':
        return undefined;
    }
  }

  bytes(register: RegisterNumber): Uint8Array | undefined {
    const { parts, size } = registers[register];
    if (parts) return joinParts(parts, (part) => this.bytes(part));
    const saved = this.saved(register);
    switch (saved.kind) {
      case 'same':
        return this.callee.bytes(register);
      case 'register':
        return this.callee.bytes(saved.register);
      case 'file':
        return saved.file.bytes(register);
      case 'value':
        return toBytes(saved.value, size);
      case 'memory':
        return this.memory.read(saved.address, size);
      case 'not saved':
        return undefined;
    }
  }

  set(register: RegisterNumber, bytes: Uint8Array): void {
    const { parts } = registers[register];
    const saved = this.saved(register);
    if (parts) writeParts(this, parts, bytes);
    else if (saved.kind === 'same') this.callee.set(register, bytes);
    else if (saved.kind === 'register') this.callee.set(saved.register, bytes);
    else if (saved.kind === 'memory') this.memory.write(saved.address, bytes);
    else if (saved.kind === 'file') saved.file.setBytes(register, bytes);
    else throw new SondeError('Left operand of assignment is not an lvalue.');
    this.#values.clear();
  }

  where(register: RegisterNumber): ReturnType<FrameRegisters['where']> {
    const saved = this.saved(register);
    switch (saved.kind) {
      case 'same':
        return this.callee.where(register);
      case 'register':
        return this.callee.where(saved.register);
      case 'memory':
        return { kind: 'memory', address: saved.address };
      case 'value':
      case 'file':
        return { kind: 'value' };
      case 'not saved':
        return { kind: 'not saved' };
    }
  }

  saved(register: RegisterNumber): Saved {
    let saved = this.#saved.get(register);
    if (!saved) {
      saved = this.unwinding.saved(register);
      this.#saved.set(register, saved);
    }
    return saved;
  }
}

/** One machine-level frame: what one call made. Inline frames are other views of the same activation. */
export interface Activation {
  readonly pc: Address;
  /** See `Frame.lookupPc`, for a normal frame. */
  readonly lookupPc: Address;
  readonly registers: FrameRegisters;
  /** False if the younger activation is a signal trampoline or a call from sonde, or there is none: pc is then where it will go on. */
  readonly calling: boolean;
  /** Entry of the function, from debug info or ELF symbols; 0 where neither knows. */
  readonly entry: Address;
}

export const stackPointerOf = (activation: Activation): Address => activation.registers.get(R.rsp) ?? 0n;

export function fromBytes(bytes: Uint8Array | undefined): bigint | undefined {
  if (!bytes) return undefined;
  let value = 0n;
  for (let i = bytes.length - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[i]);
  return value;
}

export function toBytes(value: bigint, size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  for (let i = 0, rest = value; i < size; i++, rest >>= 8n) bytes[i] = Number(rest & 0xffn);
  return bytes;
}

function joinParts(parts: readonly RegisterPart[], read: (register: RegisterNumber) => Uint8Array | undefined): Uint8Array | undefined {
  const whole: number[] = [];
  for (const { register, from, size } of parts) {
    const bytes = read(register);
    if (!bytes) return undefined;
    whole.push(...bytes.subarray(from, from + size));
  }
  return Uint8Array.from(whole);
}

/** As the processor does for 8 and 16 bits, and gdb for 32 too: the rest of the register keeps its value. */
function writeParts(into: FrameRegisters, parts: readonly RegisterPart[], bytes: Uint8Array): void {
  let at = 0;
  for (const { register, from, size } of parts) {
    const raw = into.bytes(register);
    if (!raw) throw new SondeError('value is not available');
    raw.set(bytes.subarray(at, at + size), from);
    into.set(register, raw);
    at += size;
  }
}
