import { SondeError } from '../../base/errors.ts';
import { cpuCount } from '../../kernel/cpus.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import { ticksPerSecond } from '../../kernel/machine.ts';
import { type StackKind, taskStack } from '../../kernel/stacks.ts';
import { type CrashCommand, type CrashContext, crashResult, UsageError } from './command.ts';
import { parseOptions } from './options.ts';
import { evaluationFor } from './struct.ts';
import { structNamed, structText } from './structValue.ts';
import { machineFacts } from './sys.ts';
import { pointer } from './taskText.ts';

export const mach: CrashCommand = {
  name: 'mach',
  summary: 'machine specific data',
  synopsis: '[-m | -c -[xd] | -o]',
  help: `The machine, and where the kernel has what in its address space.
  -m  the firmware's map of physical memory.
  -c  what the kernel knows of each processor; -x hexadecimal, -d decimal.`,
  run(args, context) {
    const options = parseOptions(args, 'cmxdo');
    if (options.has('o')) throw new UsageError("invalid option -- 'o'");
    if (options.has('m')) return memoryMap(context);
    if (options.has('c')) return processors(args, context);
    machine(context);
  },
};

/** The stacks that each CPU has, in the order of the interrupt stack table. */
const stackKinds: readonly StackKind[] = ['IRQ', 'DOUBLEFAULT', 'NMI', 'DEBUG', 'MCE', 'VC'];
const labelWidth = 22;

function machine({ session: { kernel }, emit }: CrashContext): void {
  const word = (symbol: string) => {
    const address = kernel.findSymbol(symbol);
    return address === undefined ? undefined : pointer(kernel.word(address));
  };
  const speed = kernel.findSymbol('cpu_khz');
  const task = taskStack(kernel.tasks[0].object);
  const { memory, machine: type } = machineFacts(kernel);
  const facts: (readonly [string, string | number | undefined])[] = [
    ['MACHINE TYPE', type],
    ['MEMORY SIZE', memory],
    ['CPUS', cpuCount(kernel)],
    ['PROCESSOR SPEED', speed === undefined ? undefined : `${Math.floor(kernel.int(speed) / 1000)} Mhz`],
    ['HZ', ticksPerSecond(kernel)],
    ['PAGE SIZE', 4096],
    ['KERNEL VIRTUAL BASE', word('page_offset_base')],
    ['KERNEL VMALLOC BASE', word('vmalloc_base')],
    ['KERNEL VMEMMAP BASE', word('vmemmap_base')],
    ['KERNEL START MAP', 'ffffffff80000000'],
    ['KERNEL MODULES BASE', 'ffffffffc0000000'],
    ['KERNEL STACK SIZE', Number(task.end - task.base)],
  ];
  const known = facts.filter(([, value]) => value !== undefined);
  const stacks = stackKinds.map((kind) => ({ kind, list: kernel.unwinder.stacks.filter((stack) => stack.kind === kind) }));
  const stackText = ({ kind, list }: (typeof stacks)[number]) => {
    if (list.length === 0) return '';
    const size = Number(list[0].end - list[0].base);
    const lines = list.map(({ cpu, base }) => `${`CPU ${cpu}`.padStart(labelWidth)}: ${pointer(base)}\n`);
    return `${`${kind} STACK SIZE`.padStart(labelWidth)}: ${size}\n${`${kind} STACKS`.padStart(labelWidth)}:\n${lines.join('')}`;
  };
  emit(
    crashResult(
      'machine',
      () => ({
        ...Object.fromEntries(known.map(([name, value]) => [name.toLowerCase().replaceAll(' ', '_'), value])),
        stacks: stacks.flatMap(({ kind, list }) =>
          list.map(({ cpu, base, end }) => ({ kind, cpu, base: `0x${pointer(base)}`, size: Number(end - base) })),
        ),
      }),
      () => known.map(([name, value]) => `${name.padStart(labelWidth)}: ${value}\n`).join('') + stacks.map(stackText).join(''),
    ),
  );
}

/** E820_TYPE_* (arch/x86/include/asm/e820/types.h). */
const memoryTypes: Readonly<Record<number, string>> = {
  1: 'E820_RAM',
  2: 'E820_RESERVED',
  3: 'E820_ACPI',
  4: 'E820_NVS',
  5: 'E820_UNUSABLE',
  7: 'E820_PMEM',
  12: 'E820_PRAM',
  128: 'E820_RESERVED_KERN',
};
const mostEntries = 1024;

function memoryMap({ session: { kernel }, emit }: CrashContext): void {
  const entries = firmwareMap(kernel);
  const lines = entries.map(({ start, end, type }) => `${pointer(start)} - ${pointer(end)}  ${memoryTypes[type] ?? `type ${type}`}\n`);
  emit(
    crashResult(
      'memory map',
      () =>
        entries.map(({ start, end, type }) => ({
          start: `0x${start.toString(16)}`,
          end: `0x${end.toString(16)}`,
          type: memoryTypes[type] ?? type,
        })),
      () => `      PHYSICAL ADDRESS RANGE         TYPE\n${lines.join('')}`,
    ),
  );
}

function firmwareMap(kernel: Kernel): { start: bigint; end: bigint; type: number }[] {
  const table = kernel.findSymbol('e820_table');
  if (table === undefined || !kernel.layouts.has('e820_table')) throw new SondeError('this kernel has no e820_table');
  const map = kernel.object('e820_table', kernel.word(table));
  const size = kernel.layouts.size('e820_entry');
  return Array.from({ length: Math.min(map.number('nr_entries'), mostEntries) }, (_, index) => {
    const entry = kernel.object('e820_entry', map.addressOf('entries') + BigInt(index * size));
    const start = entry.pointer('addr');
    return { start, end: start + entry.pointer('size'), type: entry.number('type') };
  });
}

function processors(args: readonly string[], { session, emit }: CrashContext): void {
  const { kernel } = session;
  const type = structNamed(kernel, 'cpuinfo_x86');
  if (!type) throw new SondeError('this kernel has no struct cpuinfo_x86');
  const evaluation = evaluationFor(session, parseOptions(args, 'cmxdo'));
  for (let cpu = 0; cpu < cpuCount(kernel); cpu++) {
    const text = structText(type, 'cpuinfo_x86', kernel.perCpu('cpu_info', cpu), evaluation);
    emit(
      crashResult(
        'processor',
        () => ({ cpu, text }),
        () => `${cpu > 0 ? '\n' : ''}CPU ${cpu}:\n${text}`,
      ),
    );
  }
}
