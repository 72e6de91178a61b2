import { R } from '../arch/registers.ts';
import { MemoryError, SondeError } from '../base/errors.ts';
import type { Value } from '../evaluate/value.ts';
import type { LiveTarget, Memory } from '../targets/target.ts';
import { type Frame, sameFrame } from '../unwind/index.ts';
import { type Breakpoint, isWatchpoint, type WatchState } from './breakpoints.ts';
import type { DebugSession } from './debugSession.ts';
import type { StopReason, WatchChange } from './events.ts';
import { debugRegisterCount, tooFewDebugRegisters } from './hardwareBreakpoints.ts';

/**
 * Watchpoints while the inferior runs: in debug registers where they fit, else by single steps and comparing. A watchpoint on locals ends with
 * its frame.
 */
export class Watcher {
  readonly #session: DebugSession;
  /** Of this motion. */
  #watching: Watched[] = [];
  #software = false;
  /** Memory of software watchpoints as it was. */
  readonly #seen = new Map<WatchState, Uint8Array | undefined>();
  /** A debug register reported something in the last event, wanted or not. */
  triggered = false;

  constructor(session: DebugSession) {
    this.#session = session;
  }

  /** Every thread must be single-stepped. */
  get isSoftware(): boolean {
    return this.#software;
  }

  /** All that software watchpoints look at is memory: it can only change where memory is written, or a frame is left. */
  get isOnMemoryOnly(): boolean {
    return (
      this.#software &&
      this.#watching.every(({ kind, watch }) => kind !== 'watchpoint' || (!watch.usesRegisters && watch.memory.length > 0))
    );
  }

  /** `first`: the registers below it are taken. */
  begin(live: LiveTarget, first: number): void {
    this.#watching = this.#active();
    this.#software = this.#watching.some(({ kind }) => kind === 'watchpoint');
    this.#seen.clear();
    let next = first;
    for (const breakpoint of this.#watching) {
      const { watch } = breakpoint;
      watch.registers = [];
      if (breakpoint.kind === 'watchpoint') {
        this.#seen.set(watch, bytesOf(watch, live.memory));
        continue;
      }
      const on = breakpoint.kind === 'hw watchpoint' ? 'write' : 'access';
      for (const piece of alignedPieces(watch.memory)) {
        if (next === debugRegisterCount) throw tooFewDebugRegisters([`Could not insert hardware watchpoint ${breakpoint.number}.`]);
        live.setDebugRegister(next, { ...piece, on });
        watch.registers.push(next++);
      }
    }
  }

  end(live: LiveTarget): void {
    for (const { watch } of this.#withWatch()) {
      for (const register of watch.registers) live.setDebugRegister(register, undefined);
      watch.registers = [];
    }
  }

