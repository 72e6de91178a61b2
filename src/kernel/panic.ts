import { cpuCount } from './cpus.ts';
import type { Kernel } from './kernel.ts';
import { logRecords } from './log.ts';
import { currentTask, type Task } from './tasks.ts';

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

/** How the kernel says that it gives up, or why it was made to (kernel/panic.c, arch/x86/kernel/dumpstack.c, drivers/tty/sysrq.c). */
const panicWords = [
  /^Kernel panic/,
  /^sysrq: .*[Cc]rash|^SysRq : (Trigger a crash|Crash)/,
  /^Oops: /,
  /^general protection fault/,
  /^BUG: /,
  /^kernel BUG at /,
  /^double fault:/,
  /^divide error/,
];

/** What the kernel said when it gave up; undefined for one that was running. */
export function panicMessage(kernel: Kernel): string | undefined {
  if (!panicTask(kernel)) return undefined;
  const lines = logRecords(kernel).flatMap(({ text }) => text.split('\n'));
  for (const words of panicWords) {
    const line = lines.findLast((candidate) => words.test(candidate));
    if (line !== undefined) return line;
  }
  return undefined;
}
