import { upperBound } from './lineTable.ts';

/** Ranges of link-time addresses with something each; finds the smallest one around an address. */
export class AddressMap<T> {
  readonly #low: Float64Array;
  readonly #high: Float64Array;
  /** The greatest end of this range and all before it: where a search backwards may stop. */
  readonly #reach: Float64Array;
  readonly #items: readonly T[];

  constructor(ranges: readonly { readonly low: number; readonly high: number; readonly item: T }[]) {
    const sorted = [...ranges].sort((a, b) => a.low - b.low);
    this.#low = Float64Array.from(sorted, ({ low }) => low);
    this.#high = Float64Array.from(sorted, ({ high }) => high);
    this.#items = sorted.map(({ item }) => item);
    this.#reach = new Float64Array(sorted.length);
    let reach = -Infinity;
    for (let i = 0; i < sorted.length; i++) {
      reach = Math.max(reach, sorted[i].high);
      this.#reach[i] = reach;
    }
  }

  at(address: number): T | undefined {
    let best = -1;
    let bestSize = Infinity;
    for (let i = upperBound(this.#low, this.#low.length, address) - 1; i >= 0 && this.#reach[i] > address; i--) {
      const size = this.#high[i] - this.#low[i];
      if (this.#high[i] > address && size < bestSize) {
        best = i;
        bestSize = size;
      }
    }
    return best < 0 ? undefined : this.#items[best];
  }
}
