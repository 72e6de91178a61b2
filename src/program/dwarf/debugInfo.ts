import type { Address } from '../../base/address.ts';
import { readAddressRanges } from '../../formats/dwarf/aranges.ts';
import { At } from '../../formats/dwarf/constants.ts';
import type { Die } from '../../formats/dwarf/die.ts';
import type { DwarfFile } from '../../formats/dwarf/file.ts';
import { RowFlag } from '../../formats/dwarf/lines.ts';
import { Shape } from '../../formats/dwarf/scanProgram.ts';
import type { UnitHeader } from '../../formats/dwarf/unit.ts';
import type { DebugInfo, LineTableRow, ListedKind, Module } from '../module.ts';
import type { Block, EnumeratorSymbol, FunctionSymbol, LineEntry, SourceFile, Symbol, TypeSymbol, VariableSymbol } from '../symbols.ts';
import { toLink, toRun } from './address.ts';
import { AddressMap } from './addressMap.ts';
import { Answers } from './answers.ts';
import { withOrigins } from './attributes.ts';
import { entryKind, entrySymbol } from './entrySymbols.ts';
import { DwarfFunction } from './functions.ts';
import { canonicalName, hasScopedNames } from './languages.ts';
import { type FileLines, findLine } from './lineTable.ts';
import { type Entry, NameIndex, plainName } from './nameIndex.ts';
import { mentionsName, NameSearch } from './nameSearch.ts';
import { lastNameComponent, qualifiedName, scopedNameMatches, withoutParameters } from './scopedNames.ts';
import { SourceFileTable, sourceFileMatches } from './sourceFiles.ts';
import { TypeReader } from './typeReader.ts';
import { DwarfUnit, orElse } from './unit.ts';
import { DwarfVariable } from './variables.ts';

/** Link-time optimization refers through several units to the function that the source has. */
const lastOrigin = (die: Die): Die => [...withOrigins(die)].at(-1) ?? die;

/** Inlined instances by the function they are of: its unit, its offset there. */
type InlinedInstances = Map<UnitHeader, Map<number, { unit: DwarfUnit; die: Die }[]>>;

/** A search costs a tenth of the index. */
const searchesBeforeIndex = 4;

/** Debug info of a module, made from DWARF. */
export class DwarfDebugInfo implements DebugInfo {
  readonly fileTable = new SourceFileTable();
  readonly typeReader: TypeReader;
  readonly #unitsByHeader = new Map<UnitHeader, DwarfUnit>();
  readonly #units: readonly DwarfUnit[];
  #compileUnits: readonly DwarfUnit[] | undefined;
  #unitMap: AddressMap<DwarfUnit> | undefined;
  readonly #blocks = new Answers<Block | undefined>();
  readonly #lines = new Answers<LineEntry | undefined>();
  #index: NameIndex | undefined;
  #search: NameSearch | null | undefined;
  readonly #searched = new Map<string, readonly Entry[]>();
  #inlined: InlinedInstances | undefined;
  readonly #inlinedInUnit = new Map<UnitHeader, InlinedInstances>();
  #namedFiles: ReadonlyMap<SourceFile, readonly DwarfUnit[]> | undefined;
  #mainLanguageCode: number | undefined;

  constructor(
    readonly module: Module,
    readonly file: DwarfFile,
    readonly splitFiles?: { unitOf(skeleton: UnitHeader): UnitHeader | undefined },
  ) {
    this.#units = file.units.map((header) => this.unitOf(header));
    this.typeReader = new TypeReader({
      qualifiedName: (die) => this.qualifiedName(die),
      definitionOf: (name, keyword) => this.types(name, keyword)[0]?.type,
      variable: (die) => new DwarfVariable(this.unitOf(die.unit), die, die.string(At.name) ?? ''),
    });
  }

  unitOf(header: UnitHeader): DwarfUnit {
    let unit = this.#unitsByHeader.get(header);
    if (!unit) {
      unit = new DwarfUnit(this, header);
      this.#unitsByHeader.set(header, unit);
    }
    return unit;
  }
  /** What a skeleton stands for: read when something in it is asked for. */
  splitUnit(unit: DwarfUnit): UnitHeader | undefined {
    if (!this.#mayBeSplit || !unit.isSkeleton) return undefined;
    const header = this.splitFiles?.unitOf(unit.own);
    if (header) this.#unitsByHeader.set(header, unit);
    return header;
  }
  /** Only split units have their addresses in a table of the program and their strings elsewhere. */
  get #mayBeSplit(): boolean {
    return this.file.section('.debug_addr').length > 0;
  }

