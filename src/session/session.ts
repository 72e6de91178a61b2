import type { Address } from '../base/address.ts';
import type { EvaluationContext } from '../evaluate/context.ts';
import type { Value } from '../evaluate/value.ts';
import type { Program } from '../program/program.ts';
import type { SourceFile } from '../program/symbols.ts';
import type { LiveTarget, Memory, Target } from '../targets/target.ts';
import type { Frame } from '../unwind/frame.ts';
import type { BreakpointTable } from './breakpoints.ts';
import type { CheckpointTable } from './checkpoints.ts';
import type { DisplayTable } from './displays.ts';
import type { Environment } from './environment.ts';
import type { SessionEvent } from './events.ts';
import type { OpenedCore } from './openCore.ts';
import type { RunControl } from './runControl.ts';
import type { Settings } from './settings.ts';
import type { SignalTable } from './signalTable.ts';
import type { SourceCache } from './sources.ts';
import type { ValueHistory } from './values.ts';

/**
 * One debugging session: a program, perhaps a target, and everything a user has set up. Commands are written
 * against this interface; `DebugSession` implements it.
 */
export interface Session {
  readonly settings: Settings;
  /** Modules and their symbols, with or without a process. */
  readonly program: Program;
  readonly sources: SourceCache;
  readonly breakpoints: BreakpointTable;
  readonly displays: DisplayTable;
  /** `$1`, `$`, `$$`, and convenience variables. */
  readonly values: ValueHistory;
  /** run, continue, step … : everything that makes the inferior move. */
  readonly control: RunControl;

  /** What is done with signals. */
  readonly signals: SignalTable;

  /** What the next `run` passes on. */
  readonly environment: Environment;
  /** Forks of the inferior that were kept. */
  readonly checkpoints: CheckpointTable;

  /** A process or a core; undefined: only a file, or nothing. */
  readonly target: Target | undefined;
  readonly live: LiveTarget | undefined;

  /** Memory as the user should see it: breakpoints hidden; without a process, the program file's own contents. */
  readonly memory: Memory;

  readonly threads: readonly SessionThread[];
  selectedThread: SessionThread | undefined;
  /** Innermost frame of the selected thread; undefined without stack. */
  readonly innermostFrame: Frame | undefined;
  /** Innermost frame of any thread. */
  innermostFrameOf(thread: SessionThread): Frame | undefined;
  /** What up, down and frame move. Reset to the innermost one at each stop. */
  selectedFrame: Frame | undefined;
  /** The selected frame, or `No frame selected.` / `No stack.` as an error. */
  requireFrame(): Frame;

  /** Where `list`, `break N` and `info line` start from: gdb's default source and line. */
  listing: ListingPosition;

  /** For evaluating in a frame (default: the selected one). */
  evaluationContext(frame?: Frame): EvaluationContext;
  /** Evaluates text, running inferior calls if there are any. */
  evaluate(text: string, options?: { frame?: Frame }): Promise<Value>;
  /** As an address: pointers, integers, functions and arrays. */
  evaluateAddress(text: string): Promise<Address>;

  /** `file`, `exec-file`, `symbol-file`; `undefined` forgets them. Throws gdb's wording. */
  loadProgram(path: string | undefined, use?: ProgramUse): void;
  /** `core-file`. */
  openCore(path: string): OpenedCore;
  closeTarget(): void;

  /** Everything that happens without being asked for: stops, thread births, messages. */
  onEvent(listener: (event: SessionEvent) => void): () => void;
  emit(event: SessionEvent): void;

  /** Ends the session: kills what it started, detaches what it attached to, breakpoints removed. Idempotent, synchronous, never throws. */
  close(): void;
}

/** What a file is loaded for. */
export type ProgramUse = 'executable and symbols' | 'executable' | 'symbols';

export interface SessionThread {
  /** gdb's thread number. */
  readonly number: number;
  readonly tid: number;
  readonly name: string | undefined;
  /** What `thread name` says. */
  givenName: string | undefined;
  /** pthread_t, where libpthread is in use: `Thread 0x7ffff7d8a740 (LWP 123)`; otherwise it is `process 123` or `LWP 123`. */
  readonly pthread: Address | undefined;
  readonly running: boolean;
}

export type { SessionEvent } from './events.ts';

export interface ListingPosition {
  file: SourceFile | undefined;
  /** First and last line of the last listing. */
  first: number;
  last: number;
  /** Where the frame is that was printed last: `break +1` counts from there. */
  displayed?: { readonly file: SourceFile; readonly line: number };
  /** Line after the one that `info line` told of since: the next `info line` and search go on from it. */
  mentioned?: number;
  /** Line that the next plain `list` centres on, set by a stop or a frame change; undefined after a listing. */
  centre: number | undefined;
}
