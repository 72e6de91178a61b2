import type { Kernel } from './kernel.ts';

/** More than any kernel has. */
const most = 2048;

/**
 * The functions that sys_call_table points to, by system call number, without those that only say ENOSYS. The table ends where the next symbol
 * begins (arch/x86/entry/syscall_64.c).
 */
export function systemCallTable(kernel: Kernel): { number: number; name: string }[] {
  const table = kernel.symbol('sys_call_table');
  const calls: { number: number; name: string }[] = [];
  for (let number = 0; number < most; number++) {
    const at = table + BigInt(number * 8);
    if (number > 0 && kernel.symbols.nearest(at)?.symbol.address !== table) break;
    const target = kernel.symbols.nearest(kernel.word(at));
    if (target?.offset !== 0n) break;
    if (!/sys_ni_syscall/.test(target.symbol.name)) calls.push({ number, name: target.symbol.name });
  }
  return calls;
}
