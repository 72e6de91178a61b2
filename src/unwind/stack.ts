import { R, type RegisterNumber } from '../arch/registers.ts';
import type { Address } from '../base/address.ts';
import { MemoryError } from '../base/errors.ts';
import type { Module } from '../program/module.ts';
import type { Block, CallSite, FunctionSymbol, LineEntry } from '../program/symbols.ts';
import { type Activation, CallerRegisters, type Saved, ThreadRegisters, type Unwinding } from './activation.ts';
import { unwindByCfi } from './cfiUnwinder.ts';
import { unwindByCode, unwindEpilogue } from './codeUnwinder.ts';
import { defaultLimits, type UnwindContext } from './context.ts';
import { unwindDummy } from './dummyFrames.ts';
import type { Frame, FrameId, FrameRegisters } from './frame.ts';
import { inlinedBlocksAt } from './inlined.ts';
import { tailCallsBetween } from './tailCalls.ts';

/** The innermost frame of a thread; older ones are found when asked for. Undefined: the thread's registers can't be had. */
export function innermostFrame(context: UnwindContext): Frame | undefined {
  const registers = new ThreadRegisters(context.registers);
  const pc = registers.get(R.rip);
  if (pc === undefined) return undefined;
  const stack = new Stack(context);
  return stack.frameOf(stack.activation(pc, registers, false), undefined, context.skippedInline);
}

/** The registers as the frame's caller had them, also where the stack is not followed further (main's caller). */
export function callerRegisters(frame: Frame): CallerRegisters {
  if (!(frame instanceof StackFrame)) throw new TypeError('not a frame of this unwinder');
  if (frame.older?.kind === 'tail call') return frame.older.registers as CallerRegisters;
  return new CallerRegisters(frame.stack.context.memory, frame.registers, frame.unwinding);
}

/** What the frames of one stack share. */
class Stack {
  readonly #seen = new Set<string>();
  #mainEntry: Address | undefined;
  #programEntry: Address | undefined;

  constructor(readonly context: UnwindContext) {}

  activation(pc: Address, registers: FrameRegisters, calling: boolean): Activation {
    const lookupPc = calling && pc !== 0n ? pc - 1n : pc;
    return { pc, lookupPc, registers, calling, entry: this.functionEntry(lookupPc) };
  }

  /** The youngest frame of an activation: its innermost inline frame, or itself. Undefined if it is on the stack already: that goes in a circle. */
  frameOf(activation: Activation, younger: StackFrame | undefined, skippedInline = 0): StackFrame | undefined {
    const unwinding = this.#unwind(activation, younger === undefined);
    // A call after which a trampoline or a call from sonde follows is no call: pc is where it will go on.
    const settled = unwinding.kind === 'normal' ? activation : { ...activation, lookupPc: activation.pc };
    if (unwinding.cfa !== undefined && !this.#isNew(settled, unwinding)) return undefined;
    return this.#frame(settled, unwinding, younger, [], skippedInline);
  }

  /** A function that jumped on into the younger frame's: `pc` is where the call returns to in the end. */
  tailCallFrame(younger: StackFrame, [site, ...older]: readonly CallSite[], pc: Address): StackFrame {
    const { unwinding } = younger;
    const saved = (register: RegisterNumber): Saved =>
      register === R.rip ? { kind: 'value', value: site.returnAddress } : unwinding.saved(register);
    const registers = new CallerRegisters(this.context.memory, younger.registers, { ...unwinding, saved });
    const own: Unwinding = {
      kind: 'tail call',
      cfa: unwinding.cfa,
      stack: unwinding.stack,
      outermost: false,
      saved: (register) => (register === R.rip ? { kind: 'value', value: pc } : { kind: 'same' }),
    };
    return this.#frame(this.activation(site.returnAddress, registers, true), own, younger, older);
  }

  #frame(
    activation: Activation,
    unwinding: Unwinding,
    younger: StackFrame | undefined,
    tailCalls: readonly CallSite[],
    skippedInline = 0,
  ): StackFrame {
    // gdb gives a tail call one frame, of the innermost function there.
    const inlined = unwinding.kind === 'normal' ? inlinedBlocksAt(this.context.program, activation.lookupPc) : [];
    return new StackFrame(this, { activation, unwinding, inlined, tailCalls }, Math.min(skippedInline, inlined.length), younger);
  }

