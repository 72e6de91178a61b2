import type { Address } from '../base/address.ts';
import { MemoryError, SondeError } from '../base/errors.ts';
import type { ConvenienceFunction, EvaluationContext } from '../evaluate/context.ts';
import { CallNeeded, EffectLog } from '../evaluate/context.ts';
import { compile } from '../evaluate/index.ts';
import { addressOfValue } from '../evaluate/scalars.ts';
import type { Value } from '../evaluate/value.ts';
import { files } from '../linux/files.ts';
import { openModule } from '../program/elfModule.ts';
import type { Module } from '../program/module.ts';
import { Program } from '../program/program.ts';
import type { LiveTarget, Memory, Target } from '../targets/target.ts';
import { type DummyFrame, type Frame, innermostFrame } from '../unwind/index.ts';
import { resetBreakpoints } from './breakpointReset.ts';
import { BreakpointTable } from './breakpoints.ts';
import { CheckpointTable } from './checkpoints.ts';
import { convenienceFunctions } from './convenienceFunctions.ts';
import { defineConveniences } from './conveniences.ts';
import { DisplayTable } from './displays.ts';
import { Environment } from './environment.ts';
import type { SessionEvent } from './events.ts';
import { Insertions } from './insertions.ts';
import { Libraries } from './libraries.ts';
import { type OpenedCore, openCoreFile } from './openCore.ts';
import { printLimits } from './printLimits.ts';
import { ProcessRunControl } from './processRunControl.ts';
import type { ListingPosition, ProgramUse, Session, SessionThread } from './session.ts';
import { Settings } from './settings.ts';
import { SignalTable } from './signalTable.ts';
import { SourceCache } from './sources.ts';
import { threadLocalAddress } from './threadLocals.ts';
import { ThreadTable } from './threads.ts';
import { ValueHistory } from './values.ts';

/** The session. What makes the inferior move is in `processRunControl.ts`; this holds what there is and answers questions about it. */
export class DebugSession implements Session {
  readonly settings = new Settings();
  readonly program = new Program();
  readonly sources = new SourceCache(this.settings);
  readonly breakpoints = new BreakpointTable();
  readonly displays = new DisplayTable();
  readonly values = new ValueHistory();
  readonly environment = new Environment();
  readonly checkpoints = new CheckpointTable();
  readonly signals = new SignalTable();
  readonly insertions = new Insertions();
  readonly libraries = new Libraries(() => this.settings.text('debug-file-directory'));
  readonly threadTable = new ThreadTable();
  /** Calls of inferior functions that have not returned. */
  readonly dummyFrames: DummyFrame[] = [];
  readonly control = new ProcessRunControl(this);
  readonly listing: ListingPosition = { file: undefined, first: 0, last: 0, centre: undefined };

  #target: Target | undefined;
  #memory: Memory | undefined;
  #selectedThread: SessionThread | undefined;
  #selectedFrame: Frame | undefined;
  #functions: ReadonlyMap<string, ConvenienceFunction> | undefined;
  #frames = new Map<number, Frame | undefined>();
  /** Inlined functions that begin at pc and that were not stepped into yet, by thread. */
  readonly skippedInline = new Map<number, number>();
  readonly #listeners = new Set<(event: SessionEvent) => void>();

  constructor() {
    for (const limit of ['backtrace past-main', 'backtrace past-entry', 'backtrace limit'])
      this.settings.onChange(limit, () => this.forgetFrames());
    defineConveniences(this);
  }

  get target(): Target | undefined {
    return this.#target;
  }

  get live(): LiveTarget | undefined {
    return this.#target?.kind === 'live' ? (this.#target as LiveTarget) : undefined;
  }

  /** A new target, or none: threads, frames and selection begin anew. */
  setTarget(target: Target | undefined): void {
    this.#target = target;
    this.sources.forgetReport((file) => this.program.main?.debug?.allSourceFiles().includes(file) ?? false);
    this.insertions.forget();
    this.dummyFrames.length = 0;
    this.threadTable.reset(target);
    this.#memory = target && this.#invalidating(this.insertions.hiding(target.memory));
    this.selectedThread = this.threadTable.all[0];
    this.forgetFrames();
  }

  get memory(): Memory {
    return this.#memory ?? this.#fileMemory;
  }

