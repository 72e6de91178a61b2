import type { Address } from '../base/address.ts';
import type { Kernel } from './kernel.ts';
import type { Field } from './layout.ts';

/** A structure in the kernel's memory; members are read when asked for, by path: `task.pointer('mm')`, `task.string('comm')`. */
export class KernelObject {
  constructor(
    readonly kernel: Kernel,
    readonly struct: string,
    readonly address: Address,
  ) {}

  has(path: string): boolean {
    return this.kernel.layouts.has(this.struct, path);
  }

  addressOf(path: string): Address {
    return this.address + BigInt(this.kernel.layouts.offset(this.struct, path));
  }

  /** Any integer, pointer or enum member, sign as its type says; bit-fields too. */
  value(path: string): bigint {
    return this.#read(this.kernel.layouts.field(this.struct, path));
  }

  number(path: string): number {
    return Number(this.value(path));
  }

  pointer(path: string): Address {
    return BigInt.asUintN(64, this.value(path));
  }

  /** The structure a pointer member points to; undefined for NULL. */
  follow(path: string, struct: string): KernelObject | undefined {
    const address = this.pointer(path);
    return address === 0n ? undefined : new KernelObject(this.kernel, struct, address);
  }

  /** A structure embedded in this one. */
  member(path: string, struct: string): KernelObject {
    return new KernelObject(this.kernel, struct, this.addressOf(path));
  }

  /** A char array. */
  string(path: string): string {
    const field = this.kernel.layouts.field(this.struct, path);
    return this.kernel.string(this.address + BigInt(field.offset), field.size);
  }

  #read({ offset, size, type, bitSize, bitOffset }: Field): bigint {
    const bytes = this.kernel.memory.read(this.address + BigInt(offset), size);
    let value = 0n;
    for (let index = size - 1; index >= 0; index--) value = (value << 8n) | BigInt(bytes[index]);
    if (bitSize !== undefined) return (value >> BigInt(bitOffset ?? 0)) & ((1n << BigInt(bitSize)) - 1n);
    return isSigned(type) ? BigInt.asIntN(size * 8, value) : value;
  }
}

function isSigned(type: Field['type']): boolean {
  if (type.kind === 'typedef' || type.kind === 'qualified') return isSigned(type.target);
  return (type.kind === 'integer' || type.kind === 'enum') && type.signed;
}
