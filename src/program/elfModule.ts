import type { Address } from '../base/address.ts';
import { FormatError } from '../base/errors.ts';
import { segmentTypes } from '../formats/elf/constants.ts';
import { buildIdOf } from '../formats/elf/notes.ts';
import { symbolTableOf } from '../formats/elf/symbols.ts';
import { defaultDebugDirectory, findAlternateFile, findDebugFile } from './debugFiles.ts';
import { createDebugInfo } from './dwarf/index.ts';
import type { FileSource } from './fileSource.ts';
import { ElfMinimalSymbols, type SymbolSource } from './minimalSymbols.ts';
import type { DebugInfo, MinimalSymbols, Module, Section } from './module.ts';
import { ElfObjectFile } from './objectFile.ts';
import { pltEntries } from './plt.ts';
import { SplitFiles } from './splitFiles.ts';

export interface ModuleOptions {
  readonly debugDirectory?: string;
  /** false: leave debug info and symbols aside (`exec-file`). */
  readonly symbols?: boolean;
  /** Told what is missing and was not asked for: a .dwo file. */
  readonly warn?: (text: string) => void;
}

/** Opens a program or library by path. Throws SondeError when it can't be read, WrongFileError when it is no program for this machine. */
export function openModule(path: string, files: FileSource, options?: ModuleOptions): Module {
  return new ElfModule(path, files.read(path), files, options);
}

/** A module from bytes that are in no file: the vdso, programs inside kernel dumps. */
export function moduleFromBytes(name: string, bytes: Uint8Array, files: FileSource, options?: ModuleOptions): Module {
  return new ElfModule(name, bytes, files, options);
}

/** More than any .gnu_debugdata expands to. */
const largestMiniDebugInfo = 256 * 1024 * 1024;

class ElfModule implements Module {
  bias: Address = 0n;
  readonly file: ElfObjectFile;
  readonly minimal: MinimalSymbols;
  readonly #files: FileSource;
  readonly #options: ModuleOptions;
  readonly #extent: readonly { readonly low: Address; readonly high: Address }[];
  #debugFile: ElfObjectFile | null | undefined;
  #debug: DebugInfo | null | undefined;
  #sections: { bias: Address; list: readonly Section[] } | undefined;

  constructor(
    readonly path: string,
    bytes: Uint8Array,
    files: FileSource,
    options: ModuleOptions = {},
  ) {
    this.file = new ElfObjectFile(path, bytes, files);
    this.#files = files;
    this.#options = options;
    this.minimal = new ElfMinimalSymbols(this, () => this.#symbolSources());
    this.#extent = this.file.programHeaders
      .filter(({ type, memorySize }) => type === segmentTypes.load && memorySize > 0)
      .map(({ address, memorySize }) => ({ low: address, high: address + BigInt(memorySize) }));
  }

  get buildId(): string | undefined {
    return buildIdOf(this.file.elf);
  }

  get debugFile(): ElfObjectFile | undefined {
    if (this.#debugFile === undefined) this.#debugFile = (this.#options.symbols === false ? undefined : this.#findDebugFile()) ?? null;
    return this.#debugFile ?? undefined;
  }

  get debugPath(): string | undefined {
    return this.debugFile?.path;
  }

  get debug(): DebugInfo | undefined {
    if (this.#debug === undefined) this.#debug = this.#readDebugInfo() ?? null;
    return this.#debug ?? undefined;
  }

  get sections(): readonly Section[] {
    if (this.#sections?.bias !== this.bias) {
      const list = this.file.sectionHeaders.map((section) =>
        section.allocated ? { ...section, address: section.address + this.bias } : section,
      );
      this.#sections = { bias: this.bias, list };
    }
    return this.#sections.list;
  }

  containsAddress(address: Address): boolean {
    const link = address - this.bias;
    return this.#extent.some(({ low, high }) => link >= low && link < high);
  }

  #findDebugFile(): ElfObjectFile | undefined {
    const own = this.file.sectionHeaders.some(({ name }) => name === '.debug_info' || name === '.zdebug_info');
    return own ? this.file : findDebugFile(this.file, this.#files, this.#options.debugDirectory);
  }

  #readDebugInfo(): DebugInfo | undefined {
    const file = this.debugFile;
    if (!file?.sectionBytes('.debug_info')) return undefined;
    const debugDirectory = this.#options.debugDirectory ?? defaultDebugDirectory;
    const alternate = findAlternateFile(file, this.#files, debugDirectory);
    return createDebugInfo(this, (name) => file.sectionBytes(name), {
      supplementary: alternate && ((name) => alternate.sectionBytes(name)),
      splitFiles: new SplitFiles({ path: this.path, files: this.#files, debugDirectory, warn: this.#options.warn }),
    });
  }

  /** .symtab of the file or of its debug file, .dynsym, .gnu_debugdata, and names for the PLT, in the order gdb reads them. */
  #symbolSources() {
    const tables: SymbolSource[] = [];
    if (this.#options.symbols === false) return { tables, plt: [] };
    const { decompress } = this.#files;
    const add = (file: ElfObjectFile | undefined, kind: 'symtab' | 'dynsym') => {
      const table = file && symbolTableOf(file.elf, kind, decompress);
      if (file && table) tables.push({ table, sections: file.elf.sections, separate: file !== this.file });
      return table;
    };
    const own = add(this.file, 'symtab');
    const dynamic = add(this.file, 'dynsym');
    if (!own) add(this.debugFile === this.file ? undefined : this.debugFile, 'symtab') ?? add(this.#miniDebugInfo(), 'symtab');
    return { tables, plt: pltEntries(this.file, dynamic) };
  }

  #miniDebugInfo(): ElfObjectFile | undefined {
    const packed = this.file.sectionBytes('.gnu_debugdata');
    if (!packed) return undefined;
    try {
      return new ElfObjectFile(this.path, this.#files.decompress.xz(packed, largestMiniDebugInfo), this.#files);
    } catch (error) {
      if (error instanceof FormatError) return undefined;
      throw error;
    }
  }
}
