import { SondeError } from '../../base/errors.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import { pageStructure } from '../../kernel/pageFrame.ts';
import { stackHolds, taskStack } from '../../kernel/stacks.ts';
import type { KernelSession } from '../../session/kernelSession.ts';
import { addressOf } from './addressWord.ts';
import { type CrashContext, crashResult, UsageError } from './command.ts';
import { contextData, contextText, describeContext } from './contextText.ts';
import { isKernelAddress } from './kernelAddress.ts';
import { areaAround, freeBlock, freeBlockText } from './kmemLists.ts';
import { pageHeader, pageLine } from './kmemPages.ts';
import { slabObject } from './kmemSlabs.ts';
import { pointer } from './taskText.ts';

/** A part of the answer. */
interface Finding {
  readonly kind: string;
  readonly data: unknown;
  readonly text: string;
}

/** `kmem ADDRESS`: everything that it is. */
export function showAddress(word: string, isPhysical: boolean, { session, emit }: CrashContext): void {
  const { kernel } = session;
  const address = addressOf(kernel, word);
  if (address === undefined) throw new UsageError(`invalid address: ${word}`);
  const isVirtual = !isPhysical && isKernelAddress(kernel, address);
  const page = isVirtual ? structureOf(kernel, address) : undefined;
  const physical = page ?? (isVirtual ? kernel.memory.translate(address) : Number(address));
  const findings = [...(isVirtual ? virtualFindings(session, address) : []), ...frameFindings(kernel, physical)];
  if (findings.length === 0) throw new SondeError(`${word}: ${isVirtual ? 'kernel virtual' : 'physical'} address not found in mem map`);
  emit(
    crashResult(
      'address',
      () => Object.fromEntries(findings.map(({ kind, data }) => [kind, data])),
      () => findings.map(({ text }) => text).join('\n'),
    ),
  );
}

/** The frame that a struct page describes, if the address is one's. */
function structureOf(kernel: Kernel, address: bigint): number | undefined {
  const first = pageStructure(kernel, 0)?.address;
  if (first === undefined || address < first) return undefined;
  const frame = Number((address - first) / BigInt(kernel.layouts.size('page')));
  return frame * 4096 < kernel.dump.physical.end ? frame * 4096 : undefined;
}

function* virtualFindings(session: KernelSession, address: bigint): Iterable<Finding> {
  const { kernel } = session;
  const symbol = kernel.symbols.nearest(address);
  if (symbol) {
    const { name, type } = symbol.symbol;
    const offset = symbol.offset === 0n ? '' : `+${symbol.offset}`;
    const line = type.toLowerCase() === 't' ? session.lineAt(address) : undefined;
    yield {
      kind: 'symbol',
      data: { name, offset: Number(symbol.offset), type },
      text: `${pointer(address)} (${type}) ${name}${offset}${line ? ` ${line.file}: ${line.line}` : ''}\n`,
    };
  }
  const slab = slabObject(kernel, address, false);
  if (slab) yield { kind: 'slab', ...slab };
  const task = kernel.tasks.find(
    (candidate) => stackHolds(taskStack(candidate.object), address) || isInside(kernel, candidate.address, address),
  );
  if (task) {
    const context = describeContext(session, task);
    yield { kind: 'task', data: contextData(context), text: contextText(context) };
  }
  const area = areaAround(kernel, address);
  if (area) yield { kind: 'vmalloc', ...area };
}

const isInside = (kernel: Kernel, task: bigint, address: bigint): boolean =>
  address >= task && address < task + BigInt(kernel.layouts.size('task_struct'));

function* frameFindings(kernel: Kernel, physical: number | undefined): Iterable<Finding> {
  const block = physical === undefined ? undefined : freeBlock(kernel, physical);
  if (block)
    yield {
      kind: 'free',
      data: { zone: block.zone.name, order: block.list.order },
      text: freeBlockText(kernel, block).replace(/\n\n$/, '\n'),
    };
  const page = pageLine(kernel, physical);
  if (page) yield { kind: 'page', data: page.data, text: pageHeader + page.text };
}
