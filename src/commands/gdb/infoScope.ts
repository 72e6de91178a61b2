import { type Address, hex } from '../../base/address.ts';
import { SondeError } from '../../base/errors.ts';
import { findName } from '../../evaluate/scope.ts';
import { printName } from '../../program/printName.ts';
import type { Block, MinimalSymbol, Symbol, VariableSymbol } from '../../program/symbols.ts';
import { resolveTypedef } from '../../program/types.ts';
import { firstLocation } from '../../session/breakpointLocations.ts';
import type { Session } from '../../session/session.ts';
import { type Command, type CommandContext, textResult } from '../command.ts';
import { fileName } from './infoFiles.ts';
import { locationText, staticAddress } from './locationText.ts';

/** Where symbols are: of a scope, of a name; and which symbol an address belongs to. */
export const infoScopeCommands: readonly Command[] = [
  {
    name: 'info scope',
    group: 'status',
    summary: 'List the variables local to a scope.',
    completes: 'symbol',
    run: infoScope,
  },
  {
    name: 'info address',
    group: 'status',
    summary: 'Describe where symbol SYM is stored.',
    help: 'Usage: info address SYM',
    completes: 'symbol',
    run: infoAddress,
  },
  {
    name: 'info symbol',
    group: 'status',
    summary: 'Describe what symbol is at location ADDR.',
    help: 'Usage: info symbol ADDR\nOnly for symbols with fixed locations (global or static scope).',
    completes: 'symbol',
    run: infoSymbol,
  },
];

function infoScope(args: string, { session, emit }: CommandContext): void {
  if (args === '') throw new SondeError('requires an argument (function, line or *addr) to define a scope');
  const first = scopeStart(session, args);
  const lines: string[] = [];
  let inner: Block | undefined = first === undefined ? undefined : session.program.blockAt(first);
  for (; inner; inner = inner.parent) {
    const pc = inner.ranges[0]?.low ?? 0n;
    for (const symbol of blockSymbols(inner)) lines.push(`Symbol ${symbol.name} is ${scopeText(session, symbol, pc)}`);
    if (inner.function) break;
  }
  emit(
    textResult(
      lines.length > 0 ? `Scope for ${args}:\n${lines.join('')}` : `Scope for ${args} contains no locals or arguments.\n`,
      'scope',
    ),
  );
}

/** Where `break` would stop first; an inlined instance is in its own scope from its first instruction on. */
function scopeStart(session: Session, spec: string): Address | undefined {
  const first = firstLocation(session, spec);
  const inlined = first?.inlined ? session.program.inlinedInstances(spec).find(({ entry }) => entry === first.address) : undefined;
  return inlined?.ranges[0]?.low ?? first?.address;
}

/** An inlined function is a symbol of its own block. */
function blockSymbols(block: Block): Symbol[] {
  const own: Symbol[] = block.function?.inlinedAt ? [block.function] : [];
  return [...own, ...(block.symbols ?? [...block.variables, ...block.types, ...block.labels])];
}

function scopeText(session: Session, symbol: Symbol, pc: Address): string {
  switch (symbol.kind) {
    case 'function':
      return `a function at address ${hex(symbol.entry)}, length 1.\n`;
    case 'type':
      return 'a typedef.\n';
    case 'label':
      return symbol.optimizedOut ? 'optimized out.\n' : `a label at address ${hex(symbol.address)}, length 8.\n`;
    case 'enumerator':
      return `a constant with value ${symbol.value} (${hex(BigInt.asUintN(64, symbol.value))}), length ${symbol.type.size}.\n`;
    case 'variable':
      return variableScopeText(session, symbol, pc);
  }
}

function variableScopeText(session: Session, variable: VariableSymbol, pc: Address): string {
  const { location } = variable;
  const length = `, length ${resolveTypedef(variable.type).size}.\n`;
  const address = staticAddress(variable);
  if (address !== undefined) return `${variable.isDeclared ? '' : 'in '}static storage at address ${hex(address)}${length}`;
  switch (location.kind) {
    case 'absent':
      return variable.isDeclared ? `Unresolved Static${length}` : 'optimized out.\n';
    case 'constant':
      return `${constantText(location.value, variable.type.size)}${length}`;
    default:
      return `${locationText(session, variable, location, pc)}${length}`;
  }
}

function constantText(value: bigint | Uint8Array, size: number): string {
  if (typeof value === 'bigint') return `a constant with value ${BigInt.asIntN(64, value)} (${hex(BigInt.asUintN(64, value))})`;
  return `constant bytes: ${[...value.subarray(0, size)].map((byte) => ` ${byte.toString(16).padStart(2, '0')}`).join('')}`;
}

function infoAddress(args: string, { session, emit }: CommandContext): void {
  if (args === '') throw new SondeError('Argument required.');
  emit(textResult(addressText(session, args), 'address'));
}

function addressText(session: Session, name: string): string {
  const found = findName(name, session.evaluationContext());
  if (found) {
    const { symbol } = found;
    const printed = symbol.kind === 'function' ? (symbol.signature ?? symbol.name) : symbol.name;
    return `Symbol "${printed}" is ${symbolAddressText(session, symbol)}.\n`;
  }
  // A PLT stub only stands in for the function that has the name.
  const symbols = session.program.minimalSymbols(name);
  const minimal = symbols.find(({ kind }) => kind !== 'plt') ?? symbols[0];
  if (!minimal) throw new SondeError(`No symbol "${name}" in current context.`);
  return `Symbol "${name}" is at ${hex(minimal.address)} in a file compiled without debugging.\n`;
}

function symbolAddressText(session: Session, symbol: Symbol): string {
  switch (symbol.kind) {
    case 'function':
      return `a function at address ${hex(symbol.entry)}`;
    case 'type':
      return 'a typedef';
    case 'enumerator':
      return 'constant';
    case 'label':
      return `a label at address ${hex(symbol.address)}`;
    case 'variable':
      return variableAddressText(session, symbol);
  }
}

function variableAddressText(session: Session, variable: VariableSymbol): string {
  const { location } = variable;
  const address = staticAddress(variable);
  if (address !== undefined) return `static storage at address ${hex(address)}`;
  switch (location.kind) {
    case 'absent':
      return variable.isDeclared ? 'unresolved' : 'optimized out';
    case 'constant':
      return 'constant';
    default:
      return locationText(session, variable, location, session.selectedFrame?.pc ?? 0n);
  }
}

async function infoSymbol(args: string, { session, emit }: CommandContext): Promise<void> {
  if (args === '') throw new SondeError('Argument required (address).');
  const address = await session.evaluateAddress(args);
  const { program } = session;
  const found = program.minimalSymbolAt(address, 'any');
  const place = program.sectionAt(address);
  if (!found || !place) {
    emit(textResult(`No symbol matches ${args}.\n`, 'symbol'));
    return;
  }
  const symbol = symbolText(session, found.symbol);
  const name = found.offset === 0 ? symbol : `${symbol} + ${found.offset}`;
  const file = program.modules.length > 1 ? ` of ${fileName(session, place.module)}` : '';
  emit(textResult(`${name} in section ${place.section.name}${file}\n`, 'symbol'));
}

/** The name that debug info gives the function that a mangled symbol stands for; else as gdb prints ELF symbols. */
function symbolText({ program }: Session, { name, address }: MinimalSymbol): string {
  const fn = program.functionAt(address);
  return fn?.signature !== undefined && fn.linkageName === name ? fn.signature : printName(name);
}
