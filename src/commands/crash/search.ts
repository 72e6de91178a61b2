import { SondeError } from '../../base/errors.ts';
import { cpuCount } from '../../kernel/cpus.ts';
import { pageTableRoot } from '../../kernel/memoryMap.ts';
import { mappedPages, numberOffsets, physicalPages, type SearchedPage, textOffsets } from '../../kernel/search.ts';
import { taskStack } from '../../kernel/stacks.ts';
import { currentTask, type Task } from '../../kernel/tasks.ts';
import { addressOf } from './addressWord.ts';
import { type CrashCommand, type CrashContext, crashResult, UsageError } from './command.ts';
import { isKernelAddress } from './kernelAddress.ts';
import { type Parsed, parseOptions } from './options.ts';
import { taskData, taskHeader } from './taskText.ts';

export const search: CrashCommand = {
  name: 'search',
  summary: 'search memory',
  synopsis: `[-s start] [ -[kKV] | -u | -p | -t | -T ] [-e end | -l length] [-m mask]
         [-x count] -[cwh] [value | (expression) | symbol | string] ...`,
  help: `Where a value is in memory: words of 8 bytes, or with -w of 4, with -h of 2, or with -c text. What is mapped is searched, by the page tables.

  -k  all of the kernel's memory (this is the usual), -K without vmalloc, modules and the pages' structures, -V only those.
  -u  the selected task's user memory.   -p  physical memory.
  -t  the kernel stacks of all tasks, -T of those that run.
  -s, -e, -l  from an address, to an address, so many bytes.
  -m mask  bits that do not matter.
  -x n     so many words before and after each too.`,
  run(args, context) {
    const options = parseOptions(args, 'kKVuptTs:e:l:m:x:cwh');
    const request = parseRequest(options, context);
    if (options.has('t') || options.has('T')) return stacks(options.has('T'), request, context);
    report(pagesOf(options, request, context), request, undefined, context);
  },
};

interface Wanted {
  readonly value: bigint;
  /** Behind a result: how it was named. */
  readonly label: string;
}

interface Request {
  readonly size: 2 | 4 | 8;
  readonly values: readonly Wanted[];
  readonly texts: readonly string[];
  readonly ignored: bigint;
  readonly from: bigint | undefined;
  readonly to: bigint | undefined;
  readonly around: number;
}

function parseRequest(options: Parsed, { session: { kernel } }: CrashContext): Request {
  if (options.rest.length === 0) throw new UsageError('');
  if (options.has('e') && options.has('l')) throw new UsageError('');
  const size = options.has('h') ? 2 : options.has('w') ? 4 : 8;
  const letter = options.has('h') ? 'h' : 'w';
  const isText = options.has('c');
  const addressAt = (word: string | undefined) => {
    if (word === undefined) return undefined;
    const address = addressOf(kernel, word);
    if (address === undefined) throw new SondeError(`invalid input: "${word}"`);
    return address;
  };
  const from = addressAt(options.value('s'));
  const length = options.value('l');
  const to = length === undefined ? addressAt(options.value('e')) : (from ?? 0n) + countOf(length);
  if (from !== undefined && to !== undefined && to < from)
    throw new UsageError(`ending address ${to.toString(16)} is below starting address ${from.toString(16)}`);
  const values = isText ? [] : options.rest.map((word) => wanted(word, kernel));
  for (const { value } of values) {
    if (size < 8 && value >> BigInt(size * 8) !== 0n) throw new SondeError(`value too large for -${letter} option: ${value.toString(16)} `);
  }
  const mask = options.value('m');
  return {
    size,
    values,
    texts: isText ? options.rest : [],
    ignored: mask === undefined ? 0n : (hexadecimal(mask) ?? invalid(mask)),
    from,
    to,
    around: Number(options.value('x') ?? 0),
  };
}

const invalid = (word: string): never => {
  throw new SondeError(`invalid input: "${word}"`);
};

