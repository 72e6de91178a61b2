import type { Compiled, Format } from '../evaluate/index.ts';
import type { Block } from '../program/symbols.ts';

/** An expression shown at every stop. */
export interface Display {
  readonly number: number;
  readonly expression: string;
  readonly format: Format | undefined;
  /** The format as typed, `/x`, for `info display`. */
  readonly formatText: string;
  readonly compiled: Compiled;
  /** Shown only while execution is in this block; undefined: everywhere. */
  readonly block: Block | undefined;
  enabled: boolean;
}

export class DisplayTable {
  #displays: Display[] = [];
  #highest = 0;

  get all(): readonly Display[] {
    return this.#displays;
  }

  add(display: Omit<Display, 'number' | 'enabled'>): Display {
    const added = { ...display, number: ++this.#highest, enabled: true };
    this.#displays.push(added);
    return added;
  }

  find(number: number): Display | undefined {
    return this.#displays.find((display) => display.number === number);
  }

  delete(number: number): void {
    this.#displays = this.#displays.filter((display) => display.number !== number);
  }

  clear(): void {
    this.#displays = [];
  }
}
