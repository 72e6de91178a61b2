import type { Address } from '../base/address.ts';
import { FormatError, SondeError } from '../base/errors.ts';
import { segmentTypes } from '../formats/elf/constants.ts';
import { files } from '../linux/files.ts';
import { type ModuleOptions, moduleFromBytes, openModule } from '../program/elfModule.ts';
import { readLinkMap } from '../program/linkMap.ts';
import type { Module } from '../program/module.ts';
import type { Program } from '../program/program.ts';
import type { Memory, Target } from '../targets/target.ts';

/** AT_* of the auxiliary vector (<elf.h>). */
const AT_PHDR = 3;
const AT_BASE = 7;
const AT_ENTRY = 9;
const AT_SYSINFO_EHDR = 33;

/** A program or library that a target runs: a target from another machine tells its contents itself. Throws SondeError. */
export function openTargetModule(path: string, target: Target | undefined, options: ModuleOptions): Module {
  if (!target?.fileContents) return openModule(path, files, options);
  const bytes = target.fileContents(path);
  if (!bytes) throw new SondeError(`${path}: neither this machine nor the dump has this file.`);
  return moduleFromBytes(path, bytes, files, options);
}

/** What of the shared libraries a session must know: the modules themselves, and where the dynamic linker announces changes. */
export class Libraries {
  readonly #opened = new Map<string, Module>();
  readonly #linkMaps = new Map<Module, Address>();
  #vdso: Module | undefined;
  #linker: Module | undefined;
  /** r_brk, where a breakpoint catches every change of the list; undefined for static programs. */
  breakpoint: Address | undefined;
  /** Libraries of the list that could not be opened. */
  readonly missing = new Map<string, string>();

  constructor(readonly debugDirectory: () => string) {}

  /** Places the program: position-independent ones are where AT_ENTRY says. */
  placeProgram({ main, executable = main }: Program, target: Target): void {
    if (!main || !executable) return;
    const entry = target.auxiliaryVector().get(AT_ENTRY);
    const isProgram = target.auxiliaryVector().has(AT_PHDR);
    executable.bias = entry !== undefined && isProgram ? BigInt.asUintN(64, entry - executable.file.entry) : 0n;
    // Symbols from another file are where the program's own would be.
    main.bias = executable.bias;
  }

  /** Reads the list of libraries and makes the program's modules follow it. Modules that stay are the same objects. True if anything changed. */
  update(program: Program, target: Target, memory: Memory): boolean {
    const { main, executable = main } = program;
    if (!main || !executable) return false;
    const state = readLinkMap(executable, memory);
    const modules: Module[] = [main];
    const vdso = this.#vdsoModule(target, memory);
    if (!state) {
      const linker = this.#dynamicLinker(executable, target);
      if (linker) modules.push(linker);
    }
    this.#linkMaps.clear();
    for (const { address, name, bias } of state?.entries ?? []) {
      if (name === '' && this.#linkMaps.size === 0) this.#linkMaps.set(main, address);
      // The first entry is the program itself; the vdso's name is no file.
      if (name === '' || name.startsWith('linux-vdso') || name.startsWith('linux-gate')) continue;
      const module = this.#open(name, target);
      if (!module) continue;
      module.bias = bias;
      this.#linkMaps.set(module, address);
      modules.push(module);
    }
    if (vdso) modules.push(vdso);
    this.breakpoint = this.#announcement(modules, state?.breakpoint);
    // Whatever was there stays in front, as in gdb: names are looked for in the dynamic linker before libc.
    const known = program.modules.filter((module) => modules.includes(module));
    const ordered = [...known, ...modules.filter((module) => !known.includes(module))];
    const changed = ordered.length !== program.modules.length || ordered.some((module, index) => module !== program.modules[index]);
    program.setModules(ordered);
    return changed;
  }

  /** Address of the dynamic linker's `struct link_map` for a module. */
  linkMapOf(module: Module): Address | undefined {
    return this.#linkMaps.get(module);
  }

  /** A new run begins: nothing is loaded. */
  forget(): void {
    this.#vdso = undefined;
    this.breakpoint = undefined;
  }

  #open(path: string, target: Target): Module | undefined {
    const known = this.#opened.get(path);
    if (known) return known;
    try {
      const module = openTargetModule(path, target, { debugDirectory: this.debugDirectory() });
      this.#opened.set(path, module);
      return module;
    } catch (error) {
      if (!(error instanceof SondeError)) throw error;
      this.missing.set(path, error.message);
      return undefined;
    }
  }

  /** Before the linker has made its list: it is at AT_BASE. */
  #dynamicLinker(executable: Module, target: Target): Module | undefined {
    const base = target.auxiliaryVector().get(AT_BASE);
    const path = executable.file.interpreter;
    if (!path || base === undefined || base === 0n) return undefined;
    const linker = this.#open(path, target);
    if (!linker) return undefined;
    linker.bias = base;
    this.#linker = linker;
    return linker;
  }

  #announcement(modules: readonly Module[], announced: Address | undefined): Address | undefined {
    if (announced !== undefined && announced !== 0n) return announced;
    const linker = modules.find((module) => module === this.#linker);
    return linker?.minimal.named('_dl_debug_state')[0]?.address;
  }

  #vdsoModule(target: Target, memory: Memory): Module | undefined {
    const base = target.auxiliaryVector().get(AT_SYSINFO_EHDR);
    if (base === undefined || base === 0n) return undefined;
    if (this.#vdso) return this.#vdso;
    try {
      const mapping = target.mappings().find(({ start }) => start === base);
      const length = mapping ? Number(mapping.end - mapping.start) : 8192;
      const module = moduleFromBytes(`system-supplied DSO at 0x${base.toString(16)}`, memory.read(base, length), files);
      const load = module.file.programHeaders.find(({ type }) => type === segmentTypes.load);
      module.bias = base - (load?.address ?? 0n);
      this.#vdso = module;
      return module;
    } catch (error) {
      if (error instanceof SondeError || error instanceof FormatError) return undefined;
      throw error;
    }
  }
}
