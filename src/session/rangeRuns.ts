import { rangeExits } from '../arch/rangeExits.ts';
import { R } from '../arch/registers.ts';
import type { Address } from '../base/address.ts';
import { MemoryError } from '../base/errors.ts';
import type { LiveTarget, Memory } from '../targets/target.ts';
import { disassembler } from './disassembler.ts';
import type { Insertions } from './insertions.ts';
import type { StepState } from './motion.ts';

const longestRange = 512;
/** A range must be met so often before the disassembler is asked about it. */
const worthwhile = 2;
const ret = 0xc3;

interface Known {
  readonly code: Uint8Array;
  readonly exits: readonly Address[] | undefined;
}

/**
 * A step through a line without single steps: breakpoints for a moment wherever the line can be left. A single step costs the processor ten times what a
 * breakpoint does. Only for a process with one thread: another could run into them.
 */
export class RangeRuns {
  readonly #known = new Map<Address, Known>();
  readonly #met = new Map<Address, number>();
  /** Those in memory now. */
  #placed: readonly Address[] = [];

  /** Inserts the breakpoints for a step that goes on at pc; false: it must be single-stepped. `hidden`: memory without breakpoints. */
  place(live: LiveTarget, tid: number, state: StepState, insertions: Insertions, hidden: Memory): boolean {
    const registers = live.registers(tid);
    const pc = registers.get(R.rip) ?? 0n;
    const length = Number(state.high - state.low);
    if (pc < state.low || pc >= state.high || length > longestRange) return false;
    const exits = this.#exits(pc, state.low, length, registers.get(R.rsp), hidden)?.filter((address) => !insertions.has(address));
    if (!exits) return false;
    this.#placed = exits;
    if (insertions.insert(live.memory, exits).length === 0) return true;
    this.remove(live, insertions);
    return false;
  }

  /** Whatever stopped the thread, they have done their work. */
  remove(live: LiveTarget, insertions: Insertions): void {
    for (const address of this.#placed) insertions.remove(live.memory, address);
    this.#placed = [];
  }

  forget(): void {
    this.#placed = [];
  }

  #exits(pc: Address, low: Address, length: number, stack: Address | undefined, hidden: Memory): readonly Address[] | undefined {
    try {
      const code = hidden.read(low, length);
      if (code[Number(pc - low)] === ret) return stack === undefined ? undefined : [wordOf(hidden.read(stack, 8))];
      const known = this.#known.get(pc);
      if (known && sameBytes(known.code, code)) return known.exits;
      const met = (this.#met.get(pc) ?? 0) + 1;
      this.#met.set(pc, met);
      if (met < worthwhile) return undefined;
      const exits = rangeExits(disassembler().x86, code, low, pc);
      this.#known.set(pc, { code: code.slice(), exits });
      return exits;
    } catch (error) {
      if (error instanceof MemoryError) return undefined;
      throw error;
    }
  }
}

const wordOf = (bytes: Uint8Array): Address => new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true);

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let index = 0; index < a.length; index++) if (a[index] !== b[index]) return false;
  return true;
}
