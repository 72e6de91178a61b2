import { type RegisterNumber, registers } from '../arch/registers.ts';
import type { RegisterFile } from '../targets/target.ts';

/** A thread's registers as they were, to be put back or to be unwound through. */
export class RegisterSnapshot implements RegisterFile {
  readonly #values = new Map<RegisterNumber, Uint8Array>();

  constructor(from: Pick<RegisterFile, 'bytes'>) {
    registers.forEach((_, number) => {
      const bytes = from.bytes(number);
      if (bytes) this.#values.set(number, bytes.slice());
    });
  }

  restore(to: RegisterFile): void {
    for (const [number, bytes] of this.#values) {
      const now = to.bytes(number);
      if (now && !now.every((byte, index) => byte === bytes[index])) to.setBytes(number, bytes);
    }
  }

  get(register: RegisterNumber): bigint | undefined {
    const bytes = this.#values.get(register);
    if (!bytes) return undefined;
    let value = 0n;
    for (let index = Math.min(bytes.length, 8) - 1; index >= 0; index--) value = (value << 8n) | BigInt(bytes[index]);
    return value;
  }

  set(register: RegisterNumber, value: bigint): void {
    const bytes = this.#values.get(register);
    if (!bytes) return;
    for (let index = 0; index < bytes.length; index++) bytes[index] = index < 8 ? Number((value >> BigInt(8 * index)) & 0xffn) : 0;
  }

  bytes(register: RegisterNumber): Uint8Array | undefined {
    return this.#values.get(register);
  }

  setBytes(register: RegisterNumber, bytes: Uint8Array): void {
    this.#values.set(register, bytes.slice());
  }
}
