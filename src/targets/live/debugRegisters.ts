import type { Address } from '../../base/address.ts';
import { SondeError } from '../../base/errors.ts';
import { getDebugRegister, setDebugRegister } from '../../linux/ptrace.ts';

export interface DebugWatch {
  readonly address: Address;
  readonly length: number;
  readonly on: 'write' | 'access' | 'execute';
}

/** Slots DR0-DR3, control DR7, status DR6 (Intel SDM vol. 3 §18.2). */
export const debugRegisterCount = 4;
const statusRegister = 6;
const controlRegister = 7;

const accessBits = { execute: 0b00, write: 0b01, access: 0b11 } as const;
/** LEN field by length; 8 bytes is encoded out of order. */
const lengthBits: Readonly<Record<number, number>> = { 1: 0b00, 2: 0b01, 8: 0b10, 4: 0b11 };

/** What the debug registers of every thread of a process should hold. */
export class DebugRegisterPlan {
  readonly #slots: (DebugWatch | undefined)[] = new Array(debugRegisterCount).fill(undefined);

  get empty(): boolean {
    return this.#slots.every((slot) => slot === undefined);
  }

  set(index: number, watch: DebugWatch | undefined): void {
    if (watch && (lengthBits[watch.length] === undefined || watch.address % BigInt(watch.length) !== 0n)) {
      throw new SondeError(`Debug registers can't watch ${watch.length} bytes at 0x${watch.address.toString(16)}.`);
    }
    this.#slots[index] = watch;
  }

  /** Brings a stopped thread up to date. False: the kernel refused an address. */
  apply(tid: number): boolean {
    // Disable first: the kernel checks an address against the control bits in force.
    let ok = setDebugRegister(tid, controlRegister, 0);
    this.#slots.forEach((slot, index) => {
      if (slot) ok = setDebugRegister(tid, index, slot.address) && ok;
    });
    return (this.empty || setDebugRegister(tid, controlRegister, this.#control())) && ok;
  }

  #control(): number {
    let control = 0;
    this.#slots.forEach((slot, index) => {
      if (!slot) return;
      const localEnable = 1 << (2 * index);
      control |= localEnable | (accessBits[slot.on] << (16 + 4 * index)) | (lengthBits[slot.length] << (18 + 4 * index));
    });
    return control >>> 0;
  }
}

/** Bits 0-3 of DR6: which slots were hit since they were last asked for. */
export function takeDebugStatus(tid: number): number {
  const status = getDebugRegister(tid, statusRegister) & 0xf;
  if (status !== 0) setDebugRegister(tid, statusRegister, 0);
  return status;
}
