import type { Address } from '../base/address.ts';
import { MemoryError } from '../base/errors.ts';
import type { OrcBase, OrcEntry } from '../formats/orc/orc.ts';
import type { Kernel } from './kernel.ts';
import { OrcTables } from './orcTables.ts';
import { hardwareFrameAt, type SavedRegisters, savedRegistersAt } from './savedRegisters.ts';
import { textWords } from './stackScan.ts';
import { cpuStacks, type KernelStack, stackHolds } from './stacks.ts';
import type { Task } from './tasks.ts';

/** A function that is not done: where it goes on, and what was saved when it was entered. */
export interface KernelFrame {
  readonly ip: Address;
  /** Where `ip` lies on the stack: a return address. Of an interrupted function its stack pointer. */
  readonly at: Address;
  readonly stack: KernelStack;
  /** `ip` was not left by a call: the function was interrupted there. */
  readonly interrupted: boolean;
  /** Of the entry code of system calls, interrupts and exceptions: the registers of what it was entered from. */
  readonly saved?: SavedRegisters;
}

/** A context to unwind from. */
export interface UnwindState {
  readonly ip: Address;
  /** As in KernelFrame. */
  readonly at: Address;
  readonly sp: Address;
  readonly bp: Address;
  readonly interrupted: boolean;
  /** All registers of this context: only known where it was interrupted. */
  readonly registers?: SavedRegisters;
}

type StackFinder = (address: Address) => KernelStack | undefined;

/** More frames than fit on any stack. */
const mostFrames = 1000;

/** Without an ORC entry (code made at run time) the kernel trusts the frame pointer (orc_fp_entry, arch/x86/kernel/unwind_orc.c). */
const framePointerEntry: OrcEntry = { kind: 'call', sp: 'bp', spOffset: 16, bp: 'previous sp', bpOffset: -16, signal: false };

/** Kernel stacks frame by frame, by the kernel's own ORC tables, as its own unwinder does (arch/x86/kernel/unwind_orc.c). */
export class StackUnwinder {
  /** The stacks that are no task's. */
  readonly stacks: readonly KernelStack[];
  readonly #kernel: Kernel;
  readonly #orc: OrcTables;

  constructor(kernel: Kernel) {
    this.#kernel = kernel;
    this.#orc = new OrcTables(kernel);
    this.stacks = cpuStacks(kernel);
  }

  /** All frames from a context to the stack's end, or as far as it can be followed. `own`: the task's stack. */
  frames(start: UnwindState, own: KernelStack): KernelFrame[] {
    const stacks = [own, ...this.stacks];
    const stackOf = (address: Address) => stacks.find((stack) => stackHolds(stack, address));
    const frames: KernelFrame[] = [];
    let state: UnwindState | undefined = start;
    while (state && frames.length < mostFrames) {
      const stack = stackOf(state.at);
      if (!stack || !this.#isCode(state.ip)) break;
      const next: UnwindState | undefined = this.#step(state, stackOf);
      frames.push({ ip: state.ip, at: state.at, stack, interrupted: state.interrupted, saved: next?.registers });
      if (!next || next.registers?.isUserMode) break;
      // Stacks grow downwards: a caller that is not above its callee is not one.
      const isCaller: boolean = stackOf(next.sp) !== stack || next.sp > state.sp || (next.sp === state.sp && next.interrupted);
      state = isCaller ? next : undefined;
    }
    return frames;
  }

  #isCode(ip: Address): boolean {
    return ip >= 1n << 63n && this.#kernel.symbols.nearest(ip) !== undefined;
  }

  /** The caller's context, or the one that was interrupted. Undefined at the stack's end, and where it cannot be followed. */
  #step(state: UnwindState, stackOf: StackFinder): UnwindState | undefined {
    // A return address is behind the call: the call itself is what the table must speak of.
    const entry = this.#orc.find(state.interrupted ? state.ip : state.ip - 1n) ?? framePointerEntry;
    if (entry.kind === 'end') return undefined;
    try {
      if (entry.kind === 'undefined' || (entry.kind === 'call' && entry.sp === 'undefined')) return this.#callerByCall(state, stackOf);
      const frame = this.#callerFrame(entry, state, stackOf);
      if (frame === undefined) return undefined;
      if (entry.kind !== 'call') return this.#entered(entry, frame, state);
      const at = frame - 8n;
      return { ip: this.#kernel.word(at), at, sp: frame, bp: this.#callerBase(entry, frame, state), interrupted: entry.signal };
    } catch (error) {
      if (error instanceof MemoryError) return undefined;
      throw error;
    }
  }

