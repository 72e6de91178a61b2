import { hex } from '../../base/address.ts';
import { AbsentError, SondeError } from '../../base/errors.ts';
import { readVariable } from '../../evaluate/index.ts';
import { addressOfValue } from '../../evaluate/scalars.ts';
import type { Value } from '../../evaluate/value.ts';
import type { HeapChunk } from '../../memory/heap.ts';
import { bare } from '../../program/types.ts';
import type { Session, SessionThread } from '../../session/session.ts';
import type { Mapping } from '../../targets/target.ts';
import type { Frame } from '../../unwind/frame.ts';
import type { Command, CommandContext } from '../command.ts';
import { functionNameOf } from '../gdb/frameText.ts';
import { heapIn } from './heap.ts';

export const explainCommand: Command = {
  name: 'explain',
  group: 'data',
  summary: 'Say what an address is: code, data, a local variable, a heap chunk in use or freed, a mapping, or nothing.',
  help: `Usage: explain [EXPRESSION]
A pointer is followed, a variable or element is meant itself. Without an expression: the address that the signal which stopped the program complains of.
Heap chunks are found by glibc's own fields (2.26 and later): in use, freed and in which list, and what malloc has written over.`,
  completes: 'expression',
  needs: ['stack'],
  async run(args, context) {
    const address = args.trim() === '' ? faultAddress(context) : await meantAddress(args, context);
    const lines = [...explanation(address, context)];
    context.emit({ kind: 'explanation', data: { address: hex(address), text: lines }, text: () => `${lines.join('\n')}\n` });
  },
};

/** Signals whose siginfo has si_addr at offset 16: SIGILL, SIGBUS, SIGFPE, SIGSEGV. */
const faults = new Set([4, 7, 8, 11]);

function faultAddress({ session }: CommandContext): bigint {
  const info = session.selectedThread && session.target?.signalInfo(session.selectedThread.tid);
  const view = info && new DataView(info.buffer, info.byteOffset, info.byteLength);
  if (!view || !faults.has(view.getInt32(0, true))) throw new SondeError('Argument required (no fault stopped this thread).');
  return view.getBigUint64(16, true);
}

async function meantAddress(text: string, { session }: CommandContext): Promise<bigint> {
  const value: Value = await session.evaluate(text);
  const { kind } = bare(value.type);
  if (kind !== 'pointer' && kind !== 'array' && kind !== 'function' && value.place.kind === 'memory') return value.place.address;
  return addressOfValue(value);
}

/** The strongest first. */
function* explanation(address: bigint, context: CommandContext): Iterable<string> {
  const { session } = context;
  const mappings = session.target?.mappings() ?? [];
  const area = mappings.find(({ start, end }) => address >= start && address < end);
  const at = hex(address);
  const local = area && localAt(address, session);
  if (local) yield `${at} is ${local}`;
  const chunk = area && heapText(address, area, session);
  if (chunk) yield* chunk.map((line, index) => (index === 0 ? `${at} ${line}` : line));
  const symbol = local || chunk ? undefined : symbolText(address, session);
  if (symbol) yield `${at} is ${symbol}`;
  if (!area) {
    yield* nowhere(address, mappings);
    return;
  }
  const what = area.path === '' ? 'anonymous memory' : area.path;
  yield `${local || chunk || symbol ? 'It lies' : `${at} lies`} ${hex(address - area.start)} bytes into ${what}, ${hex(area.start)}-${hex(area.end)}, ${permissionText(area)}.`;
}

const permissionText = ({ read, write, execute }: Mapping): string => {
  const may = [read && 'read', write && 'written', execute && 'executed'].filter((word) => word !== false);
  return may.length === 0 ? 'which may not be touched: a guard or a reservation' : `which may be ${may.join(', ')}`;
};

/** Where nothing is mapped: what is near. */
function* nowhere(address: bigint, mappings: readonly Mapping[]): Iterable<string> {
  const at = hex(address);
  if (address < 65_536n) {
    yield `${at} is ${address === 0n ? 'the null pointer' : `the null pointer and ${address} bytes: a member or element reached through it`}. Nothing is ever mapped there.`;
    return;
  }
  if (address >= 1n << 47n && address < (1n << 64n) - (1n << 47n)) {
    yield `${at} is no address at all: its bits 47 to 63 differ. Probably data that was taken for a pointer.`;
    return;
  }
  yield `${at} is not mapped.`;
  const below = mappings.filter(({ end }) => end <= address).at(-1);
  const above = mappings.find(({ start }) => start > address);
  if (below)
    yield `Below it, ${sizeText(address - below.end)} away, ends ${below.path === '' ? 'anonymous memory' : below.path} (${hex(below.start)}-${hex(below.end)}).`;
  if (above)
    yield `Above it, ${sizeText(above.start - address)} away, begins ${above.path === '' ? 'anonymous memory' : above.path} (${hex(above.start)}-${hex(above.end)}).`;
}

