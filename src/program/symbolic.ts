import type { Address } from '../base/address.ts';
import type { Program } from './program.ts';
import type { FunctionSymbol } from './symbols.ts';

/** An address as a name and a distance from it. */
export interface SymbolicAddress {
  readonly name: string;
  readonly offset: bigint;
}

export interface SymbolicOptions {
  readonly preferFunction?: boolean;
  readonly names?: 'people' | 'linker';
}

/**
 * The name that covers an address: the function's, or the ELF symbol's if that begins later (data in text) or there is no debug info.
 * gdb's build_address_symbolic. A C++ function goes by the linker's name where instructions are shown, by its signature for people. Undefined where no symbol is before it in its module.
 */
export function symbolicAddress(program: Program, address: Address, options: SymbolicOptions = {}): SymbolicAddress | undefined {
  const fn = program.functionAt(address);
  const found = program.minimalSymbolAt(address, 'any');
  const symbol = found && isUsable(found.symbol) ? found.symbol : undefined;
  if (fn && !(symbol && !options.preferFunction && symbol.address > fn.entry))
    return { name: functionName(fn, options.names), offset: address - fn.entry };
  return symbol && { name: symbol.name, offset: address - symbol.address };
}

const functionName = (fn: FunctionSymbol, names: SymbolicOptions['names']): string =>
  fn.signature === undefined ? fn.name : ((names === 'people' ? undefined : fn.linkageName) ?? fn.signature);

/** Labels of data without a size say nothing about what follows them. */
const isUsable = ({ size, kind }: { size: number; kind: string }): boolean =>
  size > 0 || kind === 'text' || kind === 'ifunc' || kind === 'plt';

/** `<main+4>`, `<main>`. */
export function symbolicText(program: Program, address: Address, options: SymbolicOptions = {}): string | undefined {
  const found = symbolicAddress(program, address, options);
  return found && `<${found.name}${found.offset ? `+${found.offset}` : ''}>`;
}
