import type { Address } from '../base/address.ts';
import type { Program } from '../program/program.ts';
import type { Block, Unit } from '../program/symbols.ts';
import type { FunctionType } from '../program/types.ts';
import type { Memory } from '../targets/target.ts';
import type { Frame } from '../unwind/frame.ts';
import type { Value } from './value.ts';

/** Everything an expression may look at. Handed in, so the same evaluator serves live processes, cores and kernels. */
export interface EvaluationContext {
  readonly program: Program;
  readonly memory: Memory;
  /** Undefined: no stack; locals and registers are then errors. */
  readonly frame: Frame | undefined;
  /** Scope of names when there is no frame, or other than the frame's (`list`ed file, breakpoint's location). */
  readonly block?: Block;
  readonly unit?: Unit;
  readonly language: 'c' | 'c++' | 'asm';
  /** Value history and convenience variables. */
  history(index: number | 'last', back?: number): Value;
  convenience(name: string): Value | undefined;
  setConvenience(name: string, value: Value): void;
  /** Address of a thread-local variable of a module; undefined: no thread or module not set up. */
  threadLocal(module: import('../program/module.ts').Module, offset: bigint): Address;
  /** Convenience functions: $_strlen, $_streq, $_isvoid, … */
  convenienceFunction?(name: string): ConvenienceFunction | undefined;
  /** What is odd but goes on: `warning: …` without the word. */
  warn?(message: string): void;
  readonly limits: PrintLimits;
  /**
   * Calls a function in the inferior: the effect log of `EffectLog` makes evaluation restartable, so this throws
   * `CallNeeded`, the session makes the call and evaluates again. Undefined: `You can't do that without a process to debug.`
   */
  readonly effects?: EffectLog;
}

/** A function of the debugger itself; its arguments are evaluated, its errors are the user's. */
export type ConvenienceFunction = (args: readonly Value[], context: EvaluationContext) => Value;

/** The settings that shape printed values; defaults are gdb's. */
export interface PrintLimits {
  /** set print elements (200), repeats (10), max-depth (20); Infinity for unlimited. */
  readonly elements: number;
  readonly repeats: number;
  readonly maxDepth: number;
  readonly pretty: boolean;
  readonly union: boolean;
  readonly address: boolean;
  readonly symbol: boolean;
  readonly array: boolean;
  readonly arrayIndexes: boolean;
  readonly nullStop: boolean;
  readonly sevenBit: boolean;
  readonly nibbles: boolean;
  readonly staticMembers: boolean;
  readonly outputRadix: 10 | 8 | 16;
  readonly inputRadix: number;
}

/**
 * Effects of an evaluation in order. When an expression needs the inferior to run, evaluation stops with `CallNeeded`;
 * the session runs the call, appends its result and evaluates the whole text again: effects already in
 * the log (calls, assignments) are not done twice but answered from it. So the evaluator stays synchronous, fast
 * in conditions, and ^C works while the inferior runs.
 */
export class EffectLog {
  #done: Value[] = [];
  #next = 0;
  /** Begin (again) from the first effect. */
  rewind(): void {
    this.#next = 0;
  }
  /** The recorded result of the next effect, or does it and records it. */
  perform(effect: () => Value): Value {
    if (this.#next < this.#done.length) return this.#done[this.#next++];
    const value = effect();
    this.#done.push(value);
    this.#next++;
    return value;
  }
  /** The result of the call that `CallNeeded` asked for. */
  append(value: Value): void {
    this.#done.push(value);
  }
}

/** Thrown by the evaluator when the inferior must run: not an error. */
export class CallNeeded {
  constructor(
    readonly functionAddress: Address,
    readonly type: FunctionType,
    readonly args: readonly Value[],
    /** For messages: `The program being debugged was signaled while in a function called from GDB.` … (name). */
    readonly name: string,
  ) {}
}
