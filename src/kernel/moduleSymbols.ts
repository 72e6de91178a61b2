import type { Address } from '../base/address.ts';
import { MemoryError } from '../base/errors.ts';
import type { Kernel } from './kernel.ts';
import { type LoadedModule, loadedModules, moduleAt } from './modules.ts';
import type { NamedSymbol } from './symbols.ts';

/** More symbols than a module has. */
const mostSymbols = 1 << 20;

/** Elf64_Sym: name 0, info 4, section 6, value 8. */
const elfSymbolSize = 24;

/** The symbols of the modules, which each keeps in its own memory (`struct mod_kallsyms`); read when the first is asked for. */
export class ModuleSymbols {
  readonly #kernel: Kernel;
  readonly #modules: readonly LoadedModule[];
  readonly #symbols = new Map<LoadedModule, readonly NamedSymbol[]>();

  constructor(kernel: Kernel) {
    this.#kernel = kernel;
    this.#modules = loadedModules(kernel);
  }

  named(name: string): NamedSymbol[] {
    return [...this.all()].filter((symbol) => symbol.name === name);
  }

  /** As of the kernel's own symbols: several at one address are in order of their names. */
  nearest(address: Address): { symbol: NamedSymbol; offset: bigint } | undefined {
    const module = moduleAt(this.#modules, address);
    if (!module) return undefined;
    const symbols = this.#of(module);
    const symbol =
      symbols.find((candidate) => candidate.address === address) ?? symbols.findLast((candidate) => candidate.address <= address);
    return symbol && { symbol, offset: address - symbol.address };
  }

  /** Where the next symbol of the same module begins, or the module's memory ends. */
  next(address: Address): Address | undefined {
    const module = moduleAt(this.#modules, address);
    const region = module?.regions.find(({ base, size }) => address >= base && address < base + BigInt(size));
    if (!module || !region) return undefined;
    const end = region.base + BigInt(region.size);
    return this.#of(module).find((symbol) => symbol.address > address && symbol.address < end)?.address ?? end;
  }

  *all(): Iterable<NamedSymbol> {
    for (const module of this.#modules) yield* this.#of(module);
  }

  /** By address, then by name. */
  #of(module: LoadedModule): readonly NamedSymbol[] {
    let symbols = this.#symbols.get(module);
    if (!symbols) {
      symbols = readSymbols(this.#kernel, module).sort((a, b) => compare(a.address, b.address) || compare(a.name, b.name));
      this.#symbols.set(module, symbols);
    }
    return symbols;
  }
}

const compare = <T>(a: T, b: T): number => (a < b ? -1 : a > b ? 1 : 0);

function readSymbols(kernel: Kernel, { name: module, object }: LoadedModule): NamedSymbol[] {
  const tables = object.follow('kallsyms', 'mod_kallsyms');
  const count = tables?.number('num_symtab') ?? 0;
  if (!tables || count > mostSymbols) return [];
  try {
    const symbols = kernel.memory.read(tables.pointer('symtab'), count * elfSymbolSize);
    const names = tables.pointer('strtab');
    // Before 5.2 the letter was kept in the symbol itself.
    const types = tables.has('typetab') ? kernel.memory.read(tables.pointer('typetab'), count) : undefined;
    const view = new DataView(symbols.buffer, symbols.byteOffset, symbols.byteLength);
    const found: NamedSymbol[] = [];
    for (let index = 0; index < count; index++) {
      const at = index * elfSymbolSize;
      const name = kernel.string(names + BigInt(view.getUint32(at, true)));
      if (name === '' || view.getUint16(at + 6, true) === 0) continue;
      found.push({
        name,
        module,
        address: view.getBigUint64(at + 8, true),
        type: String.fromCharCode(types ? types[index] : symbols[at + 4]),
      });
    }
    return found;
  } catch (error) {
    if (error instanceof MemoryError) return [];
    throw error;
  }
}
