import type { Address } from '../base/address.ts';

/** What the instructions at the start of a function have done before `limit`. */
export interface PrologueEffect {
  /** Address after the recognised instructions, at most `limit`. */
  readonly end: Address;
  /** `push %rbp` was executed: rsp is 8 lower, the caller's %rbp is at the top of the stack. */
  readonly pushedFramePointer: boolean;
  /** `mov %rsp,%rbp` too: %rbp is a frame pointer. */
  readonly hasFramePointer: boolean;
}

type ReadCode = (address: Address, length: number) => Uint8Array;

const startsWith = (code: Uint8Array, pattern: readonly number[]): boolean => pattern.every((byte, index) => code[index] === byte);

const endbr64 = [0xf3, 0x0f, 0x1e, 0xfa];
const pushRbp = 0x55;
const moveRspToRbp = [
  [0x48, 0x89, 0xe5],
  [0x48, 0x8b, 0xec],
  // movl %esp,%ebp: the x32 forms
  [0x89, 0xe5],
  [0x8b, 0xec],
];

/**
 * Recognises the prologue that compilers make when they keep a frame pointer: [endbr64] [stack realignment] push %rbp; mov %rsp,%rbp.
 * Only instructions before `limit` count; undefined means the whole prologue. Throws MemoryError.
 */
export function analyzePrologue(read: ReadCode, start: Address, limit?: Address): PrologueEffect {
  const reached = (address: Address) => limit !== undefined && limit <= address;
  const none = (end: Address): PrologueEffect => ({ end, pushedFramePointer: false, hasFramePointer: false });
  let pc = start;
  if (!reached(pc + 4n) && startsWith(read(pc, 4), endbr64)) pc += 4n;
  if (limit !== undefined && reached(pc)) return none(limit);
  pc += BigInt(realignmentLength(read, pc));
  if (limit !== undefined && reached(pc)) return none(limit);
  if (read(pc, 1)[0] !== pushRbp) return none(pc);
  if (limit !== undefined && reached(pc + 1n)) return { end: limit, pushedFramePointer: true, hasFramePointer: false };
  const move = moveRspToRbp.find((pattern) => startsWith(read(pc + 1n, pattern.length), pattern));
  if (!move) return { end: pc + 1n, pushedFramePointer: true, hasFramePointer: false };
  return { end: pc + 1n + BigInt(move.length), pushedFramePointer: true, hasFramePointer: true };
}

/**
 * Bytes of gcc's stack realignment: [push %reg;] lea 8(%rsp),%reg; and $-N,%rsp; push -8(%reg). 0: there is none.
 * With the push of a call-saved register the lea is of 16(%rsp).
 */
function realignmentLength(read: ReadCode, pc: Address): number {
  let code: Uint8Array;
  try {
    code = read(pc, 18);
  } catch {
    return 0; // at the end of a mapping there is no room for the sequence either
  }
  const pushed = pushedRegister(code);
  let at = pushed ? pushed.length : 0;
  if ((code[at] & 0xfb) !== 0x48 || code[at + 1] !== 0x8d || (code[at + 2] & 0xc7) !== 0x44 || code[at + 3] !== 0x24) return 0;
  if (code[at + 4] !== (pushed ? 16 : 8)) return 0;
  const register = ((code[at + 2] >> 3) & 7) | ((code[at] & 4) << 1);
  if (pushed && pushed.register !== register) return 0;
  at += 5;
  if (code[at] !== 0x48 || code[at + 2] !== 0xe4) return 0;
  if (code[at + 1] === 0x83) at += 4;
  else if (code[at + 1] === 0x81) at += 7;
  else return 0;
  const extended = (code[at] & 0xf1) === 0x41;
  if (extended) at++;
  const base = (code[at + 1] & 7) | (extended ? 8 : 0);
  return code[at] === 0xff && (code[at + 1] & 0xf8) === 0x70 && code[at + 2] === 0xf8 && base === register ? at + 3 : 0;
}

function pushedRegister(code: Uint8Array): { register: number; length: number } | undefined {
  const extended = (code[0] & 0xf1) === 0x41;
  const opcode = code[extended ? 1 : 0];
  if ((opcode & 0xf8) !== 0x50) return undefined;
  return { register: (opcode & 7) | (extended ? 8 : 0), length: extended ? 2 : 1 };
}
