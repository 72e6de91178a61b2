import type { Address } from '../base/address.ts';
import { SondeError } from '../base/errors.ts';
import type { Compiled } from '../evaluate/index.ts';
import type { Value } from '../evaluate/value.ts';
import type { FunctionSymbol, SourceFile } from '../program/symbols.ts';
import type { FrameId } from '../unwind/frame.ts';

/** One place of a breakpoint. */
export interface BreakpointLocation {
  readonly address: Address;
  readonly file: SourceFile | undefined;
  readonly line: number;
  /** Function that it is in, for `info breakpoints`. */
  readonly function: string | undefined;
  enabled: boolean;
  /** Its library is not there at the moment: it waits like a pending breakpoint. */
  unloaded?: boolean;
  /** The inlined instance that it was set on: a stop at its beginning shows it, not its caller. */
  readonly inlined: FunctionSymbol | undefined;
  /** The breakpoint's condition in this place's scope. */
  condition?: Compiled;
}

export type BreakpointKind =
  | 'breakpoint'
  | 'hw breakpoint'
  | 'watchpoint'
  | 'hw watchpoint'
  | 'read watchpoint'
  | 'acc watchpoint'
  | 'catchpoint';

/** A breakpoint, watchpoint or catchpoint as the user sees it. */
export interface Breakpoint {
  readonly number: number;
  kind: BreakpointKind;
  /** `del`: gone after it stopped once; `dis`: disabled then. */
  disposition: 'keep' | 'del' | 'dis';
  enabled: boolean;
  /** As typed, without condition: what it is set again from after `run`. */
  spec: string;
  locations: BreakpointLocation[];
  condition: string | undefined;
  ignoreCount: number;
  /** `enable count N`: disabled after so many stops. */
  enableCount: number | undefined;
  hits: number;
  commands: readonly string[];
  /** gdb's thread number; undefined: any. */
  thread: number | undefined;
  watch?: WatchState;
  catch?: CatchState;
}

/** What a watchpoint watches. */
export interface WatchState {
  readonly expression: string;
  readonly compiled: Compiled;
  /** `-location`: the value at an address, wherever execution is. */
  readonly location: boolean;
  /** The frame that its locals live in; undefined for globals. */
  readonly frame: FrameId | undefined;
  /** Where that frame returns to: a stop there shows that it is gone. */
  readonly returnAddress: Address | undefined;
  /** Thread of that frame. */
  readonly thread: number | undefined;
  value: Value | undefined;
  /** Memory that the value depends on. */
  memory: readonly { readonly address: Address; readonly length: number }[];
  /** It depends on registers: only evaluating it shows a change. */
  readonly usesRegisters: boolean;
  /** Debug registers in use. */
  registers: number[];
}

export type CatchState =
  | { readonly kind: 'fork' | 'vfork' | 'exec' }
  /** Libraries whose path matches. */
  | { readonly kind: 'load' | 'unload'; readonly pattern: RegExp }
  | { readonly kind: 'signal'; readonly signals: readonly number[] }
  | { readonly kind: 'syscall'; readonly numbers: readonly number[] };

/** All breakpoints in order of their numbers, which are never used twice. */
export class BreakpointTable {
  readonly #breakpoints: Breakpoint[] = [];
  #highest = 0;
  readonly #changed: () => void;

  /** `changed` is told of every addition and deletion. */
  constructor(changed: () => void = () => {}) {
    this.#changed = changed;
  }

  get all(): readonly Breakpoint[] {
    return this.#breakpoints;
  }

  get highest(): number {
    return this.#highest;
  }

  add(init: Pick<Breakpoint, 'kind' | 'spec'> & Partial<Omit<Breakpoint, 'number'>>): Breakpoint {
    const breakpoint: Breakpoint = {
      disposition: 'keep',
      enabled: true,
      locations: [],
      condition: undefined,
      ignoreCount: 0,
      enableCount: undefined,
      hits: 0,
      commands: [],
      thread: undefined,
      ...init,
      number: ++this.#highest,
    };
    this.#breakpoints.push(breakpoint);
    this.#changed();
    return breakpoint;
  }

  find(number: number): Breakpoint | undefined {
    return this.#breakpoints.find((breakpoint) => breakpoint.number === number);
  }

  /** Throws `No breakpoint number 9.` */
  require(number: number): Breakpoint {
    const breakpoint = this.find(number);
    if (!breakpoint) throw new SondeError(`No breakpoint number ${number}.`);
    return breakpoint;
  }

  delete(breakpoint: Breakpoint): void {
    const index = this.#breakpoints.indexOf(breakpoint);
    if (index < 0) return;
    this.#breakpoints.splice(index, 1);
    this.#changed();
  }

  /** Breakpoints with an enabled place at an address. */
  at(address: Address): { breakpoint: Breakpoint; location: BreakpointLocation }[] {
    const found: { breakpoint: Breakpoint; location: BreakpointLocation }[] = [];
    for (const breakpoint of this.#breakpoints) {
      if (!breakpoint.enabled) continue;
      for (const location of breakpoint.locations)
        if (location.enabled && !location.unloaded && location.address === address) found.push({ breakpoint, location });
    }
    return found;
  }
}

export const isWatchpoint = ({ kind }: Breakpoint): boolean => kind.endsWith('watchpoint');
