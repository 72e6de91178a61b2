import type { Kernel } from '../../kernel/kernel.ts';

/** The upper half of the address space is the kernel's: from bit 47 on with four levels of page tables, from bit 56 with five. */
export const isKernelAddress = (kernel: Kernel, address: bigint): boolean => address >> BigInt(kernel.levels[0].shift + 8) !== 0n;
