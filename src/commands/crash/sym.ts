import { SondeError } from '../../base/errors.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import { type LoadedModule, loadedModules } from '../../kernel/modules.ts';
import type { NamedSymbol } from '../../kernel/symbols.ts';
import type { KernelSession } from '../../session/kernelSession.ts';
import { type CrashCommand, type CrashContext, crashResult, UsageError } from './command.ts';
import { isKernelAddress } from './kernelAddress.ts';
import { parseOptions } from './options.ts';

export const sym: CrashCommand = {
  name: 'sym',
  summary: 'translate a symbol to its virtual address, or vice-versa',
  synopsis: '[-l] | [-M] | [-m module] | [-p|-n] | [-q string] | [symbol | vaddr]',
  help: `  -l      all symbols.
  -M, -m  those of all modules; of one.
  -p, -n  with the symbol before, the one behind.
  -q      those whose names contain a text.`,
  run(args, context) {
    const options = parseOptions(args, 'lMm:pnq:');
    const { kernel } = context.session;
    const module = options.value('m');
    const part = options.value('q');
    if (options.has('l')) return show([...kernelSection(kernel), ...moduleSections(kernel, loadedModules(kernel))], context);
    if (options.has('M')) return show(moduleSections(kernel, loadedModules(kernel)), context);
    if (module !== undefined) return show(moduleSections(kernel, moduleNamed(kernel, module)), context);
    if (part !== undefined) return showContaining(part, context);
    if (options.rest.length === 0) throw new UsageError('');
    for (const word of options.rest) showWord(word, { before: options.has('p'), behind: options.has('n') }, context);
  },
};

/** A line: a symbol, or where a module begins or ends. */
interface Row {
  readonly address: bigint;
  readonly text: string;
  readonly symbol?: NamedSymbol;
}

const symbolRow = (symbol: NamedSymbol, rest = ''): Row => ({
  address: symbol.address,
  symbol,
  text: `${symbol.address.toString(16)} (${symbol.type}) ${symbol.name}${rest}`,
});

function show(rows: readonly Row[], { emit }: CrashContext): void {
  const data = () =>
    rows.flatMap(({ symbol }) =>
      symbol ? [{ address: `0x${symbol.address.toString(16)}`, type: symbol.type, name: symbol.name, module: symbol.module }] : [],
    );
  emit(crashResult('symbols', data, () => rows.map(({ text }) => `${text}\n`).join('')));
}

/** By address; the sort keeps the table's order where symbols share one. */
const inOrder = (symbols: Iterable<NamedSymbol>): NamedSymbol[] =>
  [...symbols].sort((a, b) => (a.address < b.address ? -1 : a.address > b.address ? 1 : 0));

const kernelSymbols = (kernel: Kernel): NamedSymbol[] => inOrder(kernel.symbols.all()).filter(({ module }) => module === undefined);

const kernelSection = (kernel: Kernel): Row[] => kernelSymbols(kernel).map((symbol) => symbolRow(symbol));

function moduleNamed(kernel: Kernel, name: string): LoadedModule[] {
  return loadedModules(kernel).filter((module) => module.name === name);
}

/** Of each module in order of address: its regions, each between two marks. */
function moduleSections(kernel: Kernel, modules: readonly LoadedModule[]): Row[] {
  const all = inOrder(kernel.symbols.all()).filter(({ module }) => module !== undefined);
  const base = ({ regions }: LoadedModule): bigint => regions[0]?.base ?? 0n;
  return [...modules]
    .sort((a, b) => (base(a) < base(b) ? -1 : 1))
    .flatMap(({ name, regions }) => {
      const own = all.filter(({ module }) => module === name);
      return regions.flatMap((region) => {
        const end = region.base + BigInt(region.size);
        return [
          { address: region.base, text: `${region.base.toString(16)} MODULE START: ${name}` },
          ...own.filter(({ address }) => address >= region.base && address < end).map((symbol) => symbolRow(symbol)),
          { address: end, text: `${end.toString(16)} MODULE END: ${name}` },
        ];
      });
    });
}

const moduleText = ({ module }: NamedSymbol): string => (module === undefined ? '' : ` [${module}]`);

function showContaining(part: string, context: CrashContext): void {
  const found = inOrder(context.session.kernel.symbols.all()).filter(({ name }) => name.includes(part));
  if (found.length > 0)
    return show(
      found.map((symbol) => symbolRow(symbol, moduleText(symbol))),
      context,
    );
  context.emit(
    crashResult(
      'symbols',
      () => [],
      () => '(none found)\n',
    ),
  );
}

/** A number is an address; anything else is a name, all of whose symbols are shown. */
function showWord(word: string, around: { readonly before: boolean; readonly behind: boolean }, context: CrashContext): void {
  const { session } = context;
  const { kernel } = session;
  const named = kernel.symbols.named(word);
  if (named.length > 0)
    return show(
      named.flatMap((symbol) => withNeighbours(symbol, symbolText(session, symbol, 0n), around, session)),
      context,
    );
  if (!/^(0x)?[0-9a-f]{1,16}$/i.test(word)) return showUnknown(word, context);
  const address = BigInt(`0x${word.replace(/^0x/i, '')}`);
  const found = isKernelAddress(kernel, address) ? kernel.symbols.nearest(address) : undefined;
  if (!found) throw new SondeError(`invalid address: ${word}`);
  show(withNeighbours(found.symbol, symbolText(session, found.symbol, found.offset), around, session), context);
}

/** What else may have been meant: the names that contain the word. */
function showUnknown(word: string, { session, emit }: CrashContext): void {
  const alike = inOrder(session.kernel.symbols.all()).filter(({ name }) => name.includes(word));
  const lines = alike.map((symbol) => `  ${symbolRow(symbol, moduleText(symbol)).text}`);
  emit(
    crashResult(
      'symbols',
      () => [],
      () => `symbol not found: ${word}\npossible alternatives:\n${(lines.length > 0 ? lines : ['  (none found)']).join('\n')}\n`,
    ),
  );
}

/** A symbol's row with the distance of an address behind it, and the source line of code where the debug file knows it. */
function symbolText(session: KernelSession, symbol: NamedSymbol, offset: bigint): Row {
  const address = symbol.address + offset;
  const line = symbol.type.toLowerCase() === 't' ? session.lineAt(address) : undefined;
  const distance = offset === 0n ? '' : `+${session.radix === 16 ? '0x' : ''}${offset.toString(session.radix)}`;
  return symbolRow({ ...symbol, address }, `${distance}${moduleText(symbol)}${line ? ` ${line.file}: ${line.line}` : ''}`);
}

function withNeighbours(
  symbol: NamedSymbol,
  row: Row,
  { before, behind }: { before: boolean; behind: boolean },
  session: KernelSession,
): Row[] {
  if (!before && !behind) return [row];
  const all = inOrder(session.kernel.symbols.all()).filter(({ module }) => module === symbol.module);
  const neighbour = (other: NamedSymbol | undefined): Row[] => (other ? [symbolText(session, other, 0n)] : []);
  return [
    ...(before ? neighbour(all.findLast(({ address }) => address < symbol.address)) : []),
    row,
    ...(behind ? neighbour(all.find(({ address }) => address > symbol.address)) : []),
  ];
}
