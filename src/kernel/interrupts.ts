import type { Address } from '../base/address.ts';
import { cpuCount } from './cpus.ts';
import type { Kernel } from './kernel.ts';
import { mapleEntries } from './mapleTree.ts';
import type { KernelObject } from './object.ts';
import { hasSlotTree, slotTreeEntries } from './treeEntries.ts';

/** An interrupt that has a descriptor: `struct irq_desc`. */
export interface Interrupt {
  readonly number: number;
  readonly object: KernelObject;
  readonly actions: readonly { readonly address: Address; readonly name: string }[];
}

/** More handlers than share one interrupt. */
const mostActions = 256;

/** By number: from a radix tree (irq_desc_tree), since 6.5 from a maple tree (sparse_irqs) (kernel/irq/irqdesc.c). */
export function interrupts(kernel: Kernel): Map<number, Interrupt> {
  const found = new Map<number, Interrupt>();
  for (const [number, address] of descriptors(kernel)) {
    const object = kernel.object('irq_desc', address);
    const actions: { address: Address; name: string }[] = [];
    for (
      let action = object.follow('action', 'irqaction');
      action && actions.length < mostActions;
      action = action.follow('next', 'irqaction')
    )
      actions.push({ address: action.address, name: kernel.string(action.pointer('name'), 128) });
    found.set(number, { number, object, actions });
  }
  return found;
}

function* descriptors(kernel: Kernel): Iterable<[number, Address]> {
  const radix = kernel.findSymbol('irq_desc_tree');
  const maple = kernel.findSymbol('sparse_irqs');
  if (radix !== undefined) {
    const kind = hasSlotTree(kernel, 'xarray') ? 'xarray' : 'radix';
    for (const { address, index = 0n } of slotTreeEntries(kernel, kind, radix, false)) yield [Number(index), address];
  } else if (maple !== undefined) {
    const root = kernel.object('maple_tree', maple).pointer('ma_root');
    for (const { entry } of mapleEntries(kernel, root)) yield [kernel.object('irq_desc', entry).number('irq_data.irq'), entry];
  }
}

/** How many interrupts there can be. */
export const interruptLimit = (kernel: Kernel): number => {
  const symbol = kernel.findSymbol('nr_irqs') ?? kernel.findSymbol('total_nr_irqs');
  return symbol === undefined ? 0 : kernel.int(symbol);
};

/** The CPUs that may be interrupted. */
export function affinity({ object }: Interrupt): number[] {
  const { kernel } = object;
  const field = kernel.layouts.field('irq_common_data', 'affinity');
  const at = object.addressOf('irq_common_data.affinity');
  // cpumask_var_t: a pointer where masks are large (CONFIG_CPUMASK_OFFSTACK).
  const mask = field.type.kind === 'typedef' && field.size === 8 && isPointer(field.type.target) ? kernel.word(at) : at;
  const cpus: number[] = [];
  for (let cpu = 0; cpu < cpuCount(kernel); cpu++)
    if ((kernel.word(mask + BigInt(Math.floor(cpu / 64) * 8)) >> BigInt(cpu % 64)) & 1n) cpus.push(cpu);
  return cpus;
}

const isPointer = (type: { readonly kind: string }): boolean => type.kind === 'pointer';

/** How often each CPU was interrupted: kstat_irqs, since 6.10 a structure that begins with the count. */
export function interruptCounts({ object }: Interrupt): number[] {
  const { kernel } = object;
  const base = object.pointer('kstat_irqs');
  return Array.from({ length: cpuCount(kernel) }, (_, cpu) => {
    const area = kernel.word(kernel.symbol('__per_cpu_offset') + BigInt(cpu * 8));
    return base === 0n ? 0 : kernel.int(BigInt.asUintN(64, base + area)) >>> 0;
  });
}

/** `IO-APIC-edge`: the controller and how it is triggered. */
export function controllerName({ object }: Interrupt): string {
  const { kernel } = object;
  const chip = object.follow('irq_data.chip', 'irq_chip');
  const flow = object.pointer('name');
  return `${chip ? kernel.string(chip.pointer('name'), 64) : 'none'}${flow === 0n ? '' : `-${kernel.string(flow, 64)}`}`;
}

/** Handlers of the processor's 256 vectors (arch/x86/include/asm/desc_defs.h: struct gate_struct). */
export function interruptVectors(kernel: Kernel): Address[] {
  const table = kernel.symbol('idt_table');
  return Array.from({ length: 256 }, (_, vector) => {
    const gate = kernel.object('gate_struct', table + BigInt(vector * 16));
    return (gate.value('offset_high') << 32n) | (gate.value('offset_middle') << 16n) | gate.value('offset_low');
  });
}

/** Handlers of the soft interrupts, in the order of their numbers. */
export function softInterrupts(kernel: Kernel): Address[] {
  const table = kernel.symbol('softirq_vec');
  const handlers: Address[] = [];
  for (let index = 0; index < 32; index++) {
    const handler = kernel.word(table + BigInt(index * kernel.layouts.size('softirq_action')));
    if (handler === 0n || kernel.symbols.nearest(handler)?.offset !== 0n) break;
    handlers.push(handler);
  }
  return handlers;
}