  #unwind(activation: Activation, innermost: boolean): Unwinding {
    const { program, memory, dummyFrames } = this.context;
    return (
      unwindDummy(dummyFrames, activation) ??
      (innermost ? unwindEpilogue(program, memory, activation) : undefined) ??
      unwindByCfi(program, memory, activation) ??
      unwindByCode(memory, activation)
    );
  }

  #isNew({ entry }: Activation, { stack }: Unwinding): boolean {
    const key = `${stack},${entry}`;
    if (this.#seen.has(key)) return false;
    this.#seen.add(key);
    return true;
  }

  functionEntry(address: Address): Address {
    const { program } = this.context;
    return program.functionAt(address)?.entry ?? program.minimalSymbolAt(address)?.symbol.address ?? 0n;
  }

  get mainEntry(): Address | undefined {
    this.#mainEntry ??= this.context.program.main?.minimal.named('main')[0]?.address;
    return this.#mainEntry;
  }

  /** Entry of the function that the program begins in: _start. */
  get programEntry(): Address | undefined {
    const { main } = this.context.program;
    if (main) this.#programEntry ??= this.functionEntry(main.file.entry + main.bias);
    return this.#programEntry;
  }
}

/** What the frames of one activation share: an out-of-line function's and those of the calls inlined into it. */
interface Shared {
  readonly activation: Activation;
  readonly unwinding: Unwinding;
  /** Blocks of the inlined instances that hold pc, innermost first. */
  readonly inlined: readonly Block[];
  /** Of a tail call's frame: the call sites of those before it. */
  readonly tailCalls: readonly CallSite[];
}

class StackFrame implements Frame {
  readonly level: number;
  readonly kind: Frame['kind'];
  readonly function: FunctionSymbol | undefined;
  readonly block: Block | undefined;
  #older: StackFrame | null | undefined;
  #line: LineEntry | null | undefined;
  #stopReason: string | undefined;
  /** True if the caller was looked for. */
  #looked = false;

  /** `depth` counts the activation's inline frames that are younger than this one, skipped ones included. */
  constructor(
    readonly stack: Stack,
    readonly shared: Shared,
    readonly depth: number,
    readonly younger: StackFrame | undefined,
  ) {
    const { program } = stack.context;
    const { inlined, unwinding } = shared;
    this.level = younger ? younger.level + 1 : 0;
    this.kind = depth < inlined.length ? 'inline' : unwinding.kind;
    const named = this.kind === 'inline' || this.kind === 'normal' || this.kind === 'tail call';
    if (this.kind === 'inline') this.function = inlined[depth].function;
    else if (this.kind === 'tail call')
      this.function = inlinedBlocksAt(program, this.lookupPc)[0]?.function ?? program.functionAt(this.lookupPc);
    else if (this.kind === 'normal') this.function = program.functionAt(this.lookupPc);
    this.block = named ? (depth === 0 ? program.blockAt(this.lookupPc) : inlined[depth - 1].parent) : undefined;
  }

  get activation(): Activation {
    return this.shared.activation;
  }

  get unwinding(): Unwinding {
    return this.shared.unwinding;
  }

  get pc(): Address {
    return this.activation.pc;
  }

  get lookupPc(): Address {
    return this.activation.lookupPc;
  }

  get registers(): FrameRegisters {
    return this.activation.registers;
  }

  get cfa(): Address | undefined {
    return this.unwinding.cfa;
  }

  get id(): FrameId {
    const { inlined } = this.shared;
    const inlineDepth = inlined.length - this.depth;
    const code = inlineDepth > 0 ? inlined[this.depth].function!.entry : this.activation.entry;
    return { stack: this.unwinding.stack, code, inlineDepth };
  }

  get module(): Module | undefined {
    return this.stack.context.program.moduleAt(this.lookupPc);
  }

  get symbol(): Frame['symbol'] {
    return this.stack.context.program.minimalSymbolAt(this.lookupPc);
  }

