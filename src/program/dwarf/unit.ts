import type { Address } from '../../base/address.ts';
import { FormatError } from '../../base/errors.ts';
import { At, Tag, UnitType } from '../../formats/dwarf/constants.ts';
import type { Die } from '../../formats/dwarf/die.ts';
import { dieAt } from '../../formats/dwarf/die.ts';
import { type LineProgram, readLineProgram, runLineProgram } from '../../formats/dwarf/lines.ts';
import { type LinkRange, rangesOf } from '../../formats/dwarf/ranges.ts';
import { type Outline, scanUnit } from '../../formats/dwarf/scan.ts';
import { Shape } from '../../formats/dwarf/scanProgram.ts';
import type { UnitHeader } from '../../formats/dwarf/unit.ts';
import type { Module } from '../module.ts';
import type { AddressRange, ExpressionHelp, Language, SourceFile, Symbol, Unit } from '../symbols.ts';
import { toRunRanges } from './address.ts';
import { AddressMap } from './addressMap.ts';
import type { DwarfDebugInfo } from './debugInfo.ts';
import { entrySymbol } from './entrySymbols.ts';
import { DwarfFunction } from './functions.ts';
import { languageOf, languageOfFile } from './languages.ts';
import { buildLineTables, type FileLines } from './lineTable.ts';
import { locationOf } from './locations.ts';
import { UnitFiles } from './sourceFiles.ts';

const emptyOutline: Outline = {
  count: 0,
  die: new Uint32Array(0),
  shape: new Uint32Array(0),
  nameKind: new Uint8Array(0),
  name: new Uint32Array(0),
  parent: new Int32Array(0),
};

/** A compilation, partial or type unit. Each part of it is read when it is asked for; a damaged part is as if it were not there. */
export class DwarfUnit implements Unit {
  #outline: Outline | undefined;
  #functions: AddressMap<DwarfFunction> | undefined;
  #inlined: readonly Die[] | undefined;
  #program: LineProgram | null | undefined;
  #files: UnitFiles | undefined;
  #lineTables: readonly FileLines[] | undefined;
  #linkRanges: readonly LinkRange[] | undefined;
  #symbols: readonly Symbol[] | undefined;
  #language: Language | undefined;
  #header: UnitHeader | undefined;
  readonly #functionsByDie = new Map<number, DwarfFunction>();

  constructor(
    readonly debug: DwarfDebugInfo,
    /** In the program's own file. Its root knows code and lines; the DIEs may be elsewhere. */
    readonly own: UnitHeader,
  ) {}

  /** What has the DIEs: the unit itself, or the one in a .dwo file that it stands for. */
  get header(): UnitHeader {
    this.#header ??= this.debug.splitUnit(this) ?? this.own;
    return this.#header;
  }
  /** Does a .dwo file have the rest? */
  get isSkeleton(): boolean {
    const { own } = this;
    return own.type === UnitType.skeleton || (own.version < 5 && own.root.has(At.gnuDwoName));
  }