function sizeText(bytes: bigint): string {
  if (bytes < 1n << 16n) return `${bytes} bytes`;
  return bytes < 1n << 30n ? `${bytes >> 10n} KiB` : `${bytes >> 30n} GiB`;
}

function symbolText(address: bigint, session: Session): string | undefined {
  for (const module of session.program.modules) {
    if (!module.containsAddress(address)) continue;
    const found = module.minimal.at(address, 'any');
    const section = module.sections.find((each) => each.allocated && address >= each.address && address < each.address + BigInt(each.size));
    const where = `in ${section ? `section ${section.name} of ` : ''}${module.path}`;
    if (!found) return `${where}.`;
    return `${found.symbol.name}${found.offset > 0 ? ` + ${found.offset}` : ''} ${where}.`;
  }
  return undefined;
}

/** More frames than anybody asks about. */
const mostFrames = 2000;

function localAt(address: bigint, session: Session): string | undefined {
  for (const thread of session.threads) {
    const found = inStackOf(thread, address, session);
    if (found) return found;
  }
  return undefined;
}

/** A frame's part of the stack reaches from its callee's frame address up to its own. */
function inStackOf(thread: SessionThread, address: bigint, session: Session): string | undefined {
  let low: bigint | undefined;
  let count = 0;
  for (let frame = session.innermostFrameOf(thread); frame && count++ < mostFrames; frame = frame.older) {
    low ??= frame.registers.get(stackPointer);
    const { cfa } = frame;
    if (low === undefined || cfa === undefined) return undefined;
    if (address < low) return undefined;
    if (address < cfa) {
      const name = functionNameOf(frame) ?? '??';
      const whose = session.threads.length > 1 ? ` of thread ${thread.number}` : '';
      const variable = variableAt(frame, address, session);
      return variable
        ? `${variable} in frame #${frame.level}, ${name}${whose}.`
        : `on the stack${whose}, in frame #${frame.level}, ${name}, outside of its variables.`;
    }
    low = cfa;
  }
  return undefined;
}

const stackPointer = 7;

function variableAt(frame: Frame, address: bigint, session: Session): string | undefined {
  const context = session.evaluationContext(frame);
  for (let block = frame.block; block; block = block.parent) {
    for (const symbol of block.variables) {
      try {
        const { place, type } = readVariable(symbol, context);
        if (place.kind !== 'memory' || address < place.address || address >= place.address + BigInt(type.size)) continue;
        const offset = address - place.address;
        return `${offset > 0n ? `${offset} bytes into ` : ''}the ${symbol.isParameter ? 'argument' : 'variable'} ${symbol.name} (${type.size} bytes)`;
      } catch (error) {
        if (!(error instanceof AbsentError) && !(error instanceof SondeError)) throw error;
      }
    }
    if (block === frame.function?.block) return undefined;
  }
  return undefined;
}

function heapText(address: bigint, area: Mapping, session: Session): string[] | undefined {
  const chunk = heapIn(area, session)?.chunkAt(address);
  return chunk && [...chunkText(address, chunk)];
}

function* chunkText(address: bigint, chunk: HeapChunk): Iterable<string> {
  const range = `${hex(chunk.user)}-${hex(chunk.user + BigInt(chunk.usable))}`;
  if (chunk.state === 'top') {
    yield `is in the part of the heap that malloc has not given away yet (the top chunk, ${chunk.size} bytes from ${hex(chunk.address)}).`;
    return;
  }
  if (chunk.state === 'damaged') {
    yield `is behind the last chunk of the heap that makes sense: the size field at ${hex(chunk.address + 8n)} holds ${chunk.size}. Something wrote past the end of the chunk before it.`;
    return;
  }
  const offset = address - chunk.user;
  const where = offset < 0n ? `is in malloc's header of` : offset >= BigInt(chunk.usable) ? 'is behind' : `is ${offset} bytes into`;
  yield `${where} a heap chunk of ${chunk.usable} bytes (${range}) that is ${chunk.state === 'in use' ? 'in use' : 'freed'}.`;
  if (chunk.state !== 'free') return;
  const { bin, place, overwritten } = chunk;
  const list =
    bin === 'bin' ? "one of malloc's sorted bins" : `malloc's ${bin}${place ? `, ${place.index + 1} of ${place.count} of its size` : ''}`;
  yield `It waits in ${list}, to be given away again.`;
  const isGone = offset >= 0n && offset < BigInt(overwritten);
  yield `Its first ${overwritten} bytes are malloc's own now (${bin === 'tcache' ? 'the next of the list, and a key against double frees' : 'links of the list'})${isGone ? ': this is one of them, so what is read here is no longer what was written' : '; the rest still holds what was written last, until it is given away'}.`;
}
