import type { Value } from '../evaluate/value.ts';
import type { FunctionSymbol } from '../program/symbols.ts';
import type { DummyFrame } from '../unwind/index.ts';
import type { Breakpoint } from './breakpoints.ts';
import type { SessionThread } from './session.ts';

/** What happens in a session without being asked for; `commands/gdb/eventText.ts` has the words. */
export type SessionEvent =
  | { readonly kind: 'stop'; readonly stop: Stop }
  | { readonly kind: 'thread created' | 'thread exited'; readonly name: string }
  | { readonly kind: 'switched thread'; readonly name: string }
  /** A signal that is printed but does not stop. */
  | { readonly kind: 'signal received'; readonly signal: number; readonly thread: SessionThread | undefined }
  | { readonly kind: 'breakpoint set'; readonly breakpoint: Breakpoint }
  /** The C library's threads can be told apart from now on. */
  | { readonly kind: 'threads known' }
  /** A whole sentence of gdb's, without its newline. */
  | { readonly kind: 'message' | 'warning' | 'error'; readonly text: string };

/** Why and where execution stopped. */
export interface Stop {
  readonly reason: StopReason;
  /** Undefined when the process is gone. */
  readonly thread: SessionThread | undefined;
  /** How much of the frame is shown: after a step within one function only its source line. */
  readonly show: 'source line' | 'source and location' | 'nothing';
}

export type StopReason =
  /** `others` are at the same place; `returned`: it is also where `finish` was going. */
  | { readonly kind: 'breakpoint'; readonly breakpoint: Breakpoint; readonly others: readonly Breakpoint[]; readonly returned?: Returned }
  /** `breakpoints` were reached at the same moment. */
  | { readonly kind: 'watchpoint'; readonly changes: readonly WatchChange[]; readonly breakpoints: readonly Breakpoint[] }
  /** The frame that a watchpoint's expression lived in is gone. */
  | { readonly kind: 'watchpoint scope'; readonly breakpoint: Breakpoint }
  /** Its expression can't be evaluated any more. */
  | { readonly kind: 'watchpoint error'; readonly breakpoint: Breakpoint; readonly message: string }
  | { readonly kind: 'catchpoint'; readonly breakpoint: Breakpoint; readonly text: string }
  /** A caught library came or went; all that did at that moment are told. */
  | {
      readonly kind: 'libraries';
      readonly breakpoint: Breakpoint;
      readonly others: readonly Breakpoint[];
      readonly loaded: readonly string[];
      readonly unloaded: readonly string[];
    }
  | { readonly kind: 'signal'; readonly signal: number }
  | { readonly kind: 'exited'; readonly code: number; readonly pid: number }
  | { readonly kind: 'killed'; readonly signal: number; readonly coreDumped: boolean; readonly pid: number }
  | { readonly kind: 'step' }
  /** finish: what the function returned, recorded in the value history. */
  | ({ readonly kind: 'finished' } & Returned)
  | { readonly kind: 'location' }
  /** A function called from an expression, which was interrupted before, has returned: the thread is as it was before the call. */
  | { readonly kind: 'call returned'; readonly dummy: DummyFrame }
  | { readonly kind: 'attached' }
  /** A function called from an expression did not return. */
  | { readonly kind: 'call interrupted'; readonly inner: StopReason };

/** What a function has just returned. */
export interface Returned {
  readonly function: FunctionSymbol | undefined;
  readonly value: Value | undefined;
}

export interface WatchChange {
  readonly breakpoint: Breakpoint;
  readonly access: 'changed' | 'read' | 'accessed';
  readonly old: Value | undefined;
  readonly now: Value | undefined;
}

/** The user's breakpoints that a stop is about. */
export function breakpointsOf(reason: StopReason): readonly Breakpoint[] {
  switch (reason.kind) {
    case 'breakpoint':
    case 'libraries':
      return [reason.breakpoint, ...reason.others];
    case 'watchpoint':
      return [...reason.changes.map(({ breakpoint }) => breakpoint), ...reason.breakpoints];
    case 'catchpoint':
      return [reason.breakpoint];
    default:
      return [];
  }
}
