import { writeFileSync } from 'node:fs';
import { MemoryError, SondeError } from '../../base/errors.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import { pageTableRoot } from '../../kernel/memoryMap.ts';
import type { KernelSession } from '../../session/kernelSession.ts';
import { PhysicalError } from '../../targets/kernel/physical.ts';
import { addressOf } from './addressWord.ts';
import { type CrashCommand, type CrashContext, crashResult, UsageError } from './command.ts';
import { isKernelAddress } from './kernelAddress.ts';
import { memoryLines, type Shape, type Width } from './memoryLines.ts';
import { type Parsed, parseOptions } from './options.ts';
import { namedWords, symbolText } from './wordText.ts';

export const rd: CrashCommand = {
  name: 'rd',
  summary: 'read memory',
  synopsis: `[-adDsSupxN][-8|-16|-32|-64][-o offs][-e addr][-r file][address|symbol]
   [count]`,
  help: `  -p, -u  a physical address; one of the selected task's memory.
  -8 -16 -32 -64  how wide the values are (64); -d signed, -D unsigned decimal; -N in network order (16 and 32).
  -x      without the characters at the line's end.
  -a      as text, to the first character that can't be printed or so many.
  -s      symbols where values are addresses of them; -S slab caches too, -SS with the address.
  -o, -e  an offset to begin at, an address to end at.
  -r      writes so many bytes to a file.`,
  run(args, context) {
    const options = parseOptions(args.map(spelledWidth), 'adDsSupxNo:e:r:w:');
    const [where, countWord] = options.rest;
    if (where === undefined) throw new UsageError('');
    const { session } = context;
    const start = addressOf(session.kernel, where);
    if (start === undefined) throw new SondeError(`symbol not found: ${where}\npossible alternatives:\n  (none found)`);
    const address = BigInt.asUintN(64, start + offsetOf(options.value('o')));
    const reader = readerFor(session, options, address);
    const width = Number(options.value('w') ?? 64) as Width;
    if (width !== 64 && (options.has('s') || options.has('S'))) throw new UsageError('-s option is only allowed with 64-bit display');
    const count = countOf(options, countWord, address, width);
    const file = options.value('r');
    if (file !== undefined) return save(file, address, count ?? 1, reader, context);
    if (options.has('a')) return showText(address, count, reader, context);
    showValues(address, count ?? 1, width, options, reader, context);
  },
};

/** `-8` and `-32` are no letters: `-w8`. */
const spelledWidth = (word: string): string => (/^-(8|16|32|64)$/.test(word) ? `-w${word.slice(1)}` : word);

function offsetOf(word: string | undefined): bigint {
  if (word === undefined) return 0n;
  if (!/^-?(0x[0-9a-f]+|\d+)$/i.test(word)) throw new SondeError(`invalid input: "${word}"`);
  return word.startsWith('-') ? -BigInt(word.slice(1)) : BigInt(word);
}

function countOf(options: Parsed, word: string | undefined, address: bigint, width: Width): number | undefined {
  const end = options.value('e');
  if (end !== undefined) {
    if (!/^(0x)?[0-9a-f]{1,16}$/i.test(end)) throw new SondeError(`invalid input: "${end}"`);
    const bytes = Number(BigInt(`0x${end.replace(/^0x/i, '')}`) - address);
    if (bytes <= 0) throw new SondeError(`invalid ending address: ${end}`);
    return Math.ceil(bytes / (options.has('r') ? 1 : width / 8));
  }
  if (word === undefined) return undefined;
  if (!/^(0x[0-9a-f]+|\d+|[0-9a-f]+)$/i.test(word)) throw new SondeError(`invalid input: "${word}"`);
  return Number(/^(0x[0-9a-f]+|\d+)$/i.test(word) ? word : `0x${word}`);
}

/** Reads some bytes, or says in crash's words why it can't. */
interface Reader {
  read(address: bigint, length: number): Uint8Array;
  readonly type: 'KVADDR' | 'UVADDR' | 'PHYSADDR';
}

function readerFor({ kernel, context }: KernelSession, options: Parsed, address: bigint): Reader {
  if (options.has('p')) return { type: 'PHYSADDR', read: (at, length) => kernel.dump.physical.read(Number(at), length) };
  if (!options.has('u') && isKernelAddress(kernel, address))
    return { type: 'KVADDR', read: (at, length) => kernel.memory.read(at, length) };
  const { mm } = context;
  if (!mm) throw new SondeError(`invalid user virtual address: ${address.toString(16)}  type: "64-bit UVADDR"`);
  const space = kernel.space(pageTableRoot(mm));
  return { type: 'UVADDR', read: (at, length) => space.read(at, length) };
}

const kinds = { KVADDR: 'kernel virtual address', UVADDR: 'user virtual address', PHYSADDR: 'physical address' } as const;

