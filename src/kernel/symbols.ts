import type { Address } from '../base/address.ts';
import type { Kallsyms, KernelSymbol } from '../formats/kallsyms/kallsyms.ts';
import type { Kernel } from './kernel.ts';

/** A symbol of the kernel or of a module. */
export interface NamedSymbol extends KernelSymbol {
  /** Undefined: the kernel itself. */
  readonly module?: string;
}

/** All symbols of a running kernel: its own kallsyms, and what each loaded module brought. */
export class KernelSymbols {
  readonly kallsyms: Kallsyms;
  readonly kernel: Kernel;

  constructor(kernel: Kernel, kallsyms: Kallsyms) {
    this.kernel = kernel;
    this.kallsyms = kallsyms;
  }

  /** All symbols of exactly that name; static functions repeat. */
  named(name: string): readonly NamedSymbol[] {
    return this.kallsyms.named(name);
  }

  /** The nearest symbol at or below an address of kernel or module text and data. */
  nearest(address: Address): { readonly symbol: NamedSymbol; readonly offset: bigint } | undefined {
    return this.kallsyms.nearest(address);
  }

  *all(): Iterable<NamedSymbol> {
    yield* this.kallsyms.all();
  }
}
