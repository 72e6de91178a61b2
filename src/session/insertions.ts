import type { Address } from '../base/address.ts';
import { MemoryError } from '../base/errors.ts';
import type { Memory } from '../targets/target.ts';

const trap = Uint8Array.of(0xcc);

/**
 * Software breakpoints as they stand in the inferior's memory, each with the byte that it hides. Inserted only while the inferior runs,
 * but never visible through `hiding`.
 */
export class Insertions {
  readonly #originals = new Map<Address, number>();

  has(address: Address): boolean {
    return this.#originals.has(address);
  }

  addresses(): Address[] {
    return [...this.#originals.keys()];
  }

  /** The addresses that could not be written. */
  insert(memory: Memory, addresses: Iterable<Address>): Address[] {
    const failed: Address[] = [];
    for (const address of addresses) {
      if (this.#originals.has(address)) continue;
      try {
        const [original] = memory.read(address, 1);
        memory.write(address, trap);
        this.#originals.set(address, original);
      } catch (error) {
        if (!(error instanceof MemoryError)) throw error;
        failed.push(address);
      }
    }
    return failed;
  }

  /** Takes one out for a moment: to step over it. */
  lift(memory: Memory, address: Address): void {
    const original = this.#originals.get(address);
    if (original !== undefined) memory.write(address, Uint8Array.of(original));
  }

  lower(memory: Memory, address: Address): void {
    if (this.#originals.has(address)) memory.write(address, trap);
  }

  remove(memory: Memory, address: Address): void {
    const original = this.#originals.get(address);
    this.#originals.delete(address);
    if (original !== undefined) writeIfThere(memory, address, original);
  }

  /** Puts every original byte back; memory that is gone by now does not matter. */
  removeAll(memory: Memory): void {
    this.removeFrom(memory);
    this.#originals.clear();
  }

  /** The same in another process that has a copy of this memory: a fork's child. */
  removeFrom(memory: Memory): void {
    for (const [address, original] of this.#originals) writeIfThere(memory, address, original);
  }

  /** The process is gone, or has new memory. */
  forget(): void {
    this.#originals.clear();
  }

  /** Memory without the breakpoints: reads show the original bytes, writes go under them. */
  hiding(memory: Memory): Memory {
    return {
      read: (address, length) => {
        const bytes = memory.read(address, length);
        if (this.#originals.size === 0) return bytes;
        const end = address + BigInt(length);
        for (const [at, original] of this.#originals) if (at >= address && at < end) bytes[Number(at - address)] = original;
        return bytes;
      },
      write: (address, bytes) => {
        if (this.#originals.size === 0) return memory.write(address, bytes);
        const end = address + BigInt(bytes.length);
        const written = bytes.slice();
        for (const at of this.#originals.keys()) {
          if (at < address || at >= end) continue;
          this.#originals.set(at, bytes[Number(at - address)]);
          written[Number(at - address)] = trap[0];
        }
        memory.write(address, written);
      },
    };
  }
}

function writeIfThere(memory: Memory, address: Address, byte: number): void {
  try {
    memory.write(address, Uint8Array.of(byte));
  } catch (error) {
    if (!(error instanceof MemoryError)) throw error;
  }
}