  get line(): LineEntry | undefined {
    if (this.#line === undefined) this.#line = this.#findLine() ?? null;
    return this.#line ?? undefined;
  }

  get midLine(): boolean {
    if (this.depth > 0 && this.line) return false;
    return this.line?.low !== this.pc || !this.line.isStatement;
  }

  get older(): StackFrame | undefined {
    if (this.#older === undefined) this.#older = this.#findOlder() ?? null;
    return this.#older ?? undefined;
  }

  get stopReason(): string | undefined {
    // main and _start end a stack however it goes on; what is wrong with it further is still worth saying.
    if (!this.older && !this.#looked) {
      this.#looked = true;
      if (this.unwinding.outermost) this.#stopReason = 'outermost';
      else this.#tryCaller();
    }
    return this.#stopReason;
  }

  /** Of a frame with an inlined callee: the line of the call, which has no address of its own. */
  #findLine(): LineEntry | undefined {
    const line = this.stack.context.program.lineAt(this.lookupPc);
    if (this.depth === 0) return line;
    const call = this.shared.inlined[this.depth - 1].function!;
    if (!call.inlinedAt?.line) return undefined;
    const file = call.inlinedAt.file ?? call.file ?? line?.file;
    return file && { file, line: call.inlinedAt.line, low: this.pc, high: this.pc, isStatement: true, unit: call.unit };
  }

  #findOlder(): StackFrame | undefined {
    if (this.kind === 'inline') return new StackFrame(this.stack, this.shared, this.depth + 1, this);
    if (this.#isEnd()) return undefined;
    return this.#tryCaller();
  }

  #tryCaller(): StackFrame | undefined {
    this.#looked = true;
    try {
      return this.#findCaller();
    } catch (error) {
      if (!(error instanceof MemoryError)) throw error;
      this.#stopReason = error.message;
      return undefined;
    }
  }

  /** The ends that need no explanation: gdb's get_prev_frame. */
  #isEnd(): boolean {
    const { limits = defaultLimits } = this.stack.context;
    if (this.kind === 'normal') {
      if (!limits.pastMain && this.activation.entry !== 0n && this.activation.entry === this.stack.mainEntry) return true;
      if (!limits.pastEntry && this.activation.entry !== 0n && this.activation.entry === this.stack.programEntry) return true;
    }
    if (this.level + 2 > limits.frames) return true;
    // A zero pc comes from a call through a null pointer, so only the innermost frame can have one.
    if (this.level > 0 && this.kind === 'normal' && this.younger!.kind === 'normal' && this.pc === 0n) return true;
    return this.unwinding.outermost;
  }

  #findCaller(): StackFrame | undefined {
    const { stack, unwinding, activation } = this;
    if (unwinding.failure !== undefined) {
      this.#stopReason = unwinding.failure;
      return undefined;
    }
    if (unwinding.cfa === undefined && unwinding.kind === 'normal') return undefined;
    if (this.#isInnerToYounger()) {
      this.#stopReason = 'previous frame inner to this frame (corrupt stack?)';
      return undefined;
    }
    const registers = new CallerRegisters(stack.context.memory, activation.registers, unwinding);
    if (this.#savesNoPc(registers)) {
      this.#stopReason = 'frame did not save the PC';
      return undefined;
    }
    const pc = registers.get(R.rip);
    if (pc === undefined) return undefined;
    const tailCalls =
      this.kind === 'tail call'
        ? this.shared.tailCalls
        : unwinding.exact
          ? tailCallsBetween(stack.context.program, pc, activation.entry)
          : [];
    if (tailCalls.length > 0) return stack.tailCallFrame(this, tailCalls, pc);
    const caller = stack.activation(pc, registers, this.kind === 'normal' || this.kind === 'tail call');
    const older = stack.frameOf(caller, this);
    if (!older) this.#stopReason = 'previous frame identical to this frame (corrupt stack?)';
    return older;
  }

  /** The stack grows down: a caller's frame is at a higher address. */
  #isInnerToYounger(): boolean {
    const younger = this.#youngerActivation();
    return younger !== undefined && this.kind === 'normal' && younger.kind === 'normal' && this.unwinding.stack < younger.unwinding.stack;
  }

  /** Both this frame and its callee say that pc is in the same place. */
  #savesNoPc(registers: CallerRegisters): boolean {
    const younger = this.#youngerActivation();
    if (!younger || this.kind !== 'normal' || younger.kind !== 'normal') return false;
    const here = registers.where(R.rip);
    const there = this.registers.where(R.rip);
    if (here.kind === 'memory' && there.kind === 'memory') return here.address === there.address;
    return here.kind === 'register' && there.kind === 'register';
  }

  #youngerActivation(): StackFrame | undefined {
    let { younger } = this as StackFrame;
    while (younger && younger.shared === this.shared) younger = younger.younger;
    return younger;
  }
}