  qualifiedName(die: Die): string | undefined {
    return qualifiedName(this.unitOf(die.unit), die);
  }
  /** For parts of units that do not say: dwz leaves DW_AT_language to the units that import them. */
  get mainLanguageCode(): number | undefined {
    this.#mainLanguageCode ??= this.units.map(({ header }) => header.root.number(At.language)).find((code) => code !== undefined);
    return this.#mainLanguageCode;
  }

  get units(): readonly DwarfUnit[] {
    this.#compileUnits ??= this.#units.filter((unit) => orElse(false, () => unit.isCompileUnit));
    return this.#compileUnits;
  }

  unitAt(address: Address): DwarfUnit | undefined {
    this.#unitMap ??= this.#mapUnits();
    return this.#unitMap.at(toLink(this.module, address));
  }

  /** By .debug_aranges; units that it leaves out are asked themselves. */
  #mapUnits(): AddressMap<DwarfUnit> {
    const ranges: { low: number; high: number; item: DwarfUnit }[] = [];
    const byOffset = new Map(this.#units.map((unit) => [unit.own.offset, unit]));
    const known = new Set<DwarfUnit>();
    for (const { low, high, unitOffset } of readAddressRanges(this.file)) {
      const item = byOffset.get(unitOffset);
      if (!item) continue;
      known.add(item);
      if (low !== 0) ranges.push({ low, high, item });
    }
    for (const item of this.#units) {
      if (known.has(item)) continue;
      for (const { low, high } of item.linkRanges) if (low !== 0) ranges.push({ low, high, item });
    }
    return new AddressMap(ranges);
  }

  functionAt(address: Address): FunctionSymbol | undefined {
    return this.unitAt(address)?.functionAt(toLink(this.module, address));
  }
  blockAt(address: Address): Block | undefined {
    return this.#blocks.of(toLink(this.module, address), (link) => this.unitAt(address)?.functionAt(link)?.block.innermost(link));
  }

  lineAt(address: Address): LineEntry | undefined {
    return this.#lines.of(toLink(this.module, address), (link) => this.#findLine(address, link));
  }

