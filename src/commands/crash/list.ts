import { MemoryError, SondeError } from '../../base/errors.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import { linkedNodes } from '../../kernel/lists.ts';
import type { KernelSession } from '../../session/kernelSession.ts';
import { addressOf } from './addressWord.ts';
import { type CrashCommand, crashResult, UsageError } from './command.ts';
import { entryText } from './entryStruct.ts';
import { isKernelAddress } from './kernelAddress.ts';
import { type Parsed, parseOptions } from './options.ts';
import { evaluationFor, offsetOf } from './struct.ts';

export const list: CrashCommand = {
  name: 'list',
  summary: 'linked list',
  synopsis: `[[-o] offset][-e end][-[s|S] struct[.member[,member] [-l offset]] -[x|d]]
       [-r|-B] [-h [-O head_offset]|-H] start`,
  help: `The structures of a linked list: from the start, whose first word (or the one at an offset) points to the next.
  -H      the start is a list_head outside of any structure of the list; -h it is a structure of the list; -O its own offset where that is another.
  -o      offset of the link: a number or struct.member; the -o may be left out.
  -e      an address to end at.
  -s, -S  the structure, or its members, at each: struct.member,member; -S numbers and text alone.
  -l      offset of the list_head, to be subtracted for -s.
  -r      backwards. -x, -d  in hexadecimal or decimal. -B changes nothing: circles are always found.`,
  run(args, { session, emit }) {
    const options = parseOptions(args, 'o:e:s:S:l:O:xdrBhH');
    const { kernel } = session;
    const request = requestOf(options, session);
    const text = entryText(kernel, options, evaluationFor(session, options));
    const before = offsetOf(options.value('l'), session);
    const found: bigint[] = [];
    const rows: string[] = [];
    let failure: unknown;
    try {
      for (const address of entries(kernel, request)) {
        found.push(address);
        rows.push(`${address.toString(16)}\n`);
        rows.push(text(BigInt.asUintN(64, address - before)));
      }
    } catch (error) {
      failure = error;
    }
    // What comes before the place where the list breaks is shown.
    if (rows.length > 0 || !failure) {
      emit(
        crashResult(
          'list',
          () => found.map((address) => `0x${address.toString(16)}`),
          () => (rows.length > 0 ? rows.join('') : '(empty)\n'),
        ),
      );
    }
    if (failure instanceof MemoryError) throw unreadable(failure, found.length === 0);
    if (failure) throw failure;
  },
};

const unreadable = ({ address }: MemoryError, isFirst: boolean): SondeError =>
  new SondeError(`invalid kernel virtual address: ${address.toString(16)}  type: "${isFirst ? 'first ' : ''}list entry"`);

/** What list is wanted. */
interface ListRequest {
  readonly start: bigint;
  /** Of the link in the structures. */
  readonly offset: bigint;
  /** `outside`: the start is a bare list_head; `inside`: a structure with one at `headOffset`; `plain`: the first structure of a chain. */
  readonly head: 'outside' | 'inside' | 'plain';
  readonly headOffset: bigint | undefined;
  readonly end: bigint | undefined;
  readonly isReversed: boolean;
}

function requestOf(options: Parsed, session: KernelSession): ListRequest {
  let start: bigint | undefined;
  let offset = options.has('o') ? offsetOf(options.value('o'), session) : undefined;
  for (const word of options.rest) {
    if (offset === undefined && isOffset(word, session)) {
      offset = offsetOf(word, session);
      continue;
    }
    if (start !== undefined) throw new SondeError('list start already entered');
    const address = addressOf(session.kernel, word);
    if (address === undefined) throw new SondeError(`invalid argument: ${word}`);
    if (!isKernelAddress(session.kernel, address)) throw new SondeError(`invalid kernel virtual address: ${word}`);
    start = address;
  }
  if (start === undefined) throw new UsageError('starting address required');
  const end = options.value('e');
  const endAddress = end === undefined ? undefined : addressOf(session.kernel, end);
  if (end !== undefined && endAddress === undefined) throw new SondeError(`invalid argument: ${end}`);
  return {
    start,
    offset: offset ?? 0n,
    head: options.has('H') ? 'outside' : options.has('h') ? 'inside' : 'plain',
    headOffset: options.has('O') ? offsetOf(options.value('O'), session) : undefined,
    end: endAddress,
    isReversed: options.has('r'),
  };
}

/** `struct.member` of this kernel, or a number too small to be an address, if something else follows that is one. */
function isOffset(word: string, { kernel }: KernelSession): boolean {
  const [, name, member] = /^([a-z_]\w*)\.([\w.]+)$/i.exec(word) ?? [];
  if (name !== undefined) return kernel.layouts.has(name, member);
  return /^(0x[0-9a-f]{1,4}|[1-9]\d{0,4})$/i.test(word) && kernel.symbols.named(word).length === 0;
}

/** Addresses of structures, but of a plain chain what its links say. */
function* entries(kernel: Kernel, { start, offset, head, headOffset, end, isReversed }: ListRequest): Iterable<bigint> {
  const back = isReversed ? 8n : 0n;
  const isEnd = (node: bigint): boolean => node === end;
  if (head === 'plain') {
    yield* linkedNodes(kernel, start, offset + back, isEnd);
    return;
  }
  const anchor = head === 'outside' ? start : start + (headOffset ?? offset);
  const first = kernel.word(anchor + back);
  if (head === 'inside' && headOffset === undefined) yield start;
  for (const node of linkedNodes(kernel, first, back, (at) => at === anchor || isEnd(at))) yield BigInt.asUintN(64, node - offset);
}
