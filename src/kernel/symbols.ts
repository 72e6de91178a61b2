import type { Address } from '../base/address.ts';
import type { Kallsyms, KernelSymbol } from '../formats/kallsyms/kallsyms.ts';
import type { Kernel } from './kernel.ts';
import { ModuleSymbols } from './moduleSymbols.ts';

/** A symbol of the kernel or of a module. */
export interface NamedSymbol extends KernelSymbol {
  /** Undefined: the kernel itself. */
  readonly module?: string;
}

/** A symbol at or below an address. */
export interface NearestSymbol {
  readonly symbol: NamedSymbol;
  readonly offset: bigint;
}

/** All symbols of a running kernel: its own kallsyms, and what each loaded module brought. */
export class KernelSymbols {
  readonly kallsyms: Kallsyms;
  readonly kernel: Kernel;
  readonly #end: Address | undefined;
  #modules: ModuleSymbols | undefined;

  constructor(kernel: Kernel, kallsyms: Kallsyms) {
    this.kernel = kernel;
    this.kallsyms = kallsyms;
    // With memory encryption there is a scratch area behind the end (arch/x86/kernel/vmlinux.lds.S).
    this.#end = (kallsyms.named('__init_scratch_end')[0] ?? kallsyms.named('_end')[0])?.address;
  }

  /** Of a kernel that runs: modules come and go. */
  forget(): void {
    this.#modules = undefined;
  }

  /** All symbols of exactly that name; static functions repeat. Where there are none, the compiler's copies of a function of that name. */
  named(name: string): readonly NamedSymbol[] {
    const found = [...this.kallsyms.named(name), ...this.#ofModules.named(name)];
    if (found.length > 0) return found.map(asWritten);
    return [...this.kallsyms.startingWith(`${name}.`), ...this.#ofModules.all()].map(asWritten).filter((symbol) => symbol.name === name);
  }

  /** The nearest symbol at or below an address of kernel or module text and data. */
  nearest(address: Address): NearestSymbol | undefined {
    const found = this.#isKernels(address) ? this.kallsyms.nearest(address) : this.#ofModules.nearest(address);
    return found && { symbol: asWritten(found.symbol), offset: found.offset };
  }

  /** Where the next symbol above an address begins. */
  next(address: Address): Address | undefined {
    return this.#isKernels(address) ? this.kallsyms.next(address) : this.#ofModules.next(address);
  }

  *all(): Iterable<NamedSymbol> {
    for (const symbol of this.kallsyms.all()) yield asWritten(symbol);
    for (const symbol of this.#ofModules.all()) yield asWritten(symbol);
  }

  #isKernels(address: Address): boolean {
    return this.#end === undefined || address <= this.#end;
  }

  get #ofModules(): ModuleSymbols {
    this.#modules ??= new ModuleSymbols(this.kernel);
    return this.#modules;
  }
}

/**
 * The compiler's copies of a function (`finish_task_switch.isra.0`, `do_mmap.part.0.cold`) go by the name that the source has, as crash shows them;
 * `.cold` and `.constprop` parts keep theirs.
 */
function asWritten(symbol: NamedSymbol): NamedSymbol {
  if (!symbol.name.includes('.') || symbol.type.toLowerCase() !== 't') return symbol;
  const [, name] = /^(.+?)\.isra\./.exec(symbol.name) ?? /^(.+?)\.part\./.exec(symbol.name) ?? [];
  return name === undefined ? symbol : { ...symbol, name };
}