  #findLine(address: Address, link: number): LineEntry | undefined {
    const unit = this.unitAt(address);
    const found = unit && findLine(unit.lineTables, link, unit.highest);
    if (!found) return undefined;
    const { module } = this;
    const { table, index, high } = found;
    return {
      file: table.file,
      line: table.line[index],
      isStatement: (table.flags[index] & RowFlag.isStatement) !== 0,
      unit,
      get low() {
        return toRun(module, table.address[index]);
      },
      get high() {
        return toRun(module, high);
      },
    };
  }

  lineTable(unit: DwarfUnit): readonly LineTableRow[] {
    const rows = unit.lineTables.flatMap((table) => Array.from({ length: table.count }, (_, index) => this.#row(unit, table, index)));
    return rows.sort((a, b) => (a.address < b.address ? -1 : a.address > b.address ? 1 : 0));
  }
  #row(unit: DwarfUnit, table: FileLines, index: number): LineTableRow {
    const flags = table.flags[index];
    return {
      address: toRun(this.module, table.address[index]),
      file: table.file,
      line: table.line[index],
      isStatement: (flags & RowFlag.isStatement) !== 0,
      endSequence: table.line[index] === 0,
      prologueEnd: (flags & RowFlag.prologueEnd) !== 0,
      unit,
    };
  }

  linesFor(file: SourceFile, line: number): { exact: boolean; line: number; rows: readonly LineTableRow[] } {
    const tables = (this.#filesOfUnits.get(file) ?? []).flatMap((unit) =>
      unit.lineTables.filter((table) => table.file === file).map((table) => ({ unit, table })),
    );
    let best = Infinity;
    for (const { table } of tables) {
      for (let i = 0; i < table.count; i++) {
        const candidate = table.line[i];
        if (candidate >= line && candidate < best && table.flags[i] & RowFlag.isStatement) best = candidate;
      }
    }
    if (best === Infinity) return { exact: false, line: 0, rows: [] };
    const rows: LineTableRow[] = [];
    for (const { unit, table } of tables) {
      for (let i = 0; i < table.count; i++)
        if (table.line[i] === best && table.flags[i] & RowFlag.isStatement) rows.push(this.#row(unit, table, i));
    }
    return { exact: best === line, line: best, rows };
  }

  get #names(): NameIndex {
    this.#index ??= new NameIndex(this.#allUnits);
    return this.#index;
  }
  get #allUnits(): readonly DwarfUnit[] {
    return [...this.#units, ...this.file.typeUnits.map((header) => this.unitOf(header)), ...this.#supplementaryUnits()];
  }
  /** What dwz moved to the supplementary file belongs to this module as far as its units import it. */
  #supplementaryUnits(): DwarfUnit[] {
    const alternate = this.file.hasSupplementary ? orElse([], () => this.file.supplementary.units) : [];
    return alternate.map((header) => this.unitOf(header));
  }

  /** The first names are looked for one by one; whoever asks for many gets the index of all. */
  #entriesNamed(name: string): Iterable<Entry> {
    const known = this.#searched.get(name);
    if (known) return known;
    if (this.#index === undefined && this.#searched.size < searchesBeforeIndex) {
      this.#search ??= NameSearch.create(this.file, this.#units) ?? null;
      if (this.#search) {
        const found = [...new NameIndex(this.#search.unitsNaming(name)).entries(name)];
        this.#searched.set(name, found);
        return found;
      }
    }
    return this.#names.entries(name);
  }

  /** Entries of a kind whose name fits: plain, qualified (as a whole or its last components) or, for functions, with parameters. */
  *#entries(name: string, kind: 'function' | 'variable' | 'type' | 'enumerator'): Iterable<Entry> {
    const plain = lastNameComponent(withoutParameters(name));
    for (const entry of this.#entriesNamed(plain)) {
      if (entryKind(entry.unit, entry.index) === kind && (plain === name || scopedNameMatches(entry, name))) yield entry;
    }
  }
  #symbols<K extends Symbol['kind']>(name: string, kind: 'function' | 'variable' | 'type' | 'enumerator'): Extract<Symbol, { kind: K }>[] {
    const symbols: Extract<Symbol, { kind: K }>[] = [];
    for (const { unit, index } of this.#entries(name, kind)) {
      const symbol = entrySymbol(unit, index);
      if (symbol) symbols.push(symbol as Extract<Symbol, { kind: K }>);
    }
    return symbols;
  }

  functions(name: string): readonly FunctionSymbol[] {
    const found = this.#symbols<'function'>(name, 'function');
    return found.length > 0 ? found : this.#byLinkageName(name);
  }
  /** `_ZN2ns1fEi`, `__GI___libc_open`: the ELF symbol says where that function is. */
  #byLinkageName(name: string): FunctionSymbol[] {
    const functions = new Set<FunctionSymbol>();
    for (const symbol of this.module.minimal.named(name)) {
      const candidate = symbol.kind === 'text' || symbol.kind === 'ifunc' ? this.functionAt(symbol.address) : undefined;
      if (candidate?.linkageName === name && candidate.entry === symbol.address) functions.add(candidate);
    }
    return [...functions];
  }

  mentions(name: string): boolean {
    if (this.#index || this.#searched.has(name)) return [...this.#entries(name, 'function')].length > 0;
    if (this.#mayBeSplit) return this.units.some((unit) => mentionsName(unit.header.file, lastNameComponent(withoutParameters(name))));
    const files = this.file.hasSupplementary ? [this.file, this.file.supplementary] : [this.file];
    return files.some((file) => mentionsName(file, lastNameComponent(withoutParameters(name))));
  }
  inlinedInstances(name: string): readonly FunctionSymbol[] {
    const abstract: Die[] = [];
    for (const { unit, index } of this.#entries(name, 'function')) {
      // Link-time optimization leaves DW_AT_inline out.
      const shape = unit.outline.shape[index];
      const origin = shape & Shape.inline || !(shape & Shape.hasCode) ? lastOrigin(unit.dieOf(index)) : undefined;
      if (origin && !abstract.some((other) => other.unit === origin.unit && other.offset === origin.offset)) abstract.push(origin);
    }
    if (abstract.length === 0) {
      for (const found of this.#byLinkageName(name))
        if (found instanceof DwarfFunction && found.origin) abstract.push(lastOrigin(found.origin));
    }
    if (abstract.length === 0) return [];
    const instances: FunctionSymbol[] = [];
    for (const origin of abstract) {
      for (const instance of this.#inlinedFrom(origin.unit).get(origin.unit)?.get(origin.offset) ?? []) {
        const found = this.#instance(instance.unit, instance.die);
        if (found) instances.push(found);
      }
    }
    return instances;
  }
  /** Instances of what a unit defines: in itself, unless units of this file refer to each other. */
  #inlinedFrom(header: UnitHeader): InlinedInstances {
    this.#search ??= NameSearch.create(this.file, this.#units) ?? null;
    if (!this.#search) {
      this.#inlined ??= this.#mapInlined(this.units);
      return this.#inlined;
    }
    let known = this.#inlinedInUnit.get(header);
    if (!known) this.#inlinedInUnit.set(header, (known = this.#mapInlined([this.unitOf(header)])));
    return known;
  }
  #mapInlined(units: readonly DwarfUnit[]): InlinedInstances {
    const map: InlinedInstances = new Map();
    for (const unit of units) {
      for (const die of unit.inlined) {
        const origin = orElse(undefined, () => lastOrigin(die));
        if (!origin || origin === die) continue;
        let ofUnit = map.get(origin.unit);
        if (!ofUnit) map.set(origin.unit, (ofUnit = new Map()));
        const others = ofUnit.get(origin.offset);
        if (others) others.push({ unit, die });
        else ofUnit.set(origin.offset, [{ unit, die }]);
      }
    }
    return map;
  }
  /** The symbol that the block tree has for an inlined instance, so that it is the same one that frames have. */
  #instance(unit: DwarfUnit, die: Die): FunctionSymbol | undefined {
    const instance = new DwarfFunction(unit, die);
    const [first] = instance.linkRanges;
    if (!first) return undefined;
    const within = unit.functionAt(first.low)?.block.innermost(first.low);
    for (let block: Block | undefined = within; block; block = block.parent) {
      if (block.function instanceof DwarfFunction && block.function.isOf(die)) return block.function;
    }
    return instance;
  }

  variables(name: string): readonly VariableSymbol[] {
    return this.#symbols<'variable'>(name, 'variable');
  }

  types(name: string, tag?: 'struct' | 'union' | 'class' | 'enum'): readonly TypeSymbol[] {
    const symbols = this.#symbols<'type'>(name, 'type');
    if (tag === undefined) return symbols;
    return symbols.filter(({ type }) => {
      if (type.kind === 'enum') return tag === 'enum';
      // In C++ `struct` and `class` are the same thing.
      return type.kind === 'struct' && (tag === 'union' ? type.keyword === 'union' : tag !== 'enum' && type.keyword !== 'union');
    });
  }

  enumerators(name: string): readonly EnumeratorSymbol[] {
    return this.#symbols<'enumerator'>(name, 'enumerator');
  }

  get #filesOfUnits(): ReadonlyMap<SourceFile, readonly DwarfUnit[]> {
    if (!this.#namedFiles) {
      const units = new Map<SourceFile, DwarfUnit[]>();
      for (const unit of this.units) {
        for (const file of orElse([], () => unit.files)) {
          const others = units.get(file);
          if (others) others.push(unit);
          else units.set(file, [unit]);
        }
      }
      this.#namedFiles = units;
    }
    return this.#namedFiles;
  }
  sourceFiles(name: string): readonly SourceFile[] {
    return this.allSourceFiles().filter((file) => sourceFileMatches(file, name));
  }
  allSourceFiles(): readonly SourceFile[] {
    return [...this.#filesOfUnits.keys()];
  }

  *allSymbols(kind: ListedKind, mayBeCalled?: (name: string) => boolean): Iterable<Symbol> {
    for (const unit of this.#allUnits) {
      // Names with scopes are longer than what the DIE says, and a function may go by the linker's name.
      const test = kind === 'function' || hasScopedNames(unit.language) ? undefined : mayBeCalled;
      for (let index = 0; index < unit.outline.count; index++) {
        if (entryKind(unit, index) !== kind) continue;
        const plain = test && plainName(unit, index);
        if (test && (plain === undefined || !test(canonicalName(plain)))) continue;
        const symbol = entrySymbol(unit, index);
        if (symbol) yield symbol;
      }
    }
  }
  *allNames(): Iterable<string> {
    const seen = new Set<string>();
    for (const { unit, index } of this.#names.all()) {
      const kind = entryKind(unit, index);
      if (kind === undefined || (kind === 'function' && !(unit.outline.shape[index] & Shape.hasCode))) continue;
      const plain = plainName(unit, index);
      const name = plain === undefined ? undefined : canonicalName(plain);
      if (name === undefined || seen.has(name)) continue;
      seen.add(name);
      yield name;
    }
  }
}
