import type { Address } from '../base/address.ts';
import { SondeError } from '../base/errors.ts';
import type { LiveTarget } from '../targets/target.ts';
import type { Breakpoint } from './breakpoints.ts';

/** x86-64 has four debug registers, for breakpoints and watchpoints together. */
export const debugRegisterCount = 4;

/** `failed`: a line for each breakpoint that found no register. */
export const tooFewDebugRegisters = (failed: readonly string[]): SondeError =>
  new SondeError(
    `Warning:\n${failed.join('\n')}\nCould not insert hardware breakpoints:\nYou may have requested too many hardware breakpoints/watchpoints.\n\nCommand aborted.`,
  );

/** Breakpoints in debug registers while the inferior runs: they take the first ones, watchpoints what is left. */
export class HardwareBreakpoints {
  /** In the order of the registers. */
  #addresses: readonly Address[] = [];

  has(address: Address): boolean {
    return this.#addresses.includes(address);
  }

  /** How many registers are taken. */
  get count(): number {
    return this.#addresses.length;
  }

  /** Puts the registers in order; throws gdb's words, with none in use, when there are too few. */
  insert(live: LiveTarget, breakpoints: readonly Breakpoint[]): void {
    const wanted = breakpoints
      .filter(({ kind, enabled }) => kind === 'hw breakpoint' && enabled)
      .flatMap(({ number, locations }) =>
        locations.filter(({ enabled, unloaded }) => enabled && !unloaded).map(({ address }) => ({ number, address })),
      )
      .sort((a, b) => (a.address < b.address ? -1 : a.address > b.address ? 1 : a.number - b.number));
    const addresses = [...new Set(wanted.map(({ address }) => address))];
    const inserted = addresses.slice(0, debugRegisterCount);
    const failed = wanted.filter(({ address }) => !inserted.includes(address));
    if (failed.length > 0) {
      this.remove(live);
      throw tooFewDebugRegisters(failed.map(({ number }) => `Cannot insert hardware breakpoint ${number}.`));
    }
    for (let index = 0; index < Math.max(inserted.length, this.count); index++) {
      const address = inserted[index];
      if (address === this.#addresses[index]) continue;
      live.setDebugRegister(index, address === undefined ? undefined : { address, length: 1, on: 'execute' });
    }
    this.#addresses = inserted;
  }

  remove(live: LiveTarget): void {
    for (let index = 0; index < this.count; index++) live.setDebugRegister(index, undefined);
    this.forget();
  }

  /** The process is gone, or the kernel has cleared the registers: after exec. */
  forget(): void {
    this.#addresses = [];
  }
}
