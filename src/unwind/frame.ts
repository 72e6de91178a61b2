import type { RegisterNumber } from '../arch/registers.ts';
import type { Address } from '../base/address.ts';
import type { Module } from '../program/module.ts';
import type { Block, FunctionSymbol, LineEntry, MinimalSymbol } from '../program/symbols.ts';

/** One frame of a stack. Immutable; dies when the thread runs. Everything costly is computed when asked for and kept. */
export interface Frame {
  /** 0 is innermost. */
  readonly level: number;
  readonly kind: 'normal' | 'inline' | 'signal handler called' | 'function called from sonde' | 'tail call';
  readonly pc: Address;
  /** The address to look symbols up by: in a caller, `pc` is *after* the call, so one less (not for frames under a signal trampoline). */
  readonly lookupPc: Address;
  /** Canonical frame address; shared by inline frames and the frame they are in. */
  readonly cfa: Address | undefined;
  /** Identity across stops: the CFA, the function's entry and the inline depth. */
  readonly id: FrameId;
  readonly registers: FrameRegisters;
  readonly module: Module | undefined;
  /** The function (an inlined instance for inline frames); undefined without debug info. */
  readonly function: FunctionSymbol | undefined;
  /** Innermost block at `lookupPc` that belongs to this frame's function. */
  readonly block: Block | undefined;
  /** ELF symbol at `lookupPc`, when there is no function. */
  readonly symbol: { readonly symbol: MinimalSymbol; readonly offset: number } | undefined;
  /** Where execution is in this frame: for a frame with an inlined callee, the call site's line. */
  readonly line: LineEntry | undefined;
  /** True if pc is not at the beginning of its line or of a statement: gdb then prints the address. */
  readonly midLine: boolean;
  readonly older: Frame | undefined;
  readonly younger: Frame | undefined;
  /** Why there is no older frame: "previous frame inner to this frame (corrupt stack?)"; `outermost` where the stack says so itself. */
  readonly stopReason: string | undefined;
}

export interface FrameId {
  readonly stack: Address;
  readonly code: Address;
  readonly inlineDepth: number;
}

export const sameFrame = (a: FrameId, b: FrameId): boolean => a.stack === b.stack && a.code === b.code && a.inlineDepth === b.inlineDepth;

/** Registers as they were in a frame: restored from where its callees saved them. */
export interface FrameRegisters {
  /** Undefined: not saved, or the target does not have it. */
  get(register: RegisterNumber): bigint | undefined;
  bytes(register: RegisterNumber): Uint8Array | undefined;
  /** Writes to where it lives now: the real register or the stack slot that holds it. */
  set(register: RegisterNumber, bytes: Uint8Array): void;
  where(register: RegisterNumber): { kind: 'register' } | { kind: 'memory'; address: Address } | { kind: 'value' } | { kind: 'not saved' };
}
