import { SondeError } from '../base/errors.ts';
import { fetched } from '../evaluate/makeValue.ts';
import type { Value } from '../evaluate/value.ts';

/** `$1`, `$`, `$$`: every printed value as it was, and `$name`: convenience variables. */
export class ValueHistory {
  readonly #values: Value[] = [];
  readonly #variables = new Map<string, Value | undefined>();
  readonly #computed = new Map<string, () => Value | undefined>();

  get length(): number {
    return this.#values.length;
  }

  /** Keeps a value, read at once; the answer is its number. */
  record(value: Value): number {
    return this.#values.push(fetched(value));
  }

  /** `$n` by number; `$`, `$$`, `$$n` by how far back from the last. */
  get(index: number | 'last', back = 0): Value {
    const number = index === 'last' ? this.#values.length - back : index;
    if (index === 'last' && number <= 0) {
      throw new SondeError(back === 0 ? 'The history is empty.' : `History does not go back to $$${back}.`);
    }
    if (number > this.#values.length) throw new SondeError(`History has not yet reached $${number}.`);
    // $0 is the last one, as in gdb's count from the end.
    if (number <= 0) return this.get('last', -number);
    return this.#values[number - 1];
  }

  /** A convenience variable; undefined: it is void or was never set. */
  convenience(name: string): Value | undefined {
    const compute = this.#computed.get(name);
    return compute ? compute() : this.#variables.get(name);
  }

  setConvenience(name: string, value: Value): void {
    if (this.#computed.has(name)) throw new SondeError('Left operand of assignment is not an lvalue.');
    this.#variables.set(name, value);
  }

  /** Makes a variable void, but known. */
  clearConvenience(name: string): void {
    this.#variables.set(name, undefined);
  }

  /** A variable whose value is made when asked for: `$_siginfo`, `$_thread`. */
  defineComputed(name: string, compute: () => Value | undefined): void {
    this.#computed.set(name, compute);
  }

  /** Newest first, computed ones last: the order of `show convenience`. */
  *conveniences(): Iterable<{ readonly name: string; readonly value: () => Value | undefined }> {
    for (const name of [...this.#variables.keys()].reverse()) yield { name, value: () => this.#variables.get(name) };
    for (const [name, value] of [...this.#computed].reverse()) yield { name, value };
  }

  /** Unset `$name`s that must not survive a new program, as gdb does with `$_exitcode`. */
  forget(name: string): void {
    this.#variables.delete(name);
  }
}
