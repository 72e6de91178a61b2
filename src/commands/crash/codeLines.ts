import { type DecodedInstruction, instructionText } from '../../arch/disassemble.ts';
import { MemoryError } from '../../base/errors.ts';
import type { AddressSpace } from '../../kernel/addressSpace.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import { disassembler } from '../../session/disassembler.ts';
import { functionAt, placeText } from './functionText.ts';

/** Bytes that are decoded at a time. */
const portion = 256;

/** Instructions from an address on, until one would begin at `end` or can't be read. */
export function* instructions(memory: AddressSpace, start: bigint, end?: bigint): Iterable<DecodedInstruction> {
  for (let at = start; end === undefined || at < end; ) {
    const bytes = readable(memory, at, portion);
    const decoded = disassembler().decodeAll(bytes, at, 'att');
    if (decoded.length === 0) return;
    for (const instruction of decoded) {
      if (end !== undefined && instruction.address >= end) return;
      yield instruction;
      at = instruction.address + BigInt(instruction.bytes.length);
    }
  }
}

/** As much as can be read. */
function readable(memory: AddressSpace, at: bigint, length: number): Uint8Array {
  const within = 4096 - Number(at & 0xfffn);
  try {
    return memory.read(at, length);
  } catch (error) {
    if (!(error instanceof MemoryError)) throw error;
  }
  try {
    return within < length ? memory.read(at, within) : new Uint8Array();
  } catch (error) {
    if (error instanceof MemoryError) return new Uint8Array();
    throw error;
  }
}

/**
 * A function's instructions without what the compiler puts between functions: nops and int3. A return that the kernel has made of a jump to
 * its return thunk fills the jump's five bytes (apply_returns, arch/x86/kernel/alternative.c).
 */
export function withoutPadding(code: readonly DecodedInstruction[]): readonly DecodedInstruction[] {
  const last = code.findLastIndex(({ text }) => !/^(int3|nop|xchg +%ax,%ax|data16|cs nop)/.test(text));
  const behind = code.slice(last + 1, last + 5);
  const isPatched = code[last]?.text.startsWith('ret') && behind.length === 4 && behind.every(({ text }) => text === 'int3');
  const end = last + 1 + (isPatched ? behind.length : 0);
  return code.slice(0, end);
}

const tracedEntry = [0x0f, 0x1f, 0x44, 0x00, 0x00];

/** What an instruction does, with symbols; the call of ftrace at a function's beginning is marked where it is switched off. */
export function operationText(kernel: Kernel, instruction: DecodedInstruction, radix: 10 | 16, isProgram: boolean): string {
  const symbolize = (address: bigint) =>
    kernel.symbols.nearest(address) ? `<${placeText(functionAt(kernel, address), radix)}>` : undefined;
  const { address, bytes } = instruction;
  const isEntry = !isProgram && kernel.symbols.nearest(address)?.offset === 0n && tracedEntry.every((byte, index) => bytes[index] === byte);
  return instructionText(instruction, symbolize) + (isEntry ? ' [FTRACE NOP]' : '');
}
