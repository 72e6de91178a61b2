import type { Address } from '../base/address.ts';
import { MemoryError } from '../base/errors.ts';
import { cpuCount } from './cpus.ts';
import type { Kernel } from './kernel.ts';
import type { KernelObject } from './object.ts';

/** Kinds of stacks. A CPU has one for interrupts, some for exceptions that must not trust any other, and one to enter the kernel on. */
export type StackKind = 'task' | 'IRQ' | 'DOUBLEFAULT' | 'NMI' | 'DEBUG' | 'MCE' | 'VC' | 'ENTRY';

export interface KernelStack {
  readonly kind: StackKind;
  /** Its lowest address, and the one after its last byte. */
  readonly base: Address;
  readonly end: Address;
  /** Undefined for tasks' stacks. */
  readonly cpu?: number;
}

export const stackHolds = ({ base, end }: KernelStack, address: Address): boolean => address >= base && address < end;

/** THREAD_SIZE: 16 KiB, more with KASAN (arch/x86/include/asm/page_64_types.h); the linker script makes room for one. */
function threadSize(kernel: Kernel): bigint {
  const start = kernel.findSymbol('init_stack') ?? kernel.findSymbol('init_thread_union');
  const end = kernel.findSymbol('__end_init_task') ?? kernel.findSymbol('__end_init_stack');
  const size = start === undefined || end === undefined ? 0n : end - start;
  return size === 0x8000n || size === 0x10000n ? size : 0x4000n;
}

/** The kernel stack of a task. */
export function taskStack(task: KernelObject): KernelStack {
  const base = task.pointer('stack');
  return { kind: 'task', base, end: base + threadSize(task.kernel) };
}

/** In the order of the interrupt stack table (IST_INDEX_*, arch/x86/include/asm/page_64_types.h), with their names in cea_exception_stacks. */
const exceptionStacks: readonly { readonly kind: StackKind; readonly member: string }[] = [
  { kind: 'DOUBLEFAULT', member: 'DF_stack' },
  { kind: 'NMI', member: 'NMI_stack' },
  { kind: 'DEBUG', member: 'DB_stack' },
  { kind: 'MCE', member: 'MCE_stack' },
  { kind: 'VC', member: 'VC_stack' },
];

/** No stack is larger: what is comes from damaged tables. */
const largest = 0x10_0000n;

/** The stacks of every CPU that are no task's. */
export function cpuStacks(kernel: Kernel): KernelStack[] {
  const stacks: KernelStack[] = [];
  for (let cpu = 0; cpu < cpuCount(kernel); cpu++) {
    try {
      stacks.push(...interruptStack(kernel, cpu), ...entryStacks(kernel, cpu));
    } catch (error) {
      if (!(error instanceof MemoryError)) throw error;
    }
  }
  return stacks.filter(({ base, end }) => base >= 1n << 63n && end - base <= largest);
}

function interruptStack(kernel: Kernel, cpu: number): KernelStack[] {
  const pointer = interruptStackPointer(kernel, cpu);
  if (pointer === undefined) return [];
  // The pointer is at the end, or a word or a cache line below.
  const end = (pointer + 0xfffn) & ~0xfffn;
  return [{ kind: 'IRQ', base: end - threadSize(kernel), end, cpu }];
}

/** hardirq_stack_ptr (irq_stack_ptr until 5.2) was part of pcpu_hot for 6.2 to 6.14. */
function interruptStackPointer(kernel: Kernel, cpu: number): Address | undefined {
  if (kernel.findSymbol('pcpu_hot') !== undefined && kernel.layouts.has('pcpu_hot', 'hardirq_stack_ptr'))
    return kernel.object('pcpu_hot', kernel.perCpu('pcpu_hot', cpu)).pointer('hardirq_stack_ptr');
  const name = ['hardirq_stack_ptr', 'irq_stack_ptr'].find((candidate) => kernel.findSymbol(candidate) !== undefined);
  return name === undefined ? undefined : kernel.word(kernel.perCpu(name, cpu));
}

/** What the task state segment points to: sp0 is the stack the kernel is entered on, `ist` has the ends of the exception stacks. */
function entryStacks(kernel: Kernel, cpu: number): KernelStack[] {
  if (kernel.findSymbol('cpu_tss_rw') === undefined) return [];
  const tss = kernel.object('tss_struct', kernel.perCpu('cpu_tss_rw', cpu));
  const table = tss.addressOf('x86_tss.ist');
  const stacks = exceptionStacks.map(({ kind, member }, index): KernelStack => {
    const end = kernel.word(table + BigInt(index * 8));
    return { kind, base: end - exceptionStackSize(kernel, member), end, cpu };
  });
  const end = tss.pointer('x86_tss.sp0');
  return [...stacks.filter((stack) => stack.end !== 0n), { kind: 'ENTRY', base: end - 4096n, end, cpu }];
}

/** One or two pages; before 5.2 (without cea_exception_stacks) the debug stack had two. */
function exceptionStackSize(kernel: Kernel, member: string): bigint {
  if (kernel.layouts.has('cea_exception_stacks', member)) return BigInt(kernel.layouts.field('cea_exception_stacks', member).size);
  return member === 'DB_stack' ? 8192n : 4096n;
}
