/** Enough for the loop that is being stepped through. */
const most = 4096;

/** Answers about addresses that were given before: stepping asks about the same few again and again. Keys are link-time addresses. */
export class Answers<T> {
  readonly #known = new Map<number, T>();

  /** What is known of an address, or is found now. */
  of(address: number, find: (address: number) => T): T {
    const known = this.#known.get(address);
    if (known !== undefined || this.#known.has(address)) return known as T;
    const found = find(address);
    if (this.#known.size >= most) this.#known.clear();
    this.#known.set(address, found);
    return found;
  }
}
