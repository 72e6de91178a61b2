import type { Address } from '../base/address.ts';
import { MemoryError } from '../base/errors.ts';
import { libc, PinnedBuffer } from './ffi.ts';

const O_RDWR_CLOEXEC = 0o2000002;
const scratchSize = 1 << 16;

/**
 * Memory of another process through /proc/PID/mem, which also reaches pages that the process itself may not read or write. The
 * descriptor keeps the address space that it was opened for: after exec a new one is needed.
 */
export class ProcessMemory {
  readonly #pid: number;
  #fd = -1;
  #scratch: PinnedBuffer | undefined;

  constructor(pid: number) {
    this.#pid = pid;
  }

  /** Throws MemoryError with the first address that could not be read. */
  read(address: Address, length: number): Uint8Array {
    if (length === 0) return new Uint8Array(0);
    const small = length <= scratchSize;
    const buffer = small ? (this.#scratch ??= new PinnedBuffer(scratchSize)) : new PinnedBuffer(length);
    let done = 0;
    while (done < length) {
      const count = libc().pread(this.#open(address), buffer.address + done, length - done, offset(address, done));
      if (count <= 0) throw new MemoryError(BigInt.asUintN(64, address + BigInt(done)), count === 0 ? 'no process' : 'not mapped');
      done += count;
    }
    return small ? copied(buffer.bytes, length) : buffer.bytes;
  }

  write(address: Address, bytes: Uint8Array): void {
    const buffer = bytes.length <= scratchSize ? (this.#scratch ??= new PinnedBuffer(scratchSize)) : new PinnedBuffer(bytes.length);
    buffer.bytes.set(bytes);
    let done = 0;
    while (done < bytes.length) {
      const count = libc().pwrite(this.#open(address), buffer.address + done, bytes.length - done, offset(address, done));
      if (count <= 0) throw new MemoryError(BigInt.asUintN(64, address + BigInt(done)), count === 0 ? 'no process' : 'not mapped');
      done += count;
    }
  }

  /** Forgets the descriptor: the next access opens the present address space. */
  close(): void {
    if (this.#fd !== -1) libc().close(this.#fd);
    this.#fd = -1;
  }

  #open(address: Address): number {
    if (this.#fd === -1) this.#fd = libc().open(`/proc/${this.#pid}/mem`, O_RDWR_CLOEXEC, 0);
    if (this.#fd === -1) throw new MemoryError(address, 'no process');
    return this.#fd;
  }
}

/** A copy of the first bytes. For a variable or a register's worth a plain loop is several times faster than `slice`. */
function copied(bytes: Uint8Array, length: number): Uint8Array {
  if (length > 32) return bytes.slice(0, length);
  const copy = new Uint8Array(length);
  for (let i = 0; i < length; i++) copy[i] = bytes[i];
  return copy;
}

/** pread takes a signed offset; the kernel reads it as an unsigned one for this file. */
function offset(address: Address, done: number): number | bigint {
  return address < 0x8000_0000_0000n ? Number(address) + done : BigInt.asIntN(64, address + BigInt(done));
}
