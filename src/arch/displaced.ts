import type * as Iced from 'iced-x86';
import { type Address, wrap64 } from '../base/address.ts';
import { maximalInstructionLength } from './disassemble.ts';

/**
 * An instruction that can be executed elsewhere: a copy of it, followed by a jump to the one after it. With it a thread passes a
 * breakpoint without taking it out of memory and without a second stop.
 */
export interface DisplacedInstruction {
  /** The copy and, unless it returns, the jump: to be written to `to`. */
  readonly code: Uint8Array;
  /** Length of the instruction alone. */
  readonly length: number;
}

const jumpLength = 5; // jmp rel32
/** Room that a displaced instruction needs at most. */
export const displacedSize = maximalInstructionLength + jumpLength;

/**
 * Relocates the instruction at the start of `code`. Undefined where a copy would not do the same: branches, calls and system calls, and
 * targets out of reach of 32 bits. A return is the same wherever it stands.
 */
export function displace(x86: typeof Iced, code: Uint8Array, from: Address, to: Address): DisplacedInstruction | undefined {
  const decoder = new x86.Decoder(64, code, x86.DecoderOptions.None);
  decoder.ip = from;
  const instruction = decoder.decode();
  const constants = decoder.getConstantOffsets(instruction);
  try {
    const { length } = instruction;
    if (instruction.code === x86.Code.Retnq || instruction.code === x86.Code.Retnq_imm16) return { code: code.slice(0, length), length };
    if (instruction.isInvalid || instruction.flowControl !== x86.FlowControl.Next || instruction.code === x86.Code.Syscall)
      return undefined;
    const copy = new Uint8Array(length + jumpLength);
    copy.set(code.subarray(0, length));
    const view = new DataView(copy.buffer);
    if (instruction.isIpRelMemoryOperand) {
      const displacement = reach(to + BigInt(length), instruction.ipRelMemoryAddress);
      if (displacement === undefined || constants.displacementSize !== 4) return undefined;
      view.setInt32(constants.displacementOffset, displacement, true);
    }
    const back = reach(to + BigInt(copy.length), from + BigInt(length));
    if (back === undefined) return undefined;
    copy[length] = 0xe9;
    view.setInt32(length + 1, back, true);
    return { code: copy, length };
  } finally {
    constants.free();
    instruction.free();
    decoder.free();
  }
}

/** Distance from the end of an instruction to its target, if 32 bits hold it. */
function reach(end: Address, target: Address): number | undefined {
  const distance = BigInt.asIntN(64, wrap64(target - end));
  return distance === BigInt.asIntN(32, distance) ? Number(distance) : undefined;
}