function countOf(text: string): bigint {
  if (/^\d+$/.test(text) || /^0x[0-9a-f]+$/i.test(text)) return BigInt(text);
  throw new SondeError(`invalid input: "${text}"`);
}

const hexadecimal = (text: string): bigint | undefined =>
  /^(0x)?[0-9a-f]{1,16}$/i.test(text) ? BigInt(`0x${text.replace(/^0x/i, '')}`) : undefined;

/** A number in hexadecimal, a symbol, or an expression in parentheses. */
function wanted(word: string, kernel: CrashContext['session']['kernel']): Wanted {
  const digits = word.replace(/^0x/i, '');
  if (/^[0-9a-f]{17,}$/i.test(digits)) throw new SondeError(`input string too large: "${word}" (${digits.length} vs 16)`);
  const number = hexadecimal(word);
  if (number !== undefined) return { value: number, label: '' };
  const address = addressOf(kernel, word);
  if (address === undefined) throw new SondeError(`invalid input: "${word}"`);
  return { value: address, label: word.startsWith('(') ? word : `(${word})` };
}

const everything = 1n << 64n;

function pagesOf(options: Parsed, { from = 0n, to = everything }: Request, { session }: CrashContext): Iterable<SearchedPage> {
  const { kernel, context: task } = session;
  if (options.has('u')) {
    if (!task.mm) throw new SondeError('current context has no user address space');
    return mappedPages(kernel, kernel.space(pageTableRoot(task.mm)), from, to < userEnd ? to : userEnd);
  }
  if (options.has('p') && !['k', 'K', 'V'].some((letter) => options.has(letter))) return physicalPages(kernel, Number(from), Number(to));
  if (options.has('s') && !isKernelAddress(kernel, from)) throw new UsageError(`invalid kernel virtual address: ${from.toString(16)}`);
  const all = mappedPages(kernel, kernel.memory, from > 1n << 63n ? from : 1n << 63n, to);
  if (!options.has('K') && !options.has('V')) return all;
  const isLinear = linearMemory(session);
  return filtered(all, (address) => isLinear(address) === options.has('K'));
}

/** Where user addresses end: with five levels of page tables. */
const userEnd = 1n << 56n;

function* filtered(pages: Iterable<SearchedPage>, isWanted: (address: bigint) => boolean): Iterable<SearchedPage> {
  for (const page of pages) if (isWanted(page.address)) yield page;
}

/** The direct map of physical memory, and the kernel's own image. */
function linearMemory({ kernel }: CrashContext['session']): (address: bigint) => boolean {
  const symbol = kernel.findSymbol('page_offset_base');
  const base = symbol === undefined ? 0xffff_8880_0000_0000n : kernel.word(symbol);
  const end = base + BigInt(kernel.dump.physical.end);
  return (address) => (address >= base && address < end) || (address >= 0xffff_ffff_8000_0000n && address < 0xffff_ffff_c000_0000n);
}

function stacks(onlyActive: boolean, request: Request, context: CrashContext): void {
  const { kernel } = context.session;
  const active = new Set(Array.from({ length: cpuCount(kernel) }, (_, cpu) => currentTask(kernel, cpu)));
  let isFirst = true;
  for (const task of kernel.tasks.filter(({ address }) => !onlyActive || active.has(address))) {
    const { base, end } = taskStack(task.object);
    const found = report(mappedPages(kernel, kernel.memory, base, end), { ...request, from: base, to: end }, { task, isFirst }, context);
    if (found) isFirst = false;
  }
}

/** Shows results as they are found. True if there were any. */
function report(
  pages: Iterable<SearchedPage>,
  request: Request,
  owner: { readonly task: Task; readonly isFirst: boolean } | undefined,
  { emit, session }: CrashContext,
): boolean {
  let any = false;
  for (const { page, next } of withNext(pages, request.texts.length > 0)) {
    for (const hit of hitsIn(page, next, request)) {
      const heading = any || !owner ? '' : `${owner.isFirst ? '' : '\n'}${taskHeader(owner.task)}`;
      any = true;
      emit(
        crashResult(
          'match',
          () => ({ address: `0x${hit.address.toString(16)}`, value: hit.text.trim(), ...(owner && { task: taskData(owner.task) }) }),
          () =>
            heading +
            (request.around > 0 && request.texts.length === 0
              ? surroundings(hit, request, session)
              : `${hit.address.toString(16)}: ${hit.text}\n`),
        ),
      );
    }
  }
  return any;
}