  /**
   * The caller of a function whose frame no table describes (STACK_FRAME_NON_STANDARD, as of __crash_kexec): the first word on the stack that
   * lies behind a direct call of it.
   */
  #callerByCall(state: UnwindState, stackOf: StackFinder): UnwindState | undefined {
    const stack = stackOf(state.sp);
    const called = this.#kernel.symbols.nearest(state.interrupted ? state.ip : state.ip - 1n)?.symbol.address;
    const words = stack ? textWords(this.#kernel, state.sp, stack.end) : [];
    const found = words.find(({ ip }) => calledBefore(this.#kernel, ip) === called);
    return found && { ip: found.ip, at: found.at, sp: found.at + 8n, bp: state.bp, interrupted: false };
  }

  /** `frame`: where registers were saved. */
  #entered(entry: OrcEntry, frame: Address, state: UnwindState): UnwindState {
    const registers = entry.kind === 'registers' ? savedRegistersAt(this.#kernel, frame) : hardwareFrameAt(this.#kernel, frame);
    const sp = registers.get('sp');
    // Before anything else is saved, the other registers are still those of the entry code.
    const bp = registers.isPartial ? state.bp : registers.get('bp');
    return { ip: registers.get('ip'), at: sp, sp, bp, interrupted: true, registers };
  }

  /** The caller's stack pointer before it called, or where registers were saved. */
  #callerFrame(entry: OrcEntry, state: UnwindState, stackOf: StackFinder): Address | undefined {
    const offset = BigInt(entry.spOffset);
    if (entry.sp === '*bp') return this.#kernel.word(state.bp + offset);
    // Since 5.13 the offset is added to what is found (ORC_REG_SP_INDIRECT), before it was where to look.
    if (entry.sp === '*sp') {
      const found = this.#kernel.word(state.sp) + offset;
      return stackOf(found) ? found : this.#kernel.word(state.sp + offset);
    }
    const base = registerValue(entry.sp, state);
    return base === undefined ? undefined : base + offset;
  }

  #callerBase(entry: OrcEntry, frame: Address, state: UnwindState): Address {
    if (entry.bp === 'previous sp') return this.#kernel.word(frame + BigInt(entry.bpOffset));
    if (entry.bp === 'bp') return this.#kernel.word(state.bp + BigInt(entry.bpOffset));
    return state.bp;
  }
}

function registerValue(base: OrcBase, { sp, bp, registers }: UnwindState): Address | undefined {
  if (base === 'sp') return sp;
  if (base === 'bp') return bp;
  if (base === 'r10' || base === 'r13' || base === 'di' || base === 'dx') return registers?.isPartial ? undefined : registers?.get(base);
  return undefined;
}

/** What the five bytes before an address call: `call rel32` (Intel SDM vol. 2, CALL). */
function calledBefore(kernel: Kernel, address: Address): Address | undefined {
  const [opcode] = kernel.memory.read(address - 5n, 1);
  return opcode === 0xe8 ? address + BigInt(kernel.int(address - 4n)) : undefined;
}

/** Where a task that waits was switched away: `struct inactive_task_frame` is what its stack pointer points to. Throws MemoryError. */
export function sleepingState({ object }: Task): UnwindState {
  const { kernel } = object;
  const frame = kernel.object('inactive_task_frame', object.pointer('thread.sp'));
  const ip = frame.pointer('ret_addr');
  return {
    ip,
    at: frame.addressOf('ret_addr'),
    sp: frame.address + BigInt(kernel.layouts.size('inactive_task_frame')),
    bp: frame.pointer('bp'),
    // A task that never ran begins with the first byte of ret_from_fork.
    interrupted: kernel.symbols.nearest(ip)?.offset === 0n,
  };
}

/** Where a context was interrupted. */
export const interruptedState = (registers: SavedRegisters): UnwindState => ({
  ip: registers.get('ip'),
  at: registers.get('sp'),
  sp: registers.get('sp'),
  bp: registers.get('bp'),
  interrupted: true,
  registers,
});

/** A return address somewhere on a stack: nothing but that is known. Throws MemoryError. */
export const returnState = (kernel: Kernel, at: Address): UnwindState => ({
  ip: kernel.word(at),
  at,
  sp: at + 8n,
  bp: 0n,
  interrupted: false,
});
