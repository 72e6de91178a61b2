import { MemoryError, SondeError } from '../../base/errors.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import { mapleEntries } from '../../kernel/mapleTree.ts';
import { hasSlotTree, rbTreeEntries, slotTreeEntries } from '../../kernel/treeEntries.ts';
import type { KernelSession } from '../../session/kernelSession.ts';
import { addressOf } from './addressWord.ts';
import { type CrashCommand, crashResult, UsageError } from './command.ts';
import { entryText } from './entryStruct.ts';
import { isKernelAddress } from './kernelAddress.ts';
import { type Parsed, parseOptions } from './options.ts';
import { evaluationFor, offsetOf } from './struct.ts';

export const tree: CrashCommand = {
  name: 'tree',
  summary: 'display radix tree, XArray, red-black tree or maple tree',
  synopsis: `[-t [radix|xarray|rbtree|maple]] [-r offset] [-[s|S] struct[.member[,member]]]
       -[x|d] [-o offset] [-l] [-p] [-N] start`,
  help: `  -t      the tree's type: rbtree unless given; ra, x, rb, m are short for them.
  -r      offset of the root in the structure at the start: a number or struct.member.
  -o      offset of the rb_node in its structure.
  -s, -S  the structure, or its members, at each entry: struct.member,member; -S numbers and text alone.
  -l      a red-black tree from left to right.
  -p      where each entry is.
  -N      the start is a node.
  -x, -d  in hexadecimal or decimal.`,
  run(args, { session, emit }) {
    const options = parseOptions(args, 't:r:o:s:S:xdlpN');
    const kind = kindOf(options.value('t') ?? 'rbtree');
    refuseOthersOptions(kind, options);
    const start = startOf(options, session);
    const { kernel } = session;
    const evaluation = evaluationFor(session, options);
    const text = entryText(kernel, options, evaluation);
    const isHexadecimal = kind !== 'maple' || evaluation.limits.outputRadix === 16;
    const found: bigint[] = [];
    const rows: string[] = [];
    let failure: unknown;
    try {
      for (const { address, position } of entries(kernel, kind, start, options, session)) {
        found.push(address);
        rows.push(`${address.toString(isHexadecimal ? 16 : 10)}\n`, options.has('p') ? `  ${position}\n` : '');
        rows.push(text(address));
      }
    } catch (error) {
      failure = error;
    }
    // What comes before the place where the tree is damaged is shown.
    const data = () => found.map((address) => `0x${address.toString(16)}`);
    if (found.length > 0) emit(crashResult('tree', data, () => rows.join('')));
    if (failure instanceof MemoryError)
      throw new SondeError(`invalid kernel virtual address: ${failure.address.toString(16)}  type: "${kind} node"`);
    if (failure) throw failure;
  },
};

type Kind = 'radix' | 'xarray' | 'rbtree' | 'maple';
const kinds: Readonly<Record<string, Kind>> = {
  radix: 'radix',
  ra: 'radix',
  xarray: 'xarray',
  x: 'xarray',
  rbtree: 'rbtree',
  rb: 'rbtree',
  maple: 'maple',
  m: 'maple',
};

function kindOf(word: string): Kind {
  const kind = kinds[word];
  if (!kind) throw new UsageError(`invalid tree type: ${word}`);
  return kind;
}

const names: Readonly<Record<Kind, string>> = { radix: 'radix trees', xarray: 'Xarrays', rbtree: 'rbtrees', maple: 'maple trees' };

function refuseOthersOptions(kind: Kind, options: Parsed): void {
  const wrong = kind === 'rbtree' ? undefined : ['l', 'o'].find((letter) => options.has(letter));
  if (wrong) throw new SondeError(`-${wrong} option is not applicable to ${names[kind]}`);
}

function startOf(options: Parsed, session: KernelSession): bigint {
  const [word] = options.rest;
  if (word === undefined) throw new UsageError('a starting address is required');
  const address = addressOf(session.kernel, word);
  if (address === undefined || !isKernelAddress(session.kernel, address)) throw new SondeError(`invalid start argument: ${word}`);
  return address + offsetArgument(options, 'r', session);
}

function offsetArgument(options: Parsed, letter: 'r' | 'o', session: KernelSession): bigint {
  try {
    return offsetOf(options.value(letter), session);
  } catch (error) {
    if (!(error instanceof SondeError)) throw error;
    throw new SondeError(`invalid -${letter} argument: ${options.value(letter)}`);
  }
}

interface Entry {
  readonly address: bigint;
  /** What -p says of it. */
  readonly position: string;
}

function* entries(kernel: Kernel, kind: Kind, start: bigint, options: Parsed, session: KernelSession): Iterable<Entry> {
  const place = (path: readonly (number | string)[]): string => `position: ${['root', ...path].join('/')}`;
  if (kind === 'rbtree') {
    const offset = offsetArgument(options, 'o', session);
    const root = options.has('N') ? start : kernel.word(start);
    for (const { address, path } of rbTreeEntries(kernel, root, options.has('l')))
      yield { address: address - offset, position: place(path) };
    return;
  }
  if (kind === 'maple') {
    if (!kernel.layouts.has('maple_tree')) throw new SondeError('maple trees do not exist on this kernel');
    const root = options.has('N') ? start : kernel.object('maple_tree', start).pointer('ma_root');
    let number = 0;
    for (const { entry, path } of mapleEntries(kernel, root)) yield { address: entry, position: `index: ${++number}  ${place(path)}` };
    return;
  }
  if (!hasSlotTree(kernel, kind)) throw new SondeError(`${names[kind]} do not exist or have changed their format`);
  for (const { address, path, index } of slotTreeEntries(kernel, kind, start, options.has('N'))) {
    const position = path.length === 0 ? 'position: direct/0' : place(path);
    yield { address, position: `index: ${index}  ${position}` };
  }
}
