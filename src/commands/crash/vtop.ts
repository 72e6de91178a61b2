import { MemoryError, SondeError } from '../../base/errors.ts';
import type { AddressSpace, Walk } from '../../kernel/addressSpace.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import { pageTableRoot, vmas } from '../../kernel/memoryMap.ts';
import { pageFrame } from '../../kernel/pageFrame.ts';
import { swapAreas } from '../../kernel/swapAreas.ts';
import type { Task } from '../../kernel/tasks.ts';
import { pageState } from '../../kernel/userPages.ts';
import { addressOf } from './addressWord.ts';
import { type CrashCommand, type CrashContext, crashResult, UsageError } from './command.ts';
import { isKernelAddress } from './kernelAddress.ts';
import { parseOptions } from './options.ts';
import { entryText } from './pageEntry.ts';
import { taskNamed } from './taskSelection.ts';
import { placeText, vmaText } from './vm.ts';

export const vtop: CrashCommand = {
  name: 'vtop',
  summary: 'virtual to physical',
  synopsis: '[-c [pid | taskp]] [-u|-k] address ...',
  help: `The page tables' way from a virtual address to a physical one, and what is said of the page.
  -c  addresses of this task's memory; otherwise of the selected one's.
  -u  the address is one of user memory, -k of the kernel's: where that is not plain from the address.`,
  run(args, context) {
    const options = parseOptions(args, 'c:uk');
    if (options.rest.length === 0) throw new UsageError('');
    const { kernel } = context.session;
    const task = options.has('c') ? taskNamed(context.session, options.value('c') as string) : context.session.context;
    for (const word of options.rest) {
      const address = addressOf(kernel, word);
      if (address === undefined) throw new SondeError(`invalid input: "${word}"`);
      const isKernels = !options.has('u') && (options.has('k') || isKernelAddress(kernel, address));
      if (isKernels) kernelAddress(address, context);
      else userAddress(address, task, context);
    }
  },
};

function kernelAddress(address: bigint, { session: { kernel }, emit }: CrashContext): void {
  const walk = kernel.memory.walk(address);
  const [top, ...lower] = walk.steps;
  const root = `PGD DIRECTORY: ${kernel.root.virtual.toString(16)}\nPAGE DIRECTORY: ${top.entry.toString(16)}\n`;
  const text = () => `${headText(address, walk.physical)}\n${root}${stepsText({ ...walk, steps: lower })}${frameText(kernel, walk)}`;
  emit(crashResult('translation', () => walkData(address, walk), text));
}

function userAddress(address: bigint, { mm }: Task, { session: { kernel }, emit }: CrashContext): void {
  const vma = mm && vmas(mm).find(({ start, end }) => address >= start && address < end);
  if (!mm || !vma) {
    const text = () => `VIRTUAL     PHYSICAL\n${address.toString(16).padEnd(10)}  (not accessible)\n\n`;
    return emit(crashResult('translation', () => ({ virtual: hexOf(address), accessible: false }), text));
  }
  const space: AddressSpace = kernel.space(pageTableRoot(mm));
  const walk = space.walk(address);
  const last = walk.steps[walk.steps.length - 1];
  const state = last.level.name === 'PTE' ? pageState(last.entry) : undefined;
  const page = address - (address & 0xfffn);
  const swap = swapAreas(kernel);
  const place = walk.physical === undefined && state ? placeText(page, state, vma, swap) : undefined;
  const text = () => {
    const swapped =
      state?.kind === 'swapped'
        ? `      PTE          SWAP    OFFSET\n${last.entry.toString(16)}  ${swap[state.type]?.file ?? '(unknown)'}     ${state.offset}  \n\n`
        : '';
    const after = walk.physical === undefined ? `${swapped}${vmaText(vma)}\n${place ? `${place}\n\n` : ''}` : '';
    const tables = stepsText(walk);
    return `${headText(address, walk.physical)}\n${tables}${walk.physical === undefined ? `\n${after}` : `${vmaText(vma)}\n${frameText(kernel, walk)}`}`;
  };
  emit(crashResult('translation', () => ({ ...walkData(address, walk), vma: hexOf(vma.address), place }), text));
}

const hexOf = (value: bigint): string => `0x${value.toString(16)}`;

const walkData = (address: bigint, { physical, steps, span }: Walk) => ({
  virtual: hexOf(address),
  physical: physical === undefined ? null : `0x${physical.toString(16)}`,
  pageSize: physical === undefined ? undefined : span,
  tables: steps.map(({ level, at, entry }) => ({ level: level.name, at: `0x${at.toString(16)}`, entry: hexOf(entry) })),
});

const headText = (address: bigint, physical: number | undefined): string =>
  `VIRTUAL     PHYSICAL\n${address.toString(16).padEnd(10)}  ${physical === undefined ? '(not mapped)' : physical.toString(16)}\n`;

const sizes: Readonly<Record<number, string>> = { [2 ** 21]: '  (2MB)', [2 ** 30]: '  (1GB)' };

/** One line for each level, then the page and its entry taken apart. */
function stepsText({ steps, physical, span }: Walk): string {
  const lines = steps.map(({ level, at, entry }) => `   ${level.name}: ${at.toString(16)} => ${entry.toString(16)}\n`).join('');
  if (physical === undefined || steps.length === 0) return lines;
  const page = physical - (physical % span);
  return `${lines}  PAGE: ${page.toString(16)}${sizes[span] ?? ''}\n\n${entryText(steps[steps.length - 1].entry)}\n`;
}

function frameText(kernel: Kernel, { physical }: Walk): string {
  if (physical === undefined) return '\n';
  try {
    const frame = pageFrame(kernel, physical);
    if (!frame) return '\n';
    const { address, mapping, index, count, flags, flagNames } = frame;
    const page = physical - (physical % 4096);
    const fields = `${address.toString(16)} ${page.toString(16)} ${mapping.toString(16)} ${index.toString(16).padStart(8)} ${count}`;
    return `      PAGE       PHYSICAL      MAPPING       INDEX CNT FLAGS\n${fields} ${flags.toString(16)} ${flagNames.join(',')}\n`;
  } catch (error) {
    if (error instanceof MemoryError) return '\n';
    throw error;
  }
}
