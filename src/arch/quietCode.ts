import type * as Iced from 'iced-x86';
import type { Address } from '../base/address.ts';
import { maximalInstructionLength } from './disassemble.ts';

/** Stretches that are longer, or can be left in more places, are not worth their breakpoints. */
const mostInstructions = 256;
const mostExits = 12;

/**
 * Where execution that begins at `start` can come to something that may write memory or go somewhere unknown (stores, calls, returns, indirect jumps, system
 * calls): until one of these addresses it only computes, reads and jumps. Undefined where `start` itself is such an instruction, or there is no telling.
 * `read`: at most so many bytes of code, without breakpoints.
 */
export function quietExits(
  x86: typeof Iced,
  read: (address: Address, length: number) => Uint8Array,
  start: Address,
): Address[] | undefined {
  const factory = new x86.InstructionInfoFactory();
  try {
    const known = new Set<Address>();
    const exits = new Set<Address>();
    const open: Address[] = [start];
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      if (known.has(at) || exits.has(at)) continue;
      const next = successors(x86, factory, read, at);
      if (next) {
        known.add(at);
        open.push(...next);
      } else exits.add(at);
      if (known.size > mostInstructions || exits.size > mostExits) return undefined;
    }
    return exits.has(start) ? undefined : [...exits];
  } finally {
    factory.free();
  }
}

/** Where a quiet instruction may lead; undefined for others. */
function successors(
  x86: typeof Iced,
  factory: Iced.InstructionInfoFactory,
  read: (address: Address, length: number) => Uint8Array,
  at: Address,
): Address[] | undefined {
  const decoder = new x86.Decoder(64, read(at, maximalInstructionLength), x86.DecoderOptions.None);
  decoder.ip = at;
  const instruction = decoder.decode();
  try {
    if (instruction.isInvalid || instruction.code === x86.Code.Syscall || writesMemory(x86, factory, instruction)) return undefined;
    const following = at + BigInt(instruction.length);
    switch (instruction.flowControl) {
      case x86.FlowControl.Next:
        return [following];
      case x86.FlowControl.ConditionalBranch:
        return [following, instruction.nearBranchTarget];
      case x86.FlowControl.UnconditionalBranch:
        return [instruction.nearBranchTarget];
      default:
        return undefined;
    }
  } finally {
    instruction.free();
    decoder.free();
  }
}

function writesMemory(x86: typeof Iced, factory: Iced.InstructionInfoFactory, instruction: Iced.Instruction): boolean {
  const info = factory.info(instruction);
  const memory = info.usedMemory() as Iced.UsedMemory[];
  try {
    return memory.some(({ access }) => !harmless(x86, access));
  } finally {
    for (const used of memory) used.free();
    info.free();
  }
}

const harmless = (x86: typeof Iced, access: Iced.OpAccess): boolean =>
  access === x86.OpAccess.Read || access === x86.OpAccess.CondRead || access === x86.OpAccess.NoMemAccess || access === x86.OpAccess.None;
