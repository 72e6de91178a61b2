import type { Address } from '../base/address.ts';
import type { DebugInfo, Module, Section } from './module.ts';
import type { Block, FunctionSymbol, LineEntry, MinimalSymbol, Symbol, TypeSymbol, Unit, VariableSymbol } from './symbols.ts';

/** All modules of the program under study, the main one first: what gdb calls the program space. Asks each module in turn. */
export class Program {
  #modules: Module[] = [];

  get modules(): readonly Module[] {
    return this.#modules;
  }
  /** The executable. */
  get main(): Module | undefined {
    return this.#modules[0];
  }
  setModules(modules: readonly Module[]): void {
    this.#modules = [...modules];
  }

  moduleAt(address: Address): Module | undefined {
    return this.#modules.find((module) => module.containsAddress(address));
  }
  sectionAt(address: Address): { module: Module; section: Section } | undefined {
    const module = this.moduleAt(address);
    const section = module?.sections.find((s) => s.allocated && address >= s.address && address < s.address + BigInt(s.size));
    return module && section ? { module, section } : undefined;
  }
  unitAt(address: Address): Unit | undefined {
    return this.#debugAt(address)?.unitAt(address);
  }
  functionAt(address: Address): FunctionSymbol | undefined {
    return this.#debugAt(address)?.functionAt(address);
  }
  blockAt(address: Address): Block | undefined {
    return this.#debugAt(address)?.blockAt(address);
  }
  lineAt(address: Address): LineEntry | undefined {
    return this.#debugAt(address)?.lineAt(address);
  }
  minimalSymbolAt(address: Address, kind: 'text' | 'data' | 'any' = 'text'): { symbol: MinimalSymbol; offset: number } | undefined {
    return this.moduleAt(address)?.minimal.at(address, kind);
  }

  functions(name: string): FunctionSymbol[] {
    return this.#collect((debug) => debug.functions(name));
  }
  inlinedInstances(name: string): FunctionSymbol[] {
    return this.#collect((debug) => debug.inlinedInstances(name));
  }
  variables(name: string): VariableSymbol[] {
    return this.#collect((debug) => debug.variables(name));
  }
  types(name: string, tag?: 'struct' | 'union' | 'class' | 'enum'): TypeSymbol[] {
    return this.#collect((debug) => debug.types(name, tag));
  }
  enumerators(name: string): Extract<Symbol, { kind: 'enumerator' }>[] {
    return this.#collect((debug) => debug.enumerators(name));
  }
  minimalSymbols(name: string): MinimalSymbol[] {
    return this.#modules.flatMap((module) => module.minimal.named(name));
  }

  #debugAt(address: Address): DebugInfo | undefined {
    return this.moduleAt(address)?.debug;
  }
  #collect<T>(ask: (debug: DebugInfo) => readonly T[]): T[] {
    return this.#modules.flatMap((module) => (module.debug ? ask(module.debug) : []));
  }
}