/** crash reads value by value: what comes before the first that can't be read is shown. */
function readAll(reader: Reader, address: bigint, length: number, width: number): { bytes: Uint8Array; problem?: string } {
  try {
    return { bytes: reader.read(address, length) };
  } catch (error) {
    if (!(error instanceof MemoryError || error instanceof PhysicalError)) throw error;
    const first = error instanceof MemoryError ? error.address : error.physical;
    const whole = Number((first - address) / BigInt(width)) * width;
    const bad = (address + BigInt(whole)).toString(16);
    return { bytes: whole > 0 ? reader.read(address, whole) : new Uint8Array(0), problem: problemText(error, bad, reader, width) };
  }
}

function problemText(error: MemoryError | PhysicalError, address: string, { type }: Reader, width: number): string {
  const what = `${kinds[type]}: ${address}  type: "${width * 8}-bit ${type}"`;
  const isExcluded = error instanceof MemoryError ? error.reason === 'excluded from dump' : error.fault === 'excluded';
  if (isExcluded) return `page excluded: ${what}`;
  return type === 'PHYSADDR' ? `read error: ${what}` : `invalid ${what}`;
}

/** More than anyone reads: a count that was meant as an address. */
const mostBytes = 1 << 30;

function showValues(address: bigint, count: number, width: Width, options: Parsed, reader: Reader, { session, emit }: CrashContext): void {
  const size = width / 8;
  if (count * size > mostBytes) throw new SondeError(`invalid count: ${count}`);
  const { bytes, problem } = readAll(reader, address, count * size, size);
  const isNetworkOrder = options.has('N') && (width === 16 || width === 32);
  const shape: Shape = {
    width,
    format: options.has('d') ? 'signed' : options.has('D') ? 'unsigned' : 'hex',
    characters: !['x', 'd', 'D', 's', 'S'].some((letter) => options.has(letter)) && !isNetworkOrder,
    networkOrder: isNetworkOrder,
    name: namer(session.kernel, options),
  };
  if (bytes.length > 0) {
    const data = () => ({ address: `0x${address.toString(16)}`, bytes: Buffer.from(bytes).toString('hex') });
    emit(crashResult('memory', data, () => memoryLines(address, bytes, shape)));
  }
  if (problem) throw new SondeError(problem);
}

function namer(kernel: Kernel, options: Parsed): Shape['name'] {
  const slabs = options.given.filter(({ letter }) => letter === 'S').length;
  if (slabs > 0) return namedWords(kernel, 10, { addresses: slabs > 1 });
  if (!options.has('s')) return undefined;
  return (word) => symbolText(kernel, word, 10) ?? word.toString(16).padStart(16, '0');
}

const textColumns = 60;

function showText(address: bigint, count: number | undefined, reader: Reader, { emit }: CrashContext): void {
  let text = '';
  let problem: string | undefined;
  while (count === undefined || text.length < count) {
    const at = address + BigInt(text.length);
    const within = 4096 - Number(at & 0xfffn);
    const part = readAll(reader, at, count === undefined ? within : Math.min(within, count - text.length), 1);
    const end = part.bytes.findIndex((byte) => !isPrintable(byte));
    text += Buffer.from(end < 0 ? part.bytes : part.bytes.subarray(0, end)).toString('latin1');
    problem = text === '' ? part.problem : undefined;
    if (end >= 0 || part.problem) break;
  }
  if (problem) throw new SondeError(problem);
  const lines = Array.from({ length: Math.ceil(text.length / textColumns) }, (_, index) => {
    const at = (address + BigInt(index * textColumns)).toString(16).padStart(16);
    return `${at}:  ${text.slice(index * textColumns, (index + 1) * textColumns)}\n`;
  });
  emit(
    crashResult(
      'memory',
      () => ({ address: `0x${address.toString(16)}`, text }),
      () => lines.join(''),
    ),
  );
}

const isPrintable = (byte: number): boolean => (byte >= 0x20 && byte < 0x7f) || byte === 9;

function save(file: string, address: bigint, count: number, reader: Reader, { emit }: CrashContext): void {
  if (count > mostBytes) throw new SondeError(`invalid count: ${count}`);
  const { bytes, problem } = readAll(reader, address, count, 1);
  if (problem) throw new SondeError(problem);
  try {
    writeFileSync(file, bytes);
  } catch (error) {
    throw new SondeError(
      `${file}: ${(error as NodeJS.ErrnoException).code === 'ENOENT' ? 'No such file or directory' : (error as Error).message}`,
    );
  }
  const text = `${bytes.length} bytes copied from 0x${address.toString(16)} to ${file}\n`;
  emit(
    crashResult(
      'saved',
      () => ({ file, bytes: bytes.length }),
      () => text,
    ),
  );
}
