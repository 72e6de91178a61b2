import { type SignalInfo, signals } from '../linux/signals.ts';

/** What is done with a signal: gdb's `handle`. */
export interface SignalHandling {
  stop: boolean;
  print: boolean;
  pass: boolean;
}

/** `handle` changes it, `info signals` shows it; the beginnings are in `linux/signals.ts`. */
export class SignalTable {
  readonly #handling = new Map<string, SignalHandling>(signals.map(({ name, stop, print, pass }) => [name, { stop, print, pass }]));

  get all(): readonly SignalInfo[] {
    return signals;
  }

  of(name: string): SignalHandling {
    const handling = this.#handling.get(name);
    if (!handling) throw new Error(`no signal is called ${name}`);
    return handling;
  }
}
