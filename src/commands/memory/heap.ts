import { hex } from '../../base/address.ts';
import { SondeError } from '../../base/errors.ts';
import { GlibcHeap, type HeapChunk } from '../../memory/heap.ts';
import type { Session } from '../../session/session.ts';
import type { Mapping } from '../../targets/target.ts';
import type { Command, CommandContext } from '../command.ts';

/** glibc's heap of the main thread, in a process or its core. */
export const heapCommands: readonly Command[] = [
  {
    name: 'heap summary',
    group: 'data',
    summary: 'Show how much of the heap is in use, free by list, and not given away yet.',
    completes: 'none',
    run: (_, context) => summary(context),
  },
  {
    name: 'heap chunks',
    group: 'data',
    summary: 'List the chunks of the heap with their states.',
    completes: 'none',
    run: (_, context) => list(context),
  },
  {
    name: 'heap check',
    group: 'data',
    summary: 'Walk the heap and say where its fields make no sense: something wrote past its end there.',
    completes: 'none',
    run: (_, context) => check(context),
  },
  {
    name: 'heap find',
    group: 'data',
    summary: 'Show the heap chunk that an address lies in: heap find EXPRESSION.',
    completes: 'expression',
    run: find,
  },
];

/** The heap that an area is, if it is one. */
export function heapIn(area: Mapping, session: Session): GlibcHeap | undefined {
  if (area.path !== '[heap]' && !beginsWithTcache(area, session)) return undefined;
  const arena = session.program.modules.flatMap(({ minimal }) => minimal.named('main_arena'))[0]?.address;
  return new GlibcHeap(session.memory, area.start, area.end, arena);
}

/** A core does not name the heap: it begins with malloc's tcache. */
function beginsWithTcache({ start, write, path }: Mapping, { memory }: Session): boolean {
  if (path !== '' || !write) return false;
  try {
    const size = new DataView(memory.read(start, 16).slice().buffer).getBigUint64(8, true);
    return size === 0x291n || size === 0x251n;
  } catch (error) {
    if (error instanceof SondeError) return false;
    throw error;
  }
}

function theHeap({ session }: CommandContext): GlibcHeap {
  if (!session.target) throw new SondeError('The program has no memory now.');
  for (const area of session.target.mappings()) {
    const heap = heapIn(area, session);
    if (heap) return heap;
  }
  throw new SondeError('The program has no heap yet.');
}

const total = (chunks: readonly HeapChunk[]): number => chunks.reduce((sum, { size }) => sum + size, 0);
const listNames = { tcache: 'free, in a tcache', fastbin: 'free, in a fastbin', bin: 'free, in a sorted bin' } as const;
const stateName = ({ state, bin }: HeapChunk): string => (state === 'free' && bin ? listNames[bin] : state);

function summary(context: CommandContext): void {
  const heap = theHeap(context);
  const chunks = [...heap.chunks()];
  const states = new Map<string, HeapChunk[]>();
  for (const chunk of chunks) states.set(stateName(chunk), [...(states.get(stateName(chunk)) ?? []), chunk]);
  const rows = [...states].map(([state, some]) => ({ state, chunks: some.length, bytes: total(some) }));
  context.emit({
    kind: 'heap',
    data: { start: hex(heap.start), end: hex(heap.end), states: rows },
    text: () =>
      `Heap ${hex(heap.start)}-${hex(heap.end)}, ${heap.end - heap.start} bytes\n${rows.map(({ state, chunks: count, bytes }) => `${state.padStart(22)}: ${String(count).padStart(7)} ${count === 1 ? 'chunk ' : 'chunks'} ${String(bytes).padStart(12)} bytes\n`).join('')}`,
  });
}

const chunkData = ({ address, user, size, usable, state, bin, place }: HeapChunk) => ({
  chunk: hex(address),
  user: hex(user),
  size,
  usable,
  state,
  bin,
  place,
});
const chunkLine = (chunk: HeapChunk): string => `${hex(chunk.user).padEnd(16)} ${String(chunk.usable).padStart(10)}  ${stateName(chunk)}\n`;

function list(context: CommandContext): void {
  const chunks = [...theHeap(context).chunks()];
  context.emit({
    kind: 'chunks',
    data: chunks.map(chunkData),
    text: () => `ADDRESS              BYTES  STATE\n${chunks.map(chunkLine).join('')}`,
  });
}

function check(context: CommandContext): void {
  const heap = theHeap(context);
  let last: HeapChunk | undefined;
  let count = 0;
  for (const chunk of heap.chunks()) {
    if (chunk.state === 'damaged') {
      const before = last;
      context.emit({
        kind: 'damage',
        data: { at: hex(chunk.address), before: before && chunkData(before), chunks: count },
        text: () =>
          `The size field at ${hex(chunk.address + 8n)} holds ${chunk.size}, which can't be: the ${count} chunks before it make sense, nothing behind it can be told.\n${before ? `Something wrote past the end of the chunk before it: ${hex(before.user)}, ${before.usable} bytes, ${stateName(before)}.\n` : ''}`,
      });
      return;
    }
    last = chunk;
    count++;
  }
  context.emit({ kind: 'heap check', data: { chunks: count }, text: () => `No damage found in ${count} chunks.\n` });
}

async function find(args: string, context: CommandContext): Promise<void> {
  if (args.trim() === '') throw new SondeError('Argument required (an address or an expression).');
  const heap = theHeap(context);
  const address = await context.session.evaluateAddress(args);
  const chunk = heap.chunkAt(address);
  if (!chunk) throw new SondeError(`${hex(address)} is not in the heap.`);
  context.emit({ kind: 'chunk', data: chunkData(chunk), text: () => `ADDRESS              BYTES  STATE\n${chunkLine(chunk)}` });
}
