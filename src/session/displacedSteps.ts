import { displace, displacedSize } from '../arch/displaced.ts';
import type { Address } from '../base/address.ts';
import { MemoryError } from '../base/errors.ts';
import { segmentTypes } from '../formats/elf/constants.ts';
import type { Program } from '../program/program.ts';
import type { Memory } from '../targets/target.ts';
import { disassembler } from './disassembler.ts';

interface Slot {
  readonly from: Address;
  readonly to: Address;
  /** Length of the instruction; the jump back follows. */
  readonly length: number;
  /** What was at `to`. */
  readonly covered: Uint8Array;
}

const executable = 1; // PF_X
const pageSize = 4096n;
/** A copy is made when a breakpoint was passed so often: the disassembler must be loaded for it. */
const worthwhile = 20;

/**
 * Ways past breakpoints whose condition was false: a copy of the instruction under the breakpoint, executed elsewhere, saves taking
 * the breakpoint out, a stop after one instruction, and putting it back. One stop a hit instead of two, and the other threads need not wait.
 *
 * The copies stand in the unused rest of the code segment's last page, near enough for 32-bit displacements. They are there only
 * while the program runs.
 */
export class DisplacedSteps {
  readonly #slots = new Map<Address, Slot>();
  readonly #byPage = new Map<Address, number>();
  readonly #impossible = new Set<Address>();
  readonly #asked = new Map<Address, number>();
  readonly #program: Program;

  constructor(program: Program) {
    this.#program = program;
  }

  get active(): boolean {
    return this.#slots.size > 0;
  }

  /**
   * Where a thread that stands at a breakpoint can go on instead; undefined where it must be stepped. `raw` is the process's memory as it is, `hidden`
   * without the breakpoints.
   */
  wayPast(address: Address, raw: Memory, hidden: Memory): Address | undefined {
    const known = this.#slots.get(address);
    if (known) return known.to;
    if (this.#impossible.has(address)) return undefined;
    const asked = (this.#asked.get(address) ?? 0) + 1;
    this.#asked.set(address, asked);
    if (asked < worthwhile) return undefined;
    const slot = this.#make(address, raw, hidden);
    if (slot) this.#slots.set(address, slot);
    else this.#impossible.add(address);
    return slot?.to;
  }

  /** The program's own pc for one inside a copy: a thread that was stopped there must not be seen there. `executed`: past the instruction. */
  ownPc(pc: Address): { pc: Address; executed: boolean } | undefined {
    for (const { from, to, length } of this.#slots.values()) {
      if (pc === to) return { pc: from, executed: false };
      if (pc === to + BigInt(length)) return { pc: from + BigInt(length), executed: true };
    }
    return undefined;
  }

  /** Puts back what was under the copies. No thread may stand in one. */
  remove(raw: Memory): void {
    for (const { to, covered } of this.#slots.values()) {
      try {
        raw.write(to, covered);
      } catch (error) {
        if (!(error instanceof MemoryError)) throw error; // the process is gone
      }
    }
    this.forget();
  }

  /** The process is gone, or has new memory. */
  forget(): void {
    this.#slots.clear();
    this.#byPage.clear();
    this.#impossible.clear();
    this.#asked.clear();
  }

  #make(address: Address, raw: Memory, hidden: Memory): Slot | undefined {
    const rest = this.#restOfSegment(address);
    if (!rest) return undefined;
    const index = this.#byPage.get(rest.start) ?? 0;
    const to = rest.start + BigInt(index * displacedSize);
    if (to + BigInt(displacedSize) > rest.end) return undefined;
    try {
      const displaced = displace(disassembler().x86, hidden.read(address, 15), address, to);
      if (!displaced) return undefined;
      const covered = raw.read(to, displaced.code.length);
      raw.write(to, displaced.code);
      this.#byPage.set(rest.start, index + 1);
      return { from: address, to, length: displaced.length, covered };
    } catch (error) {
      if (error instanceof MemoryError) return undefined;
      throw error;
    }
  }

  /** What is left of the last page of the code segment that holds the address. */
  #restOfSegment(address: Address): { start: Address; end: Address } | undefined {
    const module = this.#program.moduleAt(address);
    if (!module) return undefined;
    for (const { type, flags, address: link, memorySize } of module.file.programHeaders) {
      if (type !== segmentTypes.load || !(flags & executable)) continue;
      const start = link + module.bias;
      const end = start + BigInt(memorySize);
      if (address >= start && address < end) return { start: (end + 15n) & -16n, end: (end + pageSize - 1n) & -pageSize };
    }
    return undefined;
  }
}
