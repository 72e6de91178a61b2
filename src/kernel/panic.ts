import type { Kernel } from './kernel.ts';
import { cpuCount, currentTask, type Task } from './tasks.ts';

/** The task that brought the kernel down, and its CPU; undefined where the kernel was running. */
export function panicTask(kernel: Kernel): { readonly task: Task; readonly cpu: number } | undefined {
  const cpu = panicCpu(kernel);
  if (cpu === undefined) return undefined;
  const address = currentTask(kernel, cpu);
  const task = kernel.tasks.find((candidate) => candidate.address === address);
  return task && { task, cpu };
}

/** `panic_cpu` (kernel/panic.c) is -1 until a CPU panics; `crashing_cpu` (arch/x86/kernel/reboot.c) is that of a kdump. */
function panicCpu(kernel: Kernel): number | undefined {
  for (const name of ['crashing_cpu', 'panic_cpu']) {
    const address = kernel.findSymbol(name);
    if (address === undefined) continue;
    const cpu = kernel.int(address);
    if (cpu >= 0 && cpu < cpuCount(kernel)) return cpu;
  }
  return undefined;
}
