import { quietExits } from '../arch/quietCode.ts';
import type { Address } from '../base/address.ts';
import { MemoryError } from '../base/errors.ts';
import type { Memory } from '../targets/target.ts';
import { disassembler } from './disassembler.ts';

/** A stretch must be met so often before the disassembler is asked about it. */
const worthwhile = 3;

/**
 * Code that can run at full speed under software watchpoints on memory, because it writes none: up to the next store, call or return, where a breakpoint
 * stands. A single step costs ten times what such a stop does. For one motion: code does not change meanwhile without a store that is seen.
 */
export class QuietStretches {
  readonly #known = new Map<Address, readonly Address[] | undefined>();
  readonly #met = new Map<Address, number>();
  /** Where breakpoints are wanted for the stretches that were begun. */
  readonly exits = new Set<Address>();

  forget(): void {
    this.#known.clear();
    this.#met.clear();
    this.exits.clear();
  }

  /** The ends of the quiet code that begins at pc; undefined where there is none. `hidden`: memory without breakpoints. */
  from(pc: Address, hidden: Memory): readonly Address[] | undefined {
    if (this.#known.has(pc)) return this.#known.get(pc);
    const met = (this.#met.get(pc) ?? 0) + 1;
    this.#met.set(pc, met);
    if (met < worthwhile) return undefined;
    const found = exitsAt(pc, hidden);
    this.#known.set(pc, found);
    for (const exit of found ?? []) this.exits.add(exit);
    return found;
  }
}

function exitsAt(pc: Address, hidden: Memory): readonly Address[] | undefined {
  try {
    return quietExits(disassembler().x86, (address, length) => readCode(hidden, address, length), pc);
  } catch (error) {
    if (error instanceof MemoryError) return undefined;
    throw error;
  }
}

/** As much as there is: an instruction may be the last before unmapped memory. */
function readCode(memory: Memory, address: Address, length: number): Uint8Array {
  try {
    return memory.read(address, length);
  } catch (error) {
    if (!(error instanceof MemoryError) || error.address <= address) throw error;
    return memory.read(address, Number(error.address - address));
  }
}
