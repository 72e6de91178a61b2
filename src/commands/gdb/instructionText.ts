import { type DecodedInstruction, type DisassemblyFlavor, instructionText, maximalInstructionLength } from '../../arch/disassemble.ts';
import type { Address } from '../../base/address.ts';
import { MemoryError } from '../../base/errors.ts';
import { symbolicText } from '../../program/symbolic.ts';
import { disassembler } from '../../session/disassembler.ts';
import type { Session } from '../../session/session.ts';

/** The instruction at an address, breakpoints hidden. Throws MemoryError at the first byte that can't be read. */
export function instructionAt(session: Session, address: Address): DecodedInstruction {
  const flavor = session.settings.text('disassembly-flavor') as DisassemblyFlavor;
  const bytes = readUpTo(session, address, maximalInstructionLength);
  const decoded = disassembler().decode(bytes, address, flavor);
  if (!decoded) throw new MemoryError(address + BigInt(bytes.length));
  return decoded;
}

/** What it does, with symbols: `call   0x401136 <add>`. */
export const operationText = (session: Session, instruction: DecodedInstruction): string =>
  instructionText(instruction, (address) => symbolicText(session.program, address, { names: codeNames(session) }));

/** Beside code, names are the linker's unless `set print asm-demangle` says otherwise. */
export const codeNames = ({ settings }: Session): 'people' | 'linker' => (settings.boolean('print asm-demangle') ? 'people' : 'linker');

/** `=> ` where the selected frame is, else three spaces. */
export function pcPrefix(session: Session, address: Address): string {
  return session.selectedFrame?.pc === address ? '=> ' : '   ';
}

/** As many bytes as there are up to the end of the mapping or section; at least one. */
function readUpTo(session: Session, address: Address, most: number): Uint8Array {
  for (let length = most; ; length--) {
    try {
      return session.memory.read(address, length);
    } catch (error) {
      if (!(error instanceof MemoryError) || length === 1) throw error;
    }
  }
}
