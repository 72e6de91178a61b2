import { SondeError } from '../../base/errors.ts';
import { pageTableRoot, residentPages, type Vma, vmas } from '../../kernel/memoryMap.ts';
import { type SwapArea, swapAreas } from '../../kernel/swapAreas.ts';
import type { Task } from '../../kernel/tasks.ts';
import { type PageState, pagesIn } from '../../kernel/userPages.ts';
import { type CrashCommand, type CrashContext, crashResult } from './command.ts';
import { type Parsed, parseOptions } from './options.ts';
import { structText } from './structValue.ts';
import { tasksOrContext } from './taskSelection.ts';
import { pointer, taskData, taskHeader } from './taskText.ts';

export const vm: CrashCommand = {
  name: 'vm',
  summary: 'virtual memory',
  synopsis: `[-p | -P vma | -v | -m | -x | -d | [-R reference] [pid | task]]
   [-f vm_flags]`,
  help: `The address space of tasks: mm_struct, page tables, size, and its areas.
  -p  where every page of every area is: in memory, in a file, in swap, or nowhere.
  -P  the same for one area, given by the address of its vm_area_struct.
  -m, -v  the mm_struct, or every vm_area_struct, as structures; -x in hexadecimal, -d in decimal.
  -R  only areas to which this belongs: an address in it, or a part of the file's name.
  -f  what these flags of an area mean.`,
  run(args, context) {
    const options = parseOptions(args, 'pP:R:f:mvxd');
    const flags = options.value('f');
    if (flags !== undefined) return showFlags(flags, context);
    const area = options.value('P');
    for (const task of tasksOrContext(context.session, options.rest)) {
      if (options.has('m') || options.has('v')) showStructures(task, options, context);
      else showSpace(task, context, { pages: options.has('p') || area !== undefined, area, reference: options.value('R') });
    }
  },
};

function showStructures({ mm, ...rest }: Task, options: Parsed, { session, emit }: CrashContext): void {
  const radix = options.has('x') ? 16 : options.has('d') ? 10 : session.radix;
  const evaluation = session.evaluationContext();
  const shown = { ...evaluation, limits: { ...evaluation.limits, outputRadix: radix } as const };
  const name = options.has('m') ? 'mm_struct' : 'vm_area_struct';
  const type = session.kernel.types.struct(name);
  if (!type) return;
  const addresses = !mm ? [] : options.has('m') ? [mm.address] : vmas(mm).map(({ address }) => address);
  const text = () => `${taskHeader({ mm, ...rest })}${addresses.map((address) => structText(type, name, address, shown)).join('')}\n`;
  emit(crashResult('structures', () => addresses.map(hexOf), text));
}

interface Wanted {
  readonly pages: boolean;
  readonly area: string | undefined;
  readonly reference: string | undefined;
}

function showSpace(task: Task, { session: { kernel }, emit }: CrashContext, { pages, area, reference }: Wanted): void {
  const { mm } = task;
  if (!mm)
    return emit(
      crashResult(
        'memory',
        () => taskData(task),
        () => `${taskHeader(task)}${spaceHeading}       0                 0            0k       0k   \n\n`,
      ),
    );
  const group = kernel.tasks.filter(({ tgid }) => tgid === task.tgid).map(({ object }) => object);
  const sizes = { resident: residentPages(mm, group) * 4, total: mm.number('total_vm') * 4 };
  const all = vmas(mm);
  const shown = all.filter((vma) => (area === undefined || vma.address.toString(16) === bareHex(area)) && belongs(vma, reference));
  if (area !== undefined && shown.length === 0) throw new SondeError(`invalid vm_area_struct address: ${area}`);
  if (reference !== undefined && shown.length === 0) return;
  const space = kernel.space(pageTableRoot(mm));
  const swap = pages ? swapAreas(kernel) : [];
  const pagesOf = (vma: Vma) => pagesIn(space, kernel.dump.physical, vma.start, vma.end);
  const data = () => ({
    ...taskData(task),
    mm: hexOf(mm.address),
    pgd: hexOf(mm.pointer('pgd')),
    ...sizes,
    areas: shown.map((vma) => ({
      ...areaData(vma),
      ...(pages ? { pages: Array.from(pagesOf(vma), ({ address, state }) => pageData(address, state, vma, swap)) } : {}),
    })),
  });
  const text = () => {
    const head = `${spaceHeading}${pointer(mm.address)}  ${pointer(mm.pointer('pgd'))}  ${sizes.resident}k    ${sizes.total}k \n`;
    const parts = [taskHeader(task), area === undefined ? `${head}${pages ? '' : areaHeading}` : ''];
    for (const vma of shown) {
      if (!pages) parts.push(areaLine(vma));
      else parts.push(areaHeading, areaLine(vma), 'VIRTUAL     PHYSICAL\n', ...pageLines(pagesOf(vma), vma, swap));
    }
    return `${parts.join('')}\n`;
  };
  emit(crashResult('memory', data, text));
}

