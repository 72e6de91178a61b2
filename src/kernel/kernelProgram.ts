import type { Address } from '../base/address.ts';
import type { DebugInfo, MinimalSymbols, Module } from '../program/module.ts';
import { Program } from '../program/program.ts';
import type { Block, EnumeratorSymbol, FunctionSymbol, MinimalSymbol, TypeSymbol, Unit, VariableSymbol } from '../program/symbols.ts';
import type { ArrayType, PointerType, Type } from '../program/types.ts';
import { globalTypes } from './globalTypes.ts';
import type { Kernel } from './kernel.ts';
import type { NamedSymbol } from './symbols.ts';

const DW_OP_addr = 0x03;

/**
 * A kernel as a program like any other: types and enumerators from its BTF, variables from BTF (per-CPU) or our table, functions' prototypes from BTF,
 * addresses from its own symbol table. So one evaluator and one printer serve both.
 */
export function kernelProgram(kernel: Kernel): Program {
  const program = new Program();
  const module = kernelModule(kernel);
  program.setFiles(module, module);
  return program;
}

function kernelModule(kernel: Kernel): Module {
  const module = {
    path: 'vmlinux',
    bias: 0n,
    buildId: kernel.dump.info.get('BUILD-ID'),
    debugPath: undefined,
    debugFile: undefined,
    sections: [],
    containsAddress: () => true,
  } as unknown as { -readonly [key in keyof Module]: Module[key] };
  module.minimal = new KernelMinimalSymbols(kernel, module);
  module.debug = btfDebugInfo(kernel, module);
  return module;
}

/** Names that the linker's script gives to places (arch/x86/kernel/vmlinux.lds.S): they have no size, and say nothing of what lies there. */
const linkerLabel = /^(__start_|__stop_|__end_|__begin_|_[se](text|data|bss|brk)$|_end$|init_stack$|init_thread_union$)/;

/** The symbol table, as an expression sees it. */
class KernelMinimalSymbols implements MinimalSymbols {
  constructor(
    readonly kernel: Kernel,
    readonly module: Module,
  ) {}

  at(address: Address, kind?: 'text' | 'data' | 'any') {
    const found = this.kernel.symbols.nearest(address);
    if (!found) return undefined;
    const symbol = this.#minimal(found.symbol);
    if (kind === 'text' && symbol.kind !== 'text') return undefined;
    return { symbol, offset: Number(found.offset) };
  }

  named(name: string): readonly MinimalSymbol[] {
    return this.kernel.symbols.named(name).map((symbol) => this.#minimal(symbol));
  }

  *all(): Iterable<MinimalSymbol> {
    for (const symbol of this.kernel.symbols.all()) yield this.#minimal(symbol);
  }

  #minimal({ name, address, type }: NamedSymbol): MinimalSymbol {
    const lower = type.toLowerCase();
    const kind = lower === 't' || lower === 'w' ? 'text' : lower === 'b' ? 'bss' : lower === 'a' ? 'absolute' : 'data';
    const end = linkerLabel.test(name) ? undefined : this.kernel.symbols.next(address);
    return { name, module: this.module, address, size: end === undefined ? 0 : Number(end - address), kind, global: type !== lower };
  }
}

function btfDebugInfo(kernel: Kernel, module: Module): DebugInfo {
  const { types } = kernel;
  const unit = {
    module,
    name: 'vmlinux',
    directory: '',
    producer: '',
    language: 'c',
    version: 5,
    ranges: [],
    symbols: [],
    files: [],
  } as unknown as Unit;
  const common = (name: string) => ({ name, module, unit, line: 0 });
  const typeSymbol = (name: string, type: Type): TypeSymbol => ({ ...common(name), kind: 'type', type });

  const variables = (name: string): VariableSymbol[] => {
    const type = variableType(kernel, name);
    const address = type && kernel.findSymbol(name);
    if (!type || address === undefined) return [];
    const bytes = new Uint8Array(9);
    bytes[0] = DW_OP_addr;
    new DataView(bytes.buffer).setBigUint64(1, address, true);
    const location = { kind: 'expression', bytes, unit } as const;
    return [{ ...common(name), kind: 'variable', type, isParameter: false, external: true, artificial: false, location }];
  };

  const functions = (name: string): FunctionSymbol[] => {
    const type = types.functionType(name);
    const symbol = type && kernel.symbols.named(name).find((candidate) => candidate.type.toLowerCase() === 't');
    if (!type || !symbol) return [];
    const block: Block = { ranges: [], parent: undefined, function: undefined, variables: [], types: [], labels: [], children: [] };
    const { address: entry } = symbol;
    const rest = {
      external: true,
      ranges: [],
      block,
      prototyped: true,
      artificial: false,
      position: 0,
      doesNotReturn: false,
      callSites: [],
    };
    return [{ ...common(name), kind: 'function', type, entry, ...rest }];
  };

  const typesNamed = (name: string, tag?: 'struct' | 'union' | 'class' | 'enum'): TypeSymbol[] => {
    const struct = types.struct(name);
    const enumeration = types.enumeration(name);
    const found = [
      tag !== 'enum' && struct && (tag === undefined || (tag === 'union') === (struct.keyword === 'union')) ? struct : undefined,
      tag === undefined || tag === 'enum' ? enumeration : undefined,
      tag === undefined ? types.named(name) : undefined,
    ];
    return found.filter((type) => type !== undefined).map((type) => typeSymbol(name, type));
  };

  const enumerators = (name: string): EnumeratorSymbol[] => {
    const found = types.enumeratorNamed(name);
    return found ? [{ ...common(name), kind: 'enumerator', ...found }] : [];
  };

  const none = () => undefined;
  const nothing = () => [];
  return {
    units: [unit],
    unitAt: () => unit,
    functionAt: none,
    blockAt: none,
    lineAt: none,
    lineTable: nothing,
    linesFor: (_, line) => ({ exact: false, line, rows: [] }),
    functions,
    inlinedInstances: nothing,
    variables,
    types: typesNamed,
    enumerators,
    sourceFiles: nothing,
    allSourceFiles: nothing,
    allSymbols: nothing,
    allNames: nothing,
    mentions: () => false,
  } as DebugInfo;
}

/** Of a global variable; undefined where neither BTF nor the table says. */
export function variableType(kernel: Kernel, name: string): Type | undefined {
  const told = kernel.types.variable(name);
  if (told) return told;
  const text = globalTypes[name];
  return text === undefined ? undefined : parseType(kernel, text);
}

/** `struct NAME *[3]`: what the table of globals is written in. */
function parseType(kernel: Kernel, text: string): Type | undefined {
  const [, base, stars, array] = /^([\w ]+?) ?(\**)(?:\[(\d*)\])?$/.exec(text.replace(/ (?=\[)/, '')) ?? [];
  if (base === undefined) return undefined;
  let type: Type | undefined = base.startsWith('struct ')
    ? kernel.types.struct(base.slice(7))
    : kernel.types.named(compilerNames[base] ?? base);
  for (const _ of stars) type = type && pointerTo(type);
  if (type && array !== undefined) type = arrayOf(type, array === '' ? undefined : Number(array));
  return type;
}

/** What the compiler calls C's base types. */
const compilerNames: Readonly<Record<string, string>> = { 'unsigned long': 'long unsigned int', long: 'long int' };

const pointerTo = (target: Type): PointerType => ({ kind: 'pointer', size: 8, target });
const arrayOf = (element: Type, count: number | undefined): ArrayType => ({
  kind: 'array',
  element,
  count,
  size: count === undefined ? 0 : count * element.size,
  vector: false,
});