  /** After every trap: a change to report, or that a frame is gone. */
  check(live: LiveTarget, tid: number, stepped: boolean): StopReason | undefined {
    this.triggered = false;
    const watchpoints = this.#watching;
    if (watchpoints.length === 0) return undefined;
    if (stepped && watchpoints.every((breakpoint) => this.#isSurelyUnchanged(breakpoint, live, tid))) return undefined;
    const status = watchpoints.some(({ watch }) => watch.registers.length > 0) ? live.debugStatus(tid) : 0;
    this.triggered = status !== 0;
    this.#session.forgetFrames();
    const gone = this.#outOfScope(live, tid);
    if (gone) return { kind: 'watchpoint scope', breakpoint: gone };
    const changes: WatchChange[] = [];
    for (const breakpoint of watchpoints) {
      const fired = breakpoint.watch.registers.some((register) => status & (1 << register));
      if (breakpoint.kind === 'watchpoint' ? !stepped : !fired) continue;
      const change = this.#change(breakpoint, breakpoint.watch, tid);
      if (change instanceof SondeError) return { kind: 'watchpoint error', breakpoint, message: change.message };
      if (change && this.#conditionHolds(breakpoint, tid) && this.#session.control.engine.countHit(breakpoint)) changes.push(change);
    }
    return changes.length > 0 ? { kind: 'watchpoint', changes, breakpoints: [] } : undefined;
  }

  /** Without unwinding or evaluating anything: the frame is there, and the memory is as it was. */
  #isSurelyUnchanged({ kind, watch }: Watched, live: LiveTarget, tid: number): boolean {
    if (
      kind !== 'watchpoint' ||
      watch.usesRegisters ||
      watch.memory.length === 0 || // a value that is nowhere: at another pc it may be again, or be an error
      (watch.frame && (watch.thread !== tid || (live.registers(tid).get(R.rsp) ?? 0n) >= watch.frame.stack))
    )
      return false;
    const before = this.#seen.get(watch);
    const now = bytesOf(watch, live.memory);
    return before !== undefined && now !== undefined && sameBytes(before, now);
  }

  /** The error that keeps the expression from being evaluated; memory that can't be read is a value like others. */
  #change(breakpoint: Breakpoint, watch: WatchState, tid: number): WatchChange | SondeError | undefined {
    const frame = this.#frameOf(watch, tid);
    if (watch.frame && !frame) return undefined;
    const { value: now, memory, error } = watch.compiled.watch(this.#session.evaluationContext(frame));
    if (!now && error instanceof SondeError && !(error instanceof MemoryError)) return error;
    const old = watch.value;
    const changed = !sameValue(old, now);
    if (changed) {
      watch.value = now && { ...now, bytes: now.bytes.slice() };
      watch.memory = memory;
      this.#seen.set(watch, bytesOf(watch, this.#session.memory));
    }
    switch (breakpoint.kind) {
      case 'read watchpoint':
        return changed ? undefined : { breakpoint, access: 'read', old, now };
      case 'acc watchpoint':
        return { breakpoint, access: changed ? 'changed' : 'accessed', old, now };
      default:
        return changed ? { breakpoint, access: 'changed', old, now } : undefined;
    }
  }

  #conditionHolds(breakpoint: Breakpoint, tid: number): boolean {
    if (breakpoint.condition === undefined) return true;
    const thread = this.#session.threadTable.byTid(tid);
    return this.#session.control.conditionHolds(breakpoint, thread && this.#session.innermostFrameOf(thread));
  }

  /** A watchpoint whose frame was left: execution is at the return address (or past it), with the stack above the frame. */
  #outOfScope(live: LiveTarget, tid: number): Breakpoint | undefined {
    const registers = live.registers(tid);
    const stack = registers.get(R.rsp) ?? 0n;
    return this.#active().find(({ watch }) => watch.frame !== undefined && watch.thread === tid && stack >= watch.frame.stack);
  }

  #frameOf(watch: WatchState, tid: number): Frame | undefined {
    const thread = this.#session.threadTable.byTid(watch.thread ?? tid);
    let frame = thread && this.#session.innermostFrameOf(thread);
    if (!watch.frame) return frame;
    for (let depth = 0; frame && depth < 10_000; depth++, frame = frame.older) if (sameFrame(frame.id, watch.frame)) return frame;
    return undefined;
  }

  #withWatch(): Watched[] {
    return this.#session.breakpoints.all.filter(
      (breakpoint): breakpoint is Watched => isWatchpoint(breakpoint) && breakpoint.watch !== undefined,
    );
  }

  #active(): Watched[] {
    return this.#withWatch().filter(({ enabled }) => enabled);
  }
}

type Watched = Breakpoint & { watch: WatchState };

/** All memory that a value depends on, in one piece; undefined if some of it can't be read. */
function bytesOf({ memory }: WatchState, from: Memory): Uint8Array | undefined {
  try {
    if (memory.length === 1) return from.read(memory[0].address, memory[0].length);
    return new Uint8Array(memory.flatMap(({ address, length }) => [...from.read(address, length)]));
  } catch (error) {
    if (error instanceof MemoryError) return undefined;
    throw error;
  }
}

/** Pieces that a debug register can hold: aligned, 1, 2, 4 or 8 bytes. */
export function alignedPieces(
  memory: readonly { readonly address: bigint; readonly length: number }[],
): { address: bigint; length: number }[] {
  const pieces: { address: bigint; length: number }[] = [];
  for (const { address, length } of memory) {
    for (let at = address, left = length; left > 0; ) {
      let size = 8;
      while (size > left || at % BigInt(size) !== 0n) size /= 2;
      if (!pieces.some((piece) => piece.address === at && piece.length === size)) pieces.push({ address: at, length: size });
      at += BigInt(size);
      left -= size;
    }
  }
  return pieces;
}

/** Whether a watched memory fits into the debug registers at all. */
export const fitsDebugRegisters = (memory: readonly { readonly address: bigint; readonly length: number }[]): boolean =>
  alignedPieces(memory).length <= debugRegisterCount;

function sameValue(a: Value | undefined, b: Value | undefined): boolean {
  if (!a || !b) return a === b;
  if (a.absence !== b.absence) return false;
  if (a.absence !== undefined) return true;
  const [x, y] = [a.bytes, b.bytes];
  return sameBytes(x, y);
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let index = 0; index < a.length; index++) if (a[index] !== b[index]) return false;
  return true;
}
