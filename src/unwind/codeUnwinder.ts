import { analyzePrologue } from '../arch/prologueCode.ts';
import { R } from '../arch/registers.ts';
import { type Address, wrap64 } from '../base/address.ts';
import { MemoryError } from '../base/errors.ts';
import type { Program } from '../program/program.ts';
import type { Memory } from '../targets/target.ts';
import { type Activation, type Saved, stackPointerOf, type Unwinding } from './activation.ts';
import type { Frame } from './frame.ts';

const returnInstruction = 0xc3;
/** mov $15,%rax (rt_sigreturn); syscall: what a signal handler returns to. */
const signalReturn = [0x48, 0xc7, 0xc0, 0x0f, 0x00, 0x00, 0x00, 0x0f, 0x05];
/** Offset of struct ucontext from rsp in the trampoline, and of sigcontext in it (arch/x86/include/uapi/asm/sigcontext.h: r8 first). */
const sigcontextFromStack = 40n;
const sigcontextSlots = [
  'r8',
  'r9',
  'r10',
  'r11',
  'r12',
  'r13',
  'r14',
  'r15',
  'rdi',
  'rsi',
  'rbp',
  'rbx',
  'rdx',
  'rax',
  'rcx',
  'rsp',
  'rip',
  'eflags',
];
const slotOffset = new Map(sigcontextSlots.map((name, index) => [R[name], BigInt(8 * index)]));

/** Unwinds where there is no call frame information, from the instructions around pc. Never throws. */
export function unwindByCode(memory: Memory, activation: Activation): Unwinding {
  const read = (address: bigint, length: number) => memory.read(address, length);
  if (codeIs(read, activation.pc, signalReturn)) return signalTrampoline(activation);
  return unwindByPrologue(read, activation);
}

/** At a return instruction the frame is gone already. gcc's call frame information says so itself, that of others is not trusted there. */
export function unwindEpilogue(program: Program, memory: Memory, activation: Activation): Unwinding | undefined {
  const unit = program.unitAt(activation.pc);
  if (unit && /^GNU /.test(unit.producer)) return undefined;
  const read = (address: bigint, length: number) => memory.read(address, length);
  return codeIs(read, activation.pc, [returnInstruction]) ? withReturnAddressAt(stackPointerOf(activation)) : undefined;
}

/**
 * The function's first instructions tell whether %rbp is a frame pointer already. If there is none — or the function is not known —
 * the return address is taken to be at the top of the stack, which holds at the entry and for leaf functions.
 */
function unwindByPrologue(read: Memory['read'], activation: Activation): Unwinding {
  let effect = { pushedFramePointer: false, hasFramePointer: false };
  try {
    if (activation.entry !== 0n) effect = analyzePrologue(read, activation.entry, activation.pc);
  } catch (error) {
    if (!(error instanceof MemoryError)) throw error;
  }
  if (effect.hasFramePointer) {
    const base = activation.registers.get(R.rbp) ?? 0n;
    return { ...withReturnAddressAt(wrap64(base + 8n), base), outermost: base === 0n };
  }
  const top = stackPointerOf(activation);
  return effect.pushedFramePointer ? withReturnAddressAt(wrap64(top + 8n), top) : withReturnAddressAt(top);
}

/** The frame's base by its instructions alone, whatever CFI says: what `info frame` calls the address of arguments and locals. */
export function codeFrameBase(memory: Pick<Memory, 'read'>, frame: Frame): Address {
  const unwinding = unwindByPrologue((address, length) => memory.read(address, length), {
    pc: frame.pc,
    lookupPc: frame.lookupPc,
    registers: frame.registers,
    calling: frame.level > 0,
    entry: frame.id.code,
  });
  return wrap64(unwinding.stack - 16n);
}

function withReturnAddressAt(slot: bigint, savedFramePointer?: bigint): Unwinding {
  const cfa = wrap64(slot + 8n);
  return {
    kind: 'normal',
    cfa,
    stack: cfa,
    outermost: false,
    saved(register): Saved {
      if (register === R.rip) return { kind: 'memory', address: slot };
      if (register === R.rsp) return { kind: 'value', value: cfa };
      if (register === R.rbp && savedFramePointer !== undefined) return { kind: 'memory', address: savedFramePointer };
      return { kind: 'same' };
    },
  };
}

function signalTrampoline(activation: Activation): Unwinding {
  const stack = stackPointerOf(activation);
  return {
    kind: 'signal handler called',
    cfa: wrap64(stack + 8n),
    stack: wrap64(stack + 8n),
    outermost: false,
    saved(register): Saved {
      const offset = slotOffset.get(register);
      return offset === undefined ? { kind: 'same' } : { kind: 'memory', address: wrap64(stack + sigcontextFromStack + offset) };
    },
  };
}

function codeIs(read: Memory['read'], pc: bigint, expected: readonly number[]): boolean {
  try {
    return read(pc, expected.length).every((byte, index) => byte === expected[index]);
  } catch (error) {
    if (error instanceof MemoryError) return false;
    throw error;
  }
}
