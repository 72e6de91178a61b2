import type { Address } from '../base/address.ts';
import type { DebugInfo, Module, Section } from './module.ts';
import type { Block, FunctionSymbol, LineEntry, MinimalSymbol, Symbol, TypeSymbol, Unit, VariableSymbol } from './symbols.ts';

/** All modules of the program under study, the main one first: what gdb calls the program space. Asks each module in turn. */
export class Program {
  #modules: Module[] = [];
  #executable: Module | undefined;
  #symbolFile: Module | undefined;

  get modules(): readonly Module[] {
    return this.#modules;
  }
  /** The file that is run, and that gives memory its contents before it does. */
  get executable(): Module | undefined {
    return this.#executable;
  }
  /** Where the program's symbols are read from: usually the executable itself, another file after `symbol-file`. */
  get symbolFile(): Module | undefined {
    return this.#symbolFile;
  }
  /** The module that stands for the program among the others: the symbol file; without one the executable. */
  get main(): Module | undefined {
    return this.#symbolFile ?? this.#executable;
  }
  /** Another program. */
  setFiles(executable: Module | undefined, symbolFile: Module | undefined, libraries: readonly Module[] = []): void {
    this.#executable = executable;
    this.#symbolFile = symbolFile;
    this.#modules = this.main ? [this.main, ...libraries] : [...libraries];
  }
  get libraries(): readonly Module[] {
    return this.#modules.filter((module) => module !== this.main);
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
  /** The file that memory is read from while nothing runs. Only what is in a section: headers are no part of the program, as in gdb. */
  contentsAt(address: Address): Module | undefined {
    const found = this.moduleAt(address);
    const module = found === this.main ? this.#executable : found;
    return module?.sections.some((s) => s.allocated && address >= s.address && address < s.address + BigInt(s.size)) ? module : undefined;
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