const spaceHeading = '       MM               PGD          RSS    TOTAL_VM\n';
const areaHeading = '      VMA           START       END     FLAGS FILE\n';
const hexOf = (value: bigint): string => `0x${value.toString(16)}`;
const bareHex = (word: string): string => word.replace(/^0x/i, '').toLowerCase();

export const areaLine = ({ address, start, end, flags, file }: Vma): string =>
  `${pointer(address)} ${start.toString(16).padStart(10)} ${end.toString(16).padStart(10)} ${flags.toString(16)} ${file}\n`;

export const vmaText = (vma: Vma): string => `${areaHeading}${areaLine(vma)}`;

const areaData = ({ address, start, end, flags, file, pageOffset }: Vma) => ({
  vma: hexOf(address),
  start: hexOf(start),
  end: hexOf(end),
  flags: hexOf(flags),
  file,
  offset: hexOf(pageOffset << 12n),
});

function belongs({ start, end, file }: Vma, reference: string | undefined): boolean {
  if (reference === undefined) return true;
  const address = /^(0x)?[0-9a-f]+$/i.test(reference) ? BigInt(`0x${bareHex(reference)}`) : undefined;
  return (address !== undefined && address >= start && address < end) || file.includes(reference);
}

/** Where a page that is not in memory can be found: `FILE: …`, `SWAP: …`; undefined for one that is nowhere. */
export function placeText(address: bigint, state: PageState, vma: Vma, swap: readonly (SwapArea | undefined)[]): string | undefined {
  if (state.kind === 'swapped') return `SWAP: ${swap[state.type]?.file ?? '(unknown)'}  OFFSET: ${state.offset}`;
  if (vma.file === '') return undefined;
  return `FILE: ${vma.file}  OFFSET: ${((vma.pageOffset << 12n) + address - vma.start).toString(16)}`;
}

function* pageLines(
  pages: Iterable<{ address: bigint; state: PageState }>,
  vma: Vma,
  swap: readonly (SwapArea | undefined)[],
): Iterable<string> {
  for (const { address, state } of pages) {
    const where = state.kind === 'mapped' ? state.physical.toString(16) : (placeText(address, state, vma, swap) ?? '(not mapped)');
    yield `${address.toString(16).padEnd(10)}  ${where}\n`;
  }
}

const pageData = (address: bigint, state: PageState, vma: Vma, swap: readonly (SwapArea | undefined)[]) => ({
  virtual: hexOf(address),
  ...(state.kind === 'mapped'
    ? { physical: `0x${state.physical.toString(16)}` }
    : { place: placeText(address, state, vma, swap) ?? 'not mapped' }),
});

/** VM_* (include/linux/mm.h), as far as every kernel agrees on them; crash's names. */
const flagNames: readonly (readonly [bigint, string])[] = [
  [0x1n, 'READ'],
  [0x2n, 'WRITE'],
  [0x4n, 'EXEC'],
  [0x8n, 'SHARED'],
  [0x10n, 'MAYREAD'],
  [0x20n, 'MAYWRITE'],
  [0x40n, 'MAYEXEC'],
  [0x80n, 'MAYSHARE'],
  [0x100n, 'GROWSDOWN'],
  [0x400n, 'PFNMAP'],
  [0x800n, 'DENYWRITE'],
  [0x2000n, 'LOCKED'],
  [0x4000n, 'IO'],
  [0x8000n, 'SEQ_READ'],
  [0x10000n, 'RAND_READ'],
  [0x20000n, 'DONTCOPY'],
  [0x40000n, 'DONTEXPAND'],
  [0x100000n, 'ACCOUNT'],
  [0x400000n, 'HUGETLB'],
  [0x8000000n, 'CAN_NONLINEAR'],
  [0x10000000n, 'MIXEDMAP'],
  [0x20000000n, 'HUGEPAGE'],
  [0x40000000n, 'NOHUGEPAGE'],
];

function showFlags(text: string, { emit }: CrashContext): void {
  if (!/^(0x)?[0-9a-f]{1,16}$/i.test(text)) throw new SondeError(`invalid vm_flags value: ${text}`);
  const value = BigInt(`0x${bareHex(text)}`);
  const names = flagNames.filter(([bit]) => value & bit).map(([, name]) => name);
  emit(
    crashResult(
      'flags',
      () => names,
      () => `${value.toString(16)}: (${names.join('|')})\n`,
    ),
  );
}
