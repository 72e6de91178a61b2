import { MemoryError, SondeError } from '../../base/errors.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import { memorySections, pagesPerSection } from '../../kernel/memoryNodes.ts';
import { pageFrame, pageStructure } from '../../kernel/pageFrame.ts';
import { addressOf } from './addressWord.ts';
import { type CrashContext, crashResult } from './command.ts';
import { isKernelAddress } from './kernelAddress.ts';

export const pageHeader = '      PAGE       PHYSICAL      MAPPING       INDEX CNT FLAGS\n';
const pageSize = 4096;

/** `kmem -p`: a section's pages at a time. The structures are read whole and taken apart here: there are a quarter of a million in a gigabyte. */
export function allPages({ session: { kernel }, emit }: CrashContext): void {
  const row = rowMaker(kernel);
  let header = pageHeader;
  for (const { number } of memorySections(kernel)) {
    const first = number * pagesPerSection;
    for (let from = first; from < first + pagesPerSection; from += pagesAtOnce) {
      const rows = readPages(kernel, from, pagesAtOnce, row);
      const heading = header;
      header = '';
      emit(
        crashResult(
          'pages',
          () => rows.map(rowData),
          () => heading + rows.map(rowText).join(''),
        ),
      );
    }
  }
}

const pagesAtOnce = 4096;

interface Row {
  readonly page: bigint;
  readonly physical: number;
  readonly mapping: bigint;
  readonly index: bigint;
  readonly count: number;
  readonly flags: bigint;
  readonly names: string;
}

const rowData = ({ page, physical, mapping, index, count, flags, names }: Row) => ({
  page: `0x${page.toString(16)}`,
  physical: `0x${physical.toString(16)}`,
  mapping: `0x${mapping.toString(16)}`,
  index: Number(index),
  count,
  flags: `0x${flags.toString(16)}`,
  names: names === '' ? [] : names.split(','),
});

const rowText = ({ page, physical, mapping, index, count, flags, names }: Row): string =>
  `${page.toString(16)} ${physical.toString(16).padStart(8)} ${mapping.toString(16).padStart(16)} ${index.toString(16).padStart(8)} ${String(count).padStart(2)} ${flags.toString(16)} ${names}\n`;

type RowMaker = (view: DataView, at: number, page: bigint, physical: number) => Row;

/** Offsets once, and the names of each combination of flags once. */
function rowMaker(kernel: Kernel): RowMaker {
  const { layouts } = kernel;
  const offset = (path: string) => layouts.offset('page', path);
  const [flagsAt, mappingAt, countAt] = [offset('flags'), offset('mapping'), offset('_refcount')];
  const indexAt = offset(layouts.has('page', 'index') ? 'index' : '__folio_index');
  const bits: { name: string; value: bigint }[] = [];
  for (const { name, value } of kernel.types.enumeration('pageflags')?.enumerators ?? []) {
    if (name === '__NR_PAGEFLAGS') break;
    bits.push({ name: name.replace(/^PG_/, ''), value });
  }
  const known = new Map<bigint, string>();
  const namesOf = (flags: bigint): string => {
    let names = known.get(flags);
    if (names === undefined) {
      names = bits
        .filter(({ value }) => (flags >> value) & 1n)
        .map(({ name }) => name)
        .join(',');
      known.set(flags, names);
    }
    return names;
  };
  return (view, at, page, physical) => {
    const flags = view.getBigUint64(at + flagsAt, true);
    return {
      page,
      physical,
      mapping: view.getBigUint64(at + mappingAt, true),
      index: view.getBigUint64(at + indexAt, true),
      count: view.getInt32(at + countAt, true),
      flags,
      names: namesOf(flags),
    };
  };
}

/** Pages whose structures are not in the dump are left out. */
function readPages(kernel: Kernel, frame: number, count: number, row: RowMaker): Row[] {
  const base = pageStructure(kernel, frame * pageSize)?.address;
  if (base === undefined) throw new SondeError('this kernel has no virtual memory map');
  const size = kernel.layouts.size('page');
  const rows: Row[] = [];
  const perRead = pageSize / size; // whole structures as long as they are a power of two
  const step = Number.isInteger(perRead) ? perRead : 1;
  for (let done = 0; done < count; done += step) {
    const at = base + BigInt(done * size);
    try {
      const bytes = kernel.memory.read(at, step * size);
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      for (let page = 0; page < step; page++) rows.push(row(view, page * size, at + BigInt(page * size), (frame + done + page) * pageSize));
    } catch (error) {
      if (!(error instanceof MemoryError)) throw error;
    }
  }
  return rows;
}

/** `kmem -p ADDRESS…`. */
export function pagesAt(words: readonly string[], { session: { kernel }, emit }: CrashContext): void {
  let header = pageHeader;
  for (const word of words) {
    const row = pageLine(kernel, physicalOf(kernel, word));
    if (!row) throw new SondeError(`cannot determine page for ${word}`);
    const heading = header;
    header = '';
    emit(
      crashResult(
        'page',
        () => row.data,
        () => heading + row.text,
      ),
    );
  }
}

/** A kernel address through the page tables, anything else is physical already. */
export function physicalOf(kernel: Kernel, word: string): number | undefined {
  const address = addressOf(kernel, word);
  if (address === undefined) throw new SondeError(`invalid address: ${word}`);
  return isKernelAddress(kernel, address) ? kernel.memory.translate(address) : Number(address);
}

/** The line of one page. Undefined where it has no structure in the dump. */
export function pageLine(kernel: Kernel, physical: number | undefined): { data: unknown; text: string } | undefined {
  if (physical === undefined || physical >= kernel.dump.physical.end) return undefined;
  try {
    const frame = pageFrame(kernel, physical);
    if (!frame) return undefined;
    const { address: page, mapping, index, count, flags, flagNames } = frame;
    const row = { page, physical: physical - (physical % pageSize), mapping, index, count, flags, names: flagNames.join(',') };
    return { data: rowData(row), text: rowText(row) };
  } catch (error) {
    if (error instanceof MemoryError) return undefined;
    throw error;
  }
}
