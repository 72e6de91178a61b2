import type { Kernel } from '../kernel/kernel.ts';
import { panicTask } from '../kernel/panic.ts';
import type { Task } from '../kernel/tasks.ts';
import { Settings } from './settings.ts';

export interface Alias {
  readonly line: string;
  readonly origin: 'builtin' | 'runtime';
}

/** Looking at one kernel: what is selected, and how numbers are to be read and shown. Everything else is the kernel's. */
export class KernelSession {
  readonly kernel: Kernel;
  /** What was opened, for the banner. */
  readonly dumpFile: string;
  /** The kernel's own debug file, where one was given: lines and locals come from it. */
  readonly debugKernel: string | undefined;
  readonly settings = new Settings();
  /** How numbers without a format of their own are shown: `set hex`, `set dec`. */
  radix: 10 | 16 = 10;
  /** Names that stand for the beginning of a line. */
  readonly aliases = new Map<string, Alias>();
  #context: Task | undefined;

  constructor(kernel: Kernel, files: { readonly dump: string; readonly debugKernel?: string }) {
    // crash prints longer arrays and strings than gdb does.
    this.settings.set('print elements', 256);
    this.kernel = kernel;
    this.dumpFile = files.dump;
    this.debugKernel = files.debugKernel;
  }

  /** The task that commands mean when none is named: at first the one that panicked, else that of CPU 0. */
  get context(): Task {
    this.#context ??= panicTask(this.kernel)?.task ?? this.kernel.tasks[0];
    return this.#context;
  }

  set context(task: Task) {
    this.#context = task;
  }
}
