import type { Address } from '../base/address.ts';
import type { Kernel } from './kernel.ts';

/** `struct pt_regs` (arch/x86/include/asm/ptrace.h), which user_regs_struct and NT_PRSTATUS begin with too. */
const names = [
  'r15',
  'r14',
  'r13',
  'r12',
  'bp',
  'bx',
  'r11',
  'r10',
  'r9',
  'r8',
  'ax',
  'cx',
  'dx',
  'si',
  'di',
  'orig_ax',
  'ip',
  'cs',
  'flags',
  'sp',
  'ss',
] as const; // prettier-ignore

export type RegisterName = (typeof names)[number];

/** Bytes of pt_regs, and of the part that the processor itself pushes: ip, cs, flags, sp, ss. */
export const savedRegistersSize = names.length * 8;
const hardwareFrameOffset = names.indexOf('ip') * 8;

/** Registers of an interrupted context: as the kernel saved them on a stack, or as the dump has them of a CPU. */
export class SavedRegisters {
  readonly #words: BigUint64Array;
  /** Where they lie on the stack: the address of a pt_regs. Undefined: from the dump. */
  readonly at: Address | undefined;
  /** Only ip, cs, flags, sp and ss were saved. */
  readonly isPartial: boolean;

  constructor(words: BigUint64Array, at?: Address, isPartial = false) {
    this.#words = words;
    this.at = at;
    this.isPartial = isPartial;
  }

  get(name: RegisterName): bigint {
    const value = this.#words[names.indexOf(name)];
    // The upper bits of the selectors' words are free; FRED keeps other things there.
    return name === 'cs' || name === 'ss' ? value & 0xffffn : value;
  }

  /** In the order of pt_regs. */
  get words(): BigUint64Array {
    return this.#words;
  }

  get isUserMode(): boolean {
    return (this.get('cs') & 3n) === 3n;
  }

  /** For results: name and value, `0x…`. */
  get data(): Record<string, string> {
    const known = this.isPartial ? (['ip', 'cs', 'flags', 'sp', 'ss'] as const) : names;
    return Object.fromEntries(known.map((name) => [name, `0x${this.get(name).toString(16)}`]));
  }
}

/** All registers, saved at an address. Throws MemoryError. */
export function savedRegistersAt(kernel: Kernel, at: Address): SavedRegisters {
  return new SavedRegisters(words(kernel, at, savedRegistersSize), at);
}

/** What the processor pushed, saved at an address. Throws MemoryError. */
export function hardwareFrameAt(kernel: Kernel, at: Address): SavedRegisters {
  const all = new BigUint64Array(names.length);
  all.set(words(kernel, at, savedRegistersSize - hardwareFrameOffset), hardwareFrameOffset / 8);
  return new SavedRegisters(all, at - BigInt(hardwareFrameOffset), true);
}

function words(kernel: Kernel, at: Address, size: number): BigUint64Array {
  const bytes = kernel.memory.read(at, size);
  const view = new DataView(bytes.buffer, bytes.byteOffset, size);
  return BigUint64Array.from({ length: size / 8 }, (_, index) => view.getBigUint64(index * 8, true));
}