  /** Without a process memory is what the program's file gives. */
  readonly #fileMemory: Memory = {
    read: (address, length) => {
      const module = this.program.contentsAt(address);
      const bytes = module?.file.readLoaded(address - module.bias, length);
      if (!bytes) throw new MemoryError(address, 'no process');
      return bytes;
    },
    write: (address, bytes) => {
      const module = this.program.contentsAt(address);
      const fileOffset = module?.file.fileOffsetOf(address - module.bias, bytes.length);
      if (!this.#executableIsWritable || !module || module !== this.program.executable || fileOffset === undefined)
        throw new MemoryError(address, 'no process');
      files.patch(module.path, fileOffset, bytes);
      module.file.notePatch({ fileOffset, bytes: bytes.slice() });
    },
  };
  /** `set write` counts when a file is loaded. */
  #executableIsWritable = false;

  /** A write may change what frames were found from. */
  #invalidating(memory: Memory): Memory {
    return {
      read: (address, length) => memory.read(address, length),
      write: (address, bytes) => {
        memory.write(address, bytes);
        this.forgetFrames();
      },
    };
  }

  get threads(): readonly SessionThread[] {
    return this.threadTable.all;
  }

  get selectedThread(): SessionThread | undefined {
    return this.#selectedThread;
  }
  set selectedThread(thread: SessionThread | undefined) {
    this.#selectedThread = thread;
    this.#selectedFrame = undefined;
    this.#selectedLevel = 0;
  }

  get innermostFrame(): Frame | undefined {
    return this.#selectedThread && this.innermostFrameOf(this.#selectedThread);
  }

  innermostFrameOf({ tid, running }: SessionThread): Frame | undefined {
    if (!this.#target || running) return undefined;
    if (!this.#frames.has(tid)) this.#frames.set(tid, this.#unwind(tid, this.#target));
    return this.#frames.get(tid);
  }

  #unwind(tid: number, target: Target): Frame | undefined {
    const { settings } = this;
    return innermostFrame({
      program: this.program,
      memory: this.memory,
      registers: target.registers(tid),
      skippedInline: this.skippedInline.get(tid),
      dummyFrames: this.dummyFrames,
      limits: {
        pastMain: settings.boolean('backtrace past-main'),
        pastEntry: settings.boolean('backtrace past-entry'),
        frames: settings.number('backtrace limit'),
      },
    });
  }

  /** Frames are found again; the selected one keeps its level. */
  forgetFrames(): void {
    const level = this.#selectedFrame?.level ?? this.#selectedLevel;
    // A new map: a cleared one stays linked to its predecessors, and V8 would keep every hit's frames until the next full collection.
    if (this.#frames.size > 0) this.#frames = new Map();
    this.#selectedFrame = undefined;
    this.#selectedLevel = level;
  }
  #selectedLevel = 0;

  get selectedFrame(): Frame | undefined {
    if (!this.#selectedFrame) {
      let frame = this.innermostFrame;
      for (let level = 0; level < this.#selectedLevel && frame?.older; level++) frame = frame.older;
      this.#selectedFrame = frame;
    }
    return this.#selectedFrame;
  }
  set selectedFrame(frame: Frame | undefined) {
    this.#selectedFrame = frame;
    this.#selectedLevel = frame?.level ?? 0;
  }

  requireFrame(): Frame {
    if (!this.innermostFrame) throw new SondeError('No stack.');
    const frame = this.selectedFrame;
    if (!frame) throw new SondeError('No frame selected.');
    return frame;
  }

  evaluationContext(frame: Frame | undefined = this.selectedFrame): EvaluationContext {
    const { settings, values } = this;
    const unit = frame ? this.program.unitAt(frame.lookupPc) : this.#defaultUnit();
    return {
      program: this.program,
      memory: this.memory,
      frame,
      block: frame?.block,
      unit,
      language: this.#language(unit?.language),
      history: (index, back) => values.get(index, back),
      convenience: (name) => values.convenience(name),
      setConvenience: (name, value) => values.setConvenience(name, value),
      convenienceFunction: (name) => {
        this.#functions ??= convenienceFunctions(settings);
        return this.#functions.get(name);
      },
      threadLocal: (module, offset) => this.#threadLocal(module, offset),
      warn: (text) => this.emit({ kind: 'warning', text }),
      get limits() {
        return printLimits(settings);
      },
    };
  }

  #defaultUnit() {
    const { file } = this.listing;
    return file && this.program.main?.debug?.units.find((unit) => unit.files.includes(file));
  }

  #language(unitLanguage: string | undefined): EvaluationContext['language'] {
    const chosen = this.settings.text('language');
    const language = chosen === 'auto' || chosen === 'local' ? (unitLanguage ?? this.#initialLanguage()) : chosen;
    return language === 'c++' || language === 'asm' ? language : 'c';
  }

  /** Before anything runs: that of main. */
  #initialLanguage(): string | undefined {
    const { main } = this.program;
    if (main && this.#mainLanguage?.module !== main)
      this.#mainLanguage = { module: main, language: main.debug?.functions('main')[0]?.unit.language };
    return main && this.#mainLanguage?.language;
  }
  #mainLanguage: { readonly module: Module; readonly language: string | undefined } | undefined;

  #threadLocal(module: Module, offset: bigint): Address {
    const thread = this.#selectedThread;
    if (!this.#target || !thread) throw new SondeError('Cannot access thread-local storage without a process.');
    return threadLocalAddress(this.program, module, offset, {
      memory: this.memory,
      registers: this.#target.registers(thread.tid),
      linkMap: this.libraries.linkMapOf(module),
    });
  }

  async evaluate(text: string, options: { frame?: Frame } = {}): Promise<Value> {
    const effects = this.live ? new EffectLog() : undefined;
    for (;;) {
      effects?.rewind();
      const context = { ...this.evaluationContext(options.frame), effects };
      try {
        return compile(text, context).evaluate(context);
      } catch (error) {
        if (!(error instanceof CallNeeded) || !effects) throw error;
        effects.append(await this.control.call(error));
      }
    }
  }

  async evaluateAddress(text: string): Promise<Address> {
    return addressOfValue(await this.evaluate(text));
  }

  loadProgram(path: string | undefined, use: ProgramUse = 'executable and symbols'): void {
    this.useProgram(path === undefined ? undefined : this.#openProgram(path, use), use);
  }

  /** The same with a file that is open already: one that came out of a kernel dump. */
  useProgram(module: Module | undefined, use: ProgramUse = 'executable and symbols'): void {
    const { executable, symbolFile, libraries } = this.program;
    if (use !== 'symbols') this.#executableIsWritable = this.settings.boolean('write');
    if (use === 'executable') this.program.setFiles(module, symbolFile, libraries);
    else if (use !== 'symbols' || module?.path === executable?.path) this.program.setFiles(module, module);
    else this.program.setFiles(executable && this.#withoutSymbols(executable), module);
    this.libraries.forget();
    this.listing.file = undefined;
    this.listing.centre = undefined;
    this.listing.displayed = undefined;
    this.forgetFrames();
    if (this.#target) this.control.placeModules();
    resetBreakpoints(this);
  }

  /** A file that is both executable and symbol file is one module. */
  #openProgram(path: string, use: ProgramUse): Module {
    const { symbolFile } = this.program;
    if (use === 'executable') return symbolFile?.path === path ? symbolFile : openModule(path, files, { symbols: false });
    return openModule(path, files, {
      debugDirectory: this.settings.text('debug-file-directory'),
      warn: (text) => this.emit({ kind: 'warning', text }),
    });
  }

  #withoutSymbols(executable: Module): Module {
    return executable === this.program.symbolFile ? openModule(executable.path, files, { symbols: false }) : executable;
  }

  openCore(path: string): OpenedCore {
    return openCoreFile(this, path);
  }

  closeTarget(): void {
    // A process that is gone leaves its addresses behind, as in gdb: breakpoints and `info line` keep telling where things were.
    const wasCore = this.#target?.kind === 'core';
    this.setTarget(undefined);
    if (wasCore) {
      const { executable, symbolFile } = this.program;
      for (const module of [executable, ...this.program.modules]) if (module) module.bias = 0n;
      this.program.setFiles(executable, symbolFile);
    }
    this.libraries.forget();
    if (wasCore) resetBreakpoints(this);
  }

  onEvent(listener: (event: SessionEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  emit(event: SessionEvent): void {
    for (const listener of this.#listeners) listener(event);
  }

  close(): void {
    const { live } = this;
    if (!live) return;
    try {
      this.control.letGo();
    } catch {
      // There is nobody left to tell, and the kernel ends what we started.
    }
  }
}
