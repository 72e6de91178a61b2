import type { Kernel } from './kernel.ts';

/** More than CONFIG_NR_CPUS ever is. */
const mostCpus = 8192;

/** CPUs of one of the kernel's masks (kernel/cpu.c), in order. */
function cpusIn(kernel: Kernel, mask: 'possible' | 'present' | 'online'): number[] {
  const address = kernel.findSymbol(`__cpu_${mask}_mask`) ?? kernel.symbol(`cpu_${mask}_bits`);
  const limit = cpuLimit(kernel);
  const cpus: number[] = [];
  for (let word = 0; word * 64 < limit; word++) {
    let bits = kernel.word(address + BigInt(word * 8));
    for (let bit = 0; bits !== 0n && word * 64 + bit < limit; bit++, bits >>= 1n) if (bits & 1n) cpus.push(word * 64 + bit);
  }
  return cpus;
}

/** nr_cpu_ids: a constant in kernels that are built for their number of CPUs. */
function cpuLimit(kernel: Kernel): number {
  const address = kernel.findSymbol('nr_cpu_ids');
  const limit = address === undefined ? mostCpus : kernel.int(address);
  return limit > 0 && limit <= mostCpus ? limit : mostCpus;
}

/** How many CPUs there are, whether they are running or not: numbers below this name a CPU. */
export function cpuCount(kernel: Kernel): number {
  return Math.max(...cpusIn(kernel, 'present'), ...cpusIn(kernel, 'online'), 0) + 1;
}

export const onlineCpus = (kernel: Kernel): number[] => cpusIn(kernel, 'online');
