import type { Address } from '../base/address.ts';
import type { Block } from '../program/symbols.ts';
import type { Type } from '../program/types.ts';
import type { EvaluationContext } from './context.ts';
import type { Value } from './value.ts';

/** A parsed expression: names are resolved, it can be evaluated many times. */
export interface Compiled {
  readonly text: string;
  /** Innermost block of the locals it names: where a display or watchpoint on it makes sense. Undefined: only globals, registers, constants. */
  readonly block: Block | undefined;
  /** It is a type's name, not an expression. */
  readonly isType: boolean;
  /** `(TYPE) …` on the outside. */
  readonly isCast: boolean;
  evaluate(context: EvaluationContext): Value;
  /** For conditions: C truth, quickly. */
  isTrue(context: EvaluationContext): boolean;
  /** Without reading memory more than it must and without side effects: whatis, sizeof. Also of a type's name. */
  typeOf(context: EvaluationContext): Type;
  /** Its value and the memory that the value depends on: what a hardware watchpoint must cover. `constant`: nothing it depends on can change. */
  watch(context: EvaluationContext): Watched;
}

export interface Watched {
  /** Undefined: it could not be read (`error` says why): gdb watches for it to become readable. */
  readonly value: Value | undefined;
  readonly error: unknown;
  /** In the order that they were read; the value's own place is the last. */
  readonly memory: readonly { readonly address: Address; readonly length: number }[];
  /** It depends on registers: no hardware watchpoint can see it change. */
  readonly usesRegisters: boolean;
  readonly constant: boolean;
}
