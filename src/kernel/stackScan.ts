import type { Address } from '../base/address.ts';
import { MemoryError } from '../base/errors.ts';
import type { Backtrace } from './backtrace.ts';
import type { Kernel } from './kernel.ts';
import { SavedRegisters, savedRegistersSize } from './savedRegisters.ts';
import type { KernelStack } from './stacks.ts';
import type { KernelFrame } from './stackUnwind.ts';

/** A word on a stack that is an address of code: a return address, of now or of an earlier call, or a pointer to a function. */
export interface TextWord {
  readonly at: Address;
  readonly ip: Address;
}

/** Addresses of code on a part of a stack, lowest first. What cannot be read has none. */
export function textWords(kernel: Kernel, start: Address, end: Address): TextWord[] {
  const bytes = stackBytes(kernel, start, end);
  return bytes ? Array.from(kernel.text.wordsIn(bytes), ({ index, address }) => ({ at: start + BigInt(index * 8), ip: address })) : [];
}

/** A stack that a task is on: the addresses of code from where it is used to its end, or to where another context was entered. */
export interface ScannedStack {
  readonly stack: KernelStack;
  /** The frame behind the stack before, where that left registers here: named by them. */
  readonly first?: KernelFrame;
  readonly words: readonly TextWord[];
  /** The last frame of this stack, where its registers lead to another. */
  readonly last?: KernelFrame;
}

/** The stacks of a backtrace, innermost first. */
export function scanStacks(kernel: Kernel, { frames }: Backtrace): ScannedStack[] {
  const scanned: ScannedStack[] = [];
  for (let from = 0; from < frames.length; ) {
    const { stack } = frames[from];
    let to = from;
    while (frames[to + 1]?.stack === stack) to++;
    const first = from > 0 && frames[from].saved ? frames[from] : undefined;
    const last = to + 1 < frames.length && frames[to].saved && frames[to] !== first ? frames[to] : undefined;
    const start = first?.saved?.at === undefined ? frames[from].at : first.saved.at + BigInt(savedRegistersSize);
    scanned.push({ stack, first, words: textWords(kernel, start, last ? last.at + 8n : stack.end), last });
    from = to + 1;
  }
  return scanned;
}

/** Bits of the flags that are never set (Intel SDM vol. 1 §3.4.3), and the one that always is. */
const reservedFlags = 0xffff_ffff_ffc0_8028n;
const alwaysSet = 0x2n;

/** Selectors of kernel and user code, 64 and 32 bits (arch/x86/include/asm/segment.h). */
const kernelCode = 0x10n;
const userCode = [0x33n, 0x23n];
const userData = 0x2bn;
const firstKernelAddress = 1n << 63n;

/** Whatever looks like saved registers on a stack: those of now, and what earlier interruptions left behind. */
export function savedRegistersOn(kernel: Kernel, { base, end }: KernelStack): SavedRegisters[] {
  const bytes = stackBytes(kernel, base, end);
  if (!bytes) return [];
  const words = new BigUint64Array(bytes.slice().buffer);
  const count = savedRegistersSize / 8;
  const found: SavedRegisters[] = [];
  for (let index = 0; index + count <= words.length; index++) {
    // The code selector is the word to tell most by.
    const selector = words[index + 17];
    if (selector !== kernelCode && !userCode.includes(selector)) continue;
    const registers = new SavedRegisters(words.slice(index, index + count), base + BigInt(index * 8));
    if (areRegisters(kernel, registers)) found.push(registers);
  }
  return found;
}

function areRegisters(kernel: Kernel, registers: SavedRegisters): boolean {
  const [ip, sp, flags, ss] = (['ip', 'sp', 'flags', 'ss'] as const).map((name) => registers.get(name));
  if ((flags & reservedFlags) !== 0n || (flags & alwaysSet) === 0n) return false;
  if (registers.isUserMode) return ss === userData && ip !== 0n && sp !== 0n && ip < firstKernelAddress && sp < firstKernelAddress;
  const isStack = sp >= firstKernelAddress && (sp & 7n) === 0n && !kernel.text.holds(sp);
  return (ss === 0x18n || ss === 0n) && isStack && kernel.text.holds(ip);
}

/** Undefined: not all of it can be read. */
function stackBytes(kernel: Kernel, start: Address, end: Address): Uint8Array | undefined {
  if (end <= start) return undefined;
  try {
    return kernel.memory.read(start, Number(end - start));
  } catch (error) {
    if (error instanceof MemoryError) return undefined;
    throw error;
  }
}