interface Hit {
  readonly address: bigint;
  /** The value and how it was named, or text. */
  readonly text: string;
}

/** Each page with the one that follows it in memory, which text may reach into. */
function* withNext(pages: Iterable<SearchedPage>, isWanted: boolean): Iterable<{ page: SearchedPage; next: Uint8Array | undefined }> {
  let last: SearchedPage | undefined;
  for (const page of pages) {
    if (!isWanted) {
      yield { page, next: undefined };
      continue;
    }
    if (last) yield { page: last, next: last.address + BigInt(last.bytes.length) === page.address ? page.bytes : undefined };
    last = page;
  }
  if (last) yield { page: last, next: undefined };
}

const shownText = 56;

function hitsIn({ address, bytes }: SearchedPage, next: Uint8Array | undefined, request: Request): Hit[] {
  const { from = 0n, to = everything, size, values, texts, ignored } = request;
  const isInside = (at: bigint) => at >= from && at < to;
  const hits = new Map<number, string>();
  for (const { value, label } of values) {
    for (const offset of numberOffsets(bytes, value, size, ignored))
      if (!hits.has(offset)) hits.set(offset, `${numberAt(bytes, offset, size).toString(16)} ${label}`);
  }
  for (const text of texts) {
    const pattern = new TextEncoder().encode(text);
    for (const offset of textOffsets(bytes, pattern, next)) {
      // As much as there is in its page, and within the limits; what was found is shown whole.
      const left = Math.min(shownText, bytes.length - offset, Number(to - address) - offset);
      hits.set(offset, printable(bytes, next, offset, Math.max(left, pattern.length)));
    }
  }
  return [...hits]
    .sort(([a], [b]) => a - b)
    .map(([offset, text]) => ({ address: address + BigInt(offset), text }))
    .filter(({ address: at }) => isInside(at));
}

function numberAt(bytes: Uint8Array, offset: number, size: number): bigint {
  let value = 0n;
  for (let index = size - 1; index >= 0; index--) value = (value << 8n) | BigInt(bytes[offset + index]);
  return value;
}

function printable(bytes: Uint8Array, next: Uint8Array | undefined, offset: number, length: number): string {
  let text = '';
  for (let at = offset; at < offset + length; at++) {
    const byte = at < bytes.length ? bytes[at] : next?.[at - bytes.length];
    if (byte === undefined) break;
    text += byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.';
  }
  return text;
}

/** `-x`: the words before and behind. */
function surroundings({ address, text }: Hit, { around, size }: Request, { kernel }: CrashContext['session']): string {
  const span = BigInt(around * size);
  return `${words(kernel, address - span, around, size)}${address.toString(16)}:  ${text}\n${words(kernel, address + BigInt(size), around, size)}\n`;
}

function words(kernel: CrashContext['session']['kernel'], from: bigint, count: number, size: number): string {
  const perLine = 16 / size;
  let text = '';
  for (let first = 0; first < count; first += perLine) {
    const at = from + BigInt(first * size);
    const bytes = kernel.memory.read(at, Math.min(count - first, perLine) * size);
    const shown = Array.from({ length: bytes.length / size }, (_, index) =>
      numberAt(bytes, index * size, size)
        .toString(16)
        .padStart(size * 2, '0'),
    );
    const width = perLine * (size * 2 + 1) + 1;
    text += `${at.toString(16)}:  ${`${shown.join(' ')} `.padEnd(width)} ${printable(bytes, undefined, 0, bytes.length)}\n`;
  }
  return text;
}
