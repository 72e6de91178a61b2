import { FormatError, SondeError } from '../base/errors.ts';
import { At } from '../formats/dwarf/constants.ts';
import { DwarfFile, type SectionReader } from '../formats/dwarf/file.ts';
import { DwarfPackage } from '../formats/dwarf/package.ts';
import type { UnitHeader } from '../formats/dwarf/unit.ts';
import type { FileSource } from './fileSource.ts';
import { ElfObjectFile } from './objectFile.ts';

export interface SplitFileOptions {
  /** The program, whose package is PATH.dwp. */
  readonly path: string;
  readonly files: FileSource;
  readonly debugDirectory: string;
  readonly warn?: (text: string) => void;
}

/** Debug info that the compiler left in .dwo files (`-gsplit-dwarf`): finds the unit that a skeleton stands for. */
export class SplitFiles {
  readonly #options: SplitFileOptions;
  readonly #objects = new Map<string, DwarfFile | undefined>();
  #package: DwarfPackage | null | undefined;

  constructor(options: SplitFileOptions) {
    this.#options = options;
  }

  /** Undefined, after a warning in gdb's words, where no file has it. The same question is not asked twice. */
  unitOf(skeleton: UnitHeader): UnitHeader | undefined {
    const id = skeleton.splitId;
    const name = skeleton.splitName;
    if (id === undefined || name === undefined) return undefined;
    const found = this.#packaged(id) ?? this.#separate(skeleton, name, id);
    if (found) found.skeleton = skeleton;
    else {
      const { path, warn } = this.#options;
      warn?.(
        `Could not find DWO CU ${name}(0x${id.toString(16)}) referenced by CU at offset 0x${skeleton.offset.toString(16)} [in module ${path}]`,
      );
    }
    return found;
  }

  #packaged(id: bigint): UnitHeader | undefined {
    if (this.#package === undefined)
      this.#package = this.#open(`${this.#options.path}.dwp`, (sections) => new DwarfPackage(sections)) ?? null;
    return this.#package?.unit(id);
  }

  /** As gdb looks: where the compiler wrote it, under the debug directories; then beside the program. */
  #separate(skeleton: UnitHeader, name: string, id: bigint): UnitHeader | undefined {
    const { path, debugDirectory } = this.#options;
    const compilation = skeleton.root.string(At.compDir);
    const folders = [compilation, ...debugDirectory.split(':'), path.slice(0, path.lastIndexOf('/'))];
    const candidates = name.startsWith('/')
      ? [name]
      : folders.filter((folder) => folder !== undefined).map((folder) => `${folder}/${name}`);
    for (const candidate of candidates) {
      const found = this.#object(candidate)?.units.find((unit) => unit.splitId === id);
      if (found) return found;
    }
    return undefined;
  }

  #object(path: string): DwarfFile | undefined {
    if (!this.#objects.has(path))
      this.#objects.set(
        path,
        this.#open(path, (sections) => {
          const file = new DwarfFile(sections);
          // Headers are read here, where a damaged file is as good as none.
          return file.units.length > 0 ? file : undefined;
        }),
      );
    return this.#objects.get(path);
  }

  #open<T>(path: string, read: (sections: SectionReader) => T): T | undefined {
    const { files } = this.#options;
    if (!files.exists(path)) return undefined;
    try {
      const file = new ElfObjectFile(path, files.read(path), files);
      return read((name) => file.sectionBytes(indices.has(name) ? name : `${name}.dwo`));
    } catch (error) {
      if (error instanceof FormatError || error instanceof SondeError) return undefined;
      throw error;
    }
  }
}

/** Sections of a package that have no `.dwo` in their name. */
const indices = new Set(['.debug_cu_index', '.debug_tu_index']);