  get module(): Module {
    return this.debug.module;
  }
  get name(): string {
    const { root } = this.header;
    // A type unit has no name of its own, but the line table of the unit that it was split from; a skeleton whose other half is missing has one too.
    const nameless = root.tag === Tag.typeUnit || root.tag === Tag.skeletonUnit || root.has(At.gnuDwoName);
    const files = nameless ? this.#lineProgram?.files : undefined;
    return root.string(At.name) ?? files?.[1]?.name ?? '<unknown>';
  }
  get directory(): string {
    return this.own.root.string(At.compDir) ?? this.header.root.string(At.compDir) ?? '';
  }
  get producer(): string {
    return this.header.root.string(At.producer) ?? '';
  }
  get language(): Language {
    this.#language ??= this.#readLanguage();
    return this.#language;
  }
  #readLanguage(): Language {
    const code = this.header.root.number(At.language);
    if (code === undefined && this.header === this.own && this.isSkeleton) return languageOfFile(this.name);
    return languageOf(code ?? (this.isCompileUnit ? undefined : this.debug.mainLanguageCode));
  }
  get version(): 2 | 3 | 4 | 5 {
    return this.header.version;
  }
  get hasMacros(): boolean {
    const { root } = this.header;
    return root.has(At.macros) || root.has(At.gnuMacros) || root.has(At.macroInfo);
  }
  /** A whole unit, not a part that others import. */
  get isCompileUnit(): boolean {
    const { tag } = this.own.root;
    return tag === Tag.compileUnit || tag === Tag.skeletonUnit;
  }

  get linkRanges(): readonly LinkRange[] {
    this.#linkRanges ??= orElse([], () => rangesOf(this.own.root));
    return this.#linkRanges;
  }
  get ranges(): readonly AddressRange[] {
    return toRunRanges(this.module, this.linkRanges);
  }

  /** Named things at file level. */
  get outline(): Outline {
    this.#outline ??= orElse(emptyOutline, () => scanUnit(this.header, { bodies: false }));
    return this.#outline;
  }
  /** Index in the outline of the DIE at an offset; undefined for one inside a function. */
  indexOf(offset: number): number | undefined {
    const { die, count } = this.outline;
    let low = 0;
    let high = count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (die[middle] < offset) low = middle + 1;
      else high = middle;
    }
    return low < count && die[low] === offset ? low : undefined;
  }
  dieOf(index: number): Die {
    return dieAt(this.header, this.outline.die[index]);
  }

  get symbols(): readonly Symbol[] {
    if (!this.#symbols) {
      const symbols: Symbol[] = [];
      for (let i = 0; i < this.outline.count; i++) {
        const symbol = entrySymbol(this, i);
        if (symbol) symbols.push(symbol);
      }
      this.#symbols = symbols;
    }
    return this.#symbols;
  }

  /** The one FunctionSymbol of a DW_TAG_subprogram of this unit. */
  functionOf(die: Die): DwarfFunction {
    let known = this.#functionsByDie.get(die.offset);
    if (!known) {
      known = new DwarfFunction(this, die);
      this.#functionsByDie.set(die.offset, known);
    }
    return known;
  }
  functionAt(link: number): DwarfFunction | undefined {
    if (!this.#functions) this.#readCode();
    return this.#functions?.at(link);
  }
  /** Every DW_TAG_inlined_subroutine. */
  get inlined(): readonly Die[] {
    if (!this.#inlined) this.#readCode();
    return this.#inlined ?? [];
  }

  /** Functions may be nested in others and in scopes, so the whole unit is walked. */
  #readCode(): void {
    const outline = orElse(emptyOutline, () => scanUnit(this.header, { bodies: true }));
    const ranges: { low: number; high: number; item: DwarfFunction }[] = [];
    const inlined: Die[] = [];
    for (let i = 0; i < outline.count; i++) {
      const tag = outline.shape[i] & Shape.tagMask;
      if (!(outline.shape[i] & Shape.hasCode) || (tag !== Tag.subprogram && tag !== Tag.inlinedSubroutine)) continue;
      orElse(undefined, () => {
        const die = dieAt(this.header, outline.die[i]);
        if (tag === Tag.inlinedSubroutine) inlined.push(die);
        else {
          const item = this.functionOf(die);
          // At 0: dropped by the linker.
          for (const { low, high } of item.linkRanges) if (low !== 0) ranges.push({ low, high, item });
        }
      });
    }
    this.#functions = new AddressMap(ranges);
    this.#inlined = inlined;
  }

  get #lineProgram(): LineProgram | undefined {
    if (this.#program === undefined) {
      const offset = this.own.root.sectionOffset(At.stmtList);
      this.#program = offset === undefined ? null : orElse(null, () => readLineProgram(this.own.file, offset, this.own.addressSize));
    }
    return this.#program ?? undefined;
  }
  get unitFiles(): UnitFiles {
    this.#files ??= new UnitFiles(this.name, this.directory, this.#lineProgram, this.debug.fileTable);
    return this.#files;
  }
  get files(): readonly SourceFile[] {
    return this.unitFiles.all;
  }
  /** By the number of the line table's file table. */
  fileNumbered(number: number): SourceFile | undefined {
    return this.unitFiles.numbered[number];
  }
  get lineTables(): readonly FileLines[] {
    if (!this.#lineTables) {
      const program = this.#lineProgram;
      const rows = program && runLineProgram(this.own.file, program);
      // DW_LNE_define_file has added to the files while the program ran.
      if (program && rows) this.#lineTables = buildLineTables(rows, (index) => this.fileNumbered(index), this.files, this.lowest);
      else this.#lineTables = [];
    }
    return this.#lineTables;
  }
  get lowest(): number {
    return Math.min(...this.linkRanges.map(({ low }) => low));
  }
  get highest(): number {
    return Math.max(...this.linkRanges.map(({ high }) => high));
  }

  get expressionHelp(): ExpressionHelp {
    const { header, debug } = this;
    return {
      addressAt: (index): Address => BigInt.asUintN(64, BigInt(header.indexedAddress(index))),
      baseType: (offset) => (offset === 0 ? undefined : debug.typeReader.typeOf(dieAt(header, header.offset + offset))),
      dieLocation: (sectionOffset) => {
        const die = header.file.die(sectionOffset);
        const unit = debug.unitOf(die.unit);
        return { location: locationOf(unit, die, At.location), type: debug.typeReader.typeOfAttribute(die) };
      },
      unitOffset: header.offset,
      referenceSize: header.version === 2 ? (header.addressSize as 4 | 8) : header.offsetSize,
    };
  }
}

/** What a part of damaged bytes is taken for. */
export function orElse<T>(fallback: T, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof FormatError) return fallback;
    throw error;
  }
}
