import type { Address } from '../base/address.ts';
import { SondeError } from '../base/errors.ts';
import type { EvaluationContext } from '../evaluate/context.ts';
import type { Kernel } from '../kernel/kernel.ts';
import { kernelProgram } from '../kernel/kernelProgram.ts';
import { panicTask } from '../kernel/panic.ts';
import type { Task } from '../kernel/tasks.ts';
import type { Module } from '../program/module.ts';
import type { Program } from '../program/program.ts';
import type { SourceFile } from '../program/symbols.ts';
import { DebugSession } from './debugSession.ts';
import { openKernelProcess } from './kernelProcess.ts';
import { printLimits } from './printLimits.ts';
import { Settings } from './settings.ts';
import { SourceCache } from './sources.ts';
import { ValueHistory } from './values.ts';

export interface Alias {
  readonly line: string;
  readonly origin: 'builtin' | 'runtime';
}

/** A process inside the kernel. `problem`: why its program has no symbols. */
export interface UserProcess {
  readonly session: DebugSession;
  readonly problem: string | undefined;
}

/** Looking at one kernel: what is selected, and how numbers are to be read and shown. Everything else is the kernel's. */
export class KernelSession {
  readonly kernel: Kernel;
  /** What was opened, for the banner. */
  readonly dumpFile: string;
  /** The kernel's own debug file, where there is one: lines and locals come from it. */
  readonly debugKernel: Module | undefined;
  /** Is this a kernel that runs? Then what was read is forgotten before each command. */
  readonly isLive: boolean;
  readonly settings = new Settings();
  readonly sources = new SourceCache(this.settings);
  /** How numbers without a format of their own are shown: `set hex`, `set dec`. */
  radix: 10 | 16 = 10;
  /** Does `bt` show everything that may be a return address? */
  guessesFrames = false;
  /** Names that stand for the beginning of a line. */
  readonly aliases = new Map<string, Alias>();
  /** `$1` and what follows. */
  readonly values = new ValueHistory();
  readonly #forget: (() => void) | undefined;
  #program: Program | undefined;
  #context: Task | undefined;
  readonly #processes = new Map<number, UserProcess>();

  constructor(kernel: Kernel, files: { readonly dump: string; readonly debugKernel?: Module; readonly forget?: () => void }) {
    // crash prints longer arrays and strings than gdb does, no repeats, and breaks no lines.
    this.settings.set('print elements', 256);
    this.settings.set('print repeats', Number.POSITIVE_INFINITY);
    this.settings.set('width', Number.POSITIVE_INFINITY);
    this.kernel = kernel;
    this.dumpFile = files.dump;
    this.debugKernel = files.debugKernel;
    this.#forget = files.forget;
    this.isLive = files.forget !== undefined;
  }

  /** The task that commands mean when none is named: at first the one that panicked, of a running kernel sonde itself, else CPU 0's idle task. */
  get context(): Task {
    const { tasks } = this.kernel;
    this.#context ??= panicTask(this.kernel)?.task ?? tasks.find(({ pid }) => this.isLive && pid === process.pid) ?? tasks[0];
    return this.#context;
  }

  set context(task: Task) {
    this.#context = task;
  }

  /** The kernel as a program, for expressions. */
  get program(): Program {
    this.#program ??= kernelProgram(this.kernel);
    return this.#program;
  }

  /** What expressions see: the kernel's symbols, types and memory. Values are shown as crash shows them, structures one member a line. */
  evaluationContext(): EvaluationContext {
    const { values, settings } = this;
    return {
      program: this.program,
      memory: {
        read: (address, length) => this.kernel.memory.read(address, length),
        write: () => {
          throw new SondeError('cannot write to a kernel that is only looked at');
        },
      },
      frame: undefined,
      language: 'c',
      history: (index, back) => values.get(index, back),
      convenience: (name) => values.convenience(name),
      setConvenience: (name, value) => values.setConvenience(name, value),
      threadLocal: () => {
        throw new SondeError('kernels have no thread-local variables');
      },
      limits: { ...printLimits(settings), pretty: true, outputRadix: this.radix },
    };
  }

  /** The user process of a task, as a session of its own with that thread selected. Throws SondeError for kernel threads. */
  process(task: Task): UserProcess {
    let process = this.#processes.get(task.tgid);
    if (!process) {
      const session = new DebugSession();
      process = { session, problem: openKernelProcess(session, this.kernel, task.pid).problem };
      this.#processes.set(task.tgid, process);
    }
    const { session } = process;
    const thread = session.threads.find(({ tid }) => tid === task.pid);
    if (session.selectedThread !== thread) session.selectedThread = thread;
    return process;
  }

  /** Before a command: a running kernel has moved on. A task that is gone is no longer selected. */
  refresh(): void {
    if (!this.#forget) return;
    const selected = this.#context;
    this.#forget();
    this.kernel.forget();
    this.#processes.clear();
    this.#context = selected && this.kernel.tasks.find(({ address, pid }) => address === selected.address && pid === selected.pid);
  }

  /** The source line of an address of the kernel's text, where the debug file knows it. */
  lineAt(address: Address): { readonly file: string; readonly line: number; readonly source: SourceFile } | undefined {
    const entry = this.debugKernel?.debug?.lineAt(address);
    return entry && { file: entry.file.fullName, line: entry.line, source: entry.file };
  }
}
