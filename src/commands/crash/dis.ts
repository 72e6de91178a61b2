import type { DecodedInstruction } from '../../arch/disassemble.ts';
import { SondeError } from '../../base/errors.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import { pageTableRoot } from '../../kernel/memoryMap.ts';
import type { KernelSession } from '../../session/kernelSession.ts';
import { addressOf } from './addressWord.ts';
import { instructions, operationText, withoutPadding } from './codeLines.ts';
import { type CrashCommand, type CrashContext, crashResult, UsageError } from './command.ts';
import { sourceListing } from './disSource.ts';
import { functionAt, placeText } from './functionText.ts';
import { type Parsed, parseOptions } from './options.ts';
import { pointer } from './taskText.ts';

export const dis: CrashCommand = {
  name: 'dis',
  summary: 'disassemble',
  synopsis: '[-rfludxs][-b [num]] [address | symbol | (expression)] [count]',
  help: `Shows machine code: a whole function if a function is named, else one instruction, or as many as count says.
  -r  from the beginning of the function up to the address.
  -f  from the address to the end of the function.
  -l  source lines, where the kernel's debug file is known; -s only which line the address is of.
  -u  the address is one of the selected task's program.
  -x, -d  offsets in hexadecimal, in decimal.
  -b  how many bytes are skipped behind ud2: none.`,
  run(args, context) {
    const options = parseOptions(args, 'rfludxsb');
    if (options.has('b')) return skippedBytes(context);
    const [word, countWord, ...more] = options.rest;
    if (word === undefined || more.length > 0) throw new UsageError('');
    const count = countWord === undefined ? undefined : instructionCount(countWord);
    const { kernel } = context.session;
    const address = addressOf(kernel, word);
    if (address === undefined) return notFound(kernel, word, context);
    const isUser = options.has('u') && !options.has('s');
    if (!isUser && !kernel.symbols.nearest(address)) {
      const text = `WARNING: ${address.toString(16)}: no associated kernel symbol found\n`;
      context.emit({ kind: 'warning', data: text.trimEnd(), text: () => text });
    }
    if (options.has('s')) return sourceListing(word, address, count, context);
    show(isUser ? userCode(context.session, address, count ?? 1) : kernelCode(kernel, address, count, options), options, context);
  },
};

/** More than anyone reads. */
const mostInstructions = 1 << 20;

function instructionCount(word: string): number {
  if (!/^(0x[0-9a-f]+|\d+)$/i.test(word)) throw new SondeError(`not a valid number: ${word}`);
  const count = Number(word);
  if (count < 1) throw new SondeError(`invalid count argument: ${word}`);
  return Math.min(count, mostInstructions);
}

function kernelCode(kernel: Kernel, address: bigint, count: number | undefined, options: Parsed): readonly DecodedInstruction[] {
  const found = kernel.symbols.nearest(address);
  const code = found
    ? selectedCode(kernel, address, found.symbol.address, count, options)
    : first(instructions(kernel.memory, address), count ?? 1);
  if (found && code.length === 0) throw unreadable('kernel', address);
  return code;
}

const unreadable = (kind: 'user' | 'kernel', address: bigint): SondeError =>
  new SondeError(`invalid ${kind} virtual address: ${address.toString(16)}  type: "gdb_readmem_callback"`);

function selectedCode(
  kernel: Kernel,
  address: bigint,
  start: bigint,
  count: number | undefined,
  options: Parsed,
): readonly DecodedInstruction[] {
  if (options.has('r')) {
    const code = [...instructions(kernel.memory, start, address + 1n)];
    return count === undefined ? code : code.slice(-count);
  }
  const isFunction = address === start && kernel.text.holds(address);
  if (!options.has('f') && (count !== undefined || !isFunction)) return first(instructions(kernel.memory, address), count ?? 1);
  const end = kernel.symbols.next(address);
  const code = first(instructions(kernel.memory, address, end), count ?? mostInstructions);
  // Of modules crash shows what is between functions too.
  return kernel.symbols.nearest(address)?.symbol.module === undefined && count === undefined ? withoutPadding(code) : code;
}

function userCode({ kernel, context: task }: KernelSession, address: bigint, count: number): readonly DecodedInstruction[] {
  const isUser = address < 1n << 63n;
  const memory = isUser ? task.mm && kernel.space(pageTableRoot(task.mm)) : kernel.memory;
  const code = memory ? first(instructions(memory, address), count) : [];
  if (code.length > 0) return code;
  throw unreadable(isUser ? 'user' : 'kernel', address);
}

function first<T>(items: Iterable<T>, count: number): T[] {
  const taken: T[] = [];
  for (const item of items) {
    if (taken.length === count) break;
    taken.push(item);
  }
  return taken;
}

function show(code: readonly DecodedInstruction[], options: Parsed, { session, emit }: CrashContext): void {
  const { kernel } = session;
  const radix = options.has('x') ? 16 : options.has('d') ? 10 : session.radix;
  const place = (address: bigint) => (kernel.symbols.nearest(address) ? ` <${placeText(functionAt(kernel, address), radix)}>` : '');
  const operation = (instruction: DecodedInstruction) => operationText(kernel, instruction, radix, options.has('u'));
  const text = () => {
    let line: string | undefined;
    return code
      .map((instruction) => {
        const { address } = instruction;
        const source = options.has('l') && !options.has('u') ? lineText(session, address) : undefined;
        const heading = source === undefined || source === line ? '' : `${source}\n`;
        line = source ?? line;
        const name = place(address);
        const indent = options.has('u') || name === '' ? '   ' : '';
        return `${heading}${indent}0x${address.toString(16)}${name}:\t${operation(instruction)}\n`;
      })
      .join('');
  };
  const data = () =>
    code.map((instruction) => ({
      address: `0x${instruction.address.toString(16)}`,
      symbol: place(instruction.address).trim() || undefined,
      bytes: Buffer.from(instruction.bytes).toString('hex'),
      text: operation(instruction),
      line: lineText(session, instruction.address),
    }));
  emit(crashResult('disassembly', data, text));
}

function lineText(session: KernelSession, address: bigint): string | undefined {
  const found = session.lineAt(address);
  return found && `${found.file}: ${found.line}`;
}

/** crash's words for a name that nothing has, with those that contain it. */
function notFound(kernel: Kernel, word: string, { emit }: CrashContext): void {
  const similar = [...kernel.symbols.all()].filter(({ name }) => name.includes(word)).sort((a, b) => (a.address < b.address ? -1 : 1));
  const lines = similar.map(
    ({ address, type, name, module }) => `  ${pointer(address)} (${type}) ${name}${module ? ` [${module}]` : ''}\n`,
  );
  emit({
    kind: 'no symbol',
    data: { name: word, alternatives: similar.map(({ name }) => name) },
    text: () => `symbol not found: ${word}\npossible alternatives:\n${lines.join('') || '  (none found)\n'}`,
  });
}

function skippedBytes({ emit }: CrashContext): void {
  emit({ kind: 'setting', data: 0, text: () => 'encoded bytes being skipped after ud2a: 0\n' });
}
