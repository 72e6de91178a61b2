import type { Address } from '../base/address.ts';
import type { Block, FunctionSymbol, LineEntry, MinimalSymbol, SourceFile, Symbol, TypeSymbol, Unit, VariableSymbol } from './symbols.ts';

/**
 * A mapped file with its symbols: gdb's objfile. `bias` is what the loader added to link-time
 * addresses; it is 0 until the program runs and is set again at every run.
 * All addresses asked and answered are run-time addresses.
 */
export interface Module {
  /** Path as opened (absolute). `[vdso]` modules have the name `system-supplied DSO`. */
  readonly path: string;
  bias: Address;
  readonly buildId: string | undefined;
  readonly file: ObjectFile;
  /** Where debug info came from: the path itself, a separate file, or undefined when there is none. */
  readonly debugPath: string | undefined;
  /** The separate debug file, or `file` itself when that has the debug sections: `.debug_frame`, `.symtab`, `.debug_*`. */
  readonly debugFile: ObjectFile | undefined;
  /** Symbols from DWARF; undefined when the module has none. */
  readonly debug: DebugInfo | undefined;
  readonly minimal: MinimalSymbols;
  /** Sections with run-time addresses. */
  readonly sections: readonly Section[];
  containsAddress(address: Address): boolean;
}

export interface Section {
  readonly name: string;
  /** Run-time address; sections that are not loaded have `allocated` false. */
  readonly address: Address;
  readonly size: number;
  readonly fileOffset: number;
  readonly allocated: boolean;
  readonly executable: boolean;
  readonly writable: boolean;
  /** SHT_NOBITS: .bss. */
  readonly noBits: boolean;
}

/** The parsed ELF file: headers, sections' bytes (decompressed on demand). */
export interface ObjectFile {
  readonly path: string;
  readonly type: 'executable' | 'shared' | 'core' | 'relocatable';
  /** Link-time entry point. */
  readonly entry: Address;
  readonly interpreter: string | undefined;
  readonly programHeaders: readonly ProgramHeader[];
  /** Contents, decompressed; undefined when absent or NOBITS. */
  sectionBytes(name: string): Uint8Array | undefined;
  readonly sectionHeaders: readonly Section[];
  /** Bytes that the file gives for a link-time address range: for reading memory before `run` and of read-only pages of a core. Undefined where the file has none. Zeros in .bss. */
  readLoaded(linkAddress: Address, length: number): Uint8Array | undefined;
  /** The file's bytes were changed there (`set write on`): `readLoaded` shows them. */
  notePatch(patch: Patch): void;
  /** Where in the file the bytes of a link-time address range are; undefined where it has none. */
  fileOffsetOf(linkAddress: Address, length: number): number | undefined;
}

export interface Patch {
  readonly fileOffset: number;
  readonly bytes: Uint8Array;
}

export interface ProgramHeader {
  readonly type: number;
  readonly flags: number;
  readonly offset: number;
  readonly address: Address;
  readonly fileSize: number;
  readonly memorySize: number;
  readonly align: number;
}

export interface MinimalSymbols {
  /** The nearest symbol at or below, of text kind (or data kinds when `data`), preferring globals as gdb does. */
  at(address: Address, kind?: 'text' | 'data' | 'any'): { symbol: MinimalSymbol; offset: number } | undefined;
  named(name: string): readonly MinimalSymbol[];
  all(): Iterable<MinimalSymbol>;
}

/** What `info functions`, `variables` and `types` list. */
export type ListedKind = 'function' | 'variable' | 'type';

/** What DWARF says of one module. Lazy: the index is built at the first look-up by name, a unit is parsed when something in it is asked for. */
export interface DebugInfo {
  readonly units: readonly Unit[];
  unitAt(address: Address): Unit | undefined;
  /** The function whose ranges hold the address; never an inlined instance. */
  functionAt(address: Address): FunctionSymbol | undefined;
  /** The innermost block, inlined instances' blocks included. */
  blockAt(address: Address): Block | undefined;
  lineAt(address: Address): LineEntry | undefined;
  /** All entries (is_stmt and not) of the unit's table, sorted by address; `line` 0 marks ends of sequences. */
  lineTable(unit: Unit): readonly LineTableRow[];
  /** Rows for a file and line, exact; or when none is, for the smallest greater line that has code (gdb's best entry). */
  linesFor(file: SourceFile, line: number): { exact: boolean; line: number; rows: readonly LineTableRow[] };
  /** Defined functions by plain name, C++ qualified name or linkage name: every out-of-line instance. */
  functions(name: string): readonly FunctionSymbol[];
  /** False: it knows no function of that plain name (unless one of three letters). Costs a look at the strings, where `functions` would read the units. */
  mentions(name: string): boolean;
  /** Every inlined instance of a function. */
  inlinedInstances(name: string): readonly FunctionSymbol[];
  /** Variables of static storage outside functions: globals and file statics. */
  variables(name: string): readonly VariableSymbol[];
  /** Structs by tag, typedefs, base types, enums. `tag` keeps only struct/union/enum tags of that keyword. */
  types(name: string, tag?: 'struct' | 'union' | 'class' | 'enum'): readonly TypeSymbol[];
  enumerators(name: string): readonly Extract<Symbol, { kind: 'enumerator' }>[];
  /** Source files whose name matches as gdb matches them: equal, or the same trailing path components. */
  sourceFiles(name: string): readonly SourceFile[];
  allSourceFiles(): readonly SourceFile[];
  /**
   * For `info functions|variables|types REGEXP`: all of a kind, in the order of the units. `mayBeCalled` spares the reading of those whose plain
   * name it refuses, where that is the whole name; whoever needs it exactly must ask again.
   */
  allSymbols(kind: ListedKind, mayBeCalled?: (name: string) => boolean): Iterable<Symbol>;
  /** Names only, for completion: no unit is parsed. */
  allNames(): Iterable<string>;
}

export interface LineTableRow {
  readonly address: Address;
  readonly file: SourceFile;
  readonly line: number;
  readonly isStatement: boolean;
  readonly endSequence: boolean;
  readonly prologueEnd: boolean;
  readonly unit: Unit;
}
