import { R } from '../arch/registers.ts';
import type { Address } from '../base/address.ts';
import type { Target } from '../targets/target.ts';
import type { SessionThread } from './session.ts';

/** gdb's thread numbers: given in the order that threads are met, never used twice while the process lives. */
export class ThreadTable {
  readonly #threads = new Map<number, NumberedThread>();
  #highest = 0;
  #target: Target | undefined;
  /** True once libpthread (or a C library that holds it) is known to be in use. */
  usesPthreads = false;

  get all(): readonly SessionThread[] {
    return [...this.#threads.values()];
  }

  /** Begins with a target's threads; numbers start at 1 again. */
  reset(target: Target | undefined): void {
    this.#threads.clear();
    this.#highest = 0;
    this.#target = target;
    this.usesPthreads = false;
    for (const { tid } of target?.threads() ?? []) this.add(tid);
  }

  add(tid: number): SessionThread {
    const known = this.#threads.get(tid);
    if (known) return known;
    const thread = new NumberedThread(++this.#highest, tid, this, () => this.#target);
    this.#threads.set(tid, thread);
    void thread.pthread; // known from now on, also while it runs and when it is gone
    return thread;
  }

  remove(tid: number): SessionThread | undefined {
    const thread = this.#threads.get(tid);
    this.#threads.delete(tid);
    return thread;
  }

  byTid(tid: number): SessionThread | undefined {
    return this.#threads.get(tid);
  }

  byNumber(number: number): SessionThread | undefined {
    return this.all.find((thread) => thread.number === number);
  }
}

class NumberedThread implements SessionThread {
  /** Set by `thread name`. */
  givenName: string | undefined;
  #lastPthread: Address | undefined;
  readonly #table: ThreadTable;
  readonly #target: () => Target | undefined;

  constructor(
    readonly number: number,
    readonly tid: number,
    table: ThreadTable,
    target: () => Target | undefined,
  ) {
    this.#table = table;
    this.#target = target;
  }

  get name(): string | undefined {
    return (
      this.givenName ??
      this.#target()
        ?.threads()
        .find(({ tid }) => tid === this.tid)?.name
    );
  }

  get running(): boolean {
    const target = this.#target();
    return target?.kind === 'live' && 'isRunning' in target && (target as { isRunning(tid: number): boolean }).isRunning(this.tid);
  }

  /** pthread_self () is the thread pointer (nptl: struct pthread begins with tcbhead_t, whose first word points to itself). */
  get pthread(): Address | undefined {
    if (!this.#table.usesPthreads) return undefined;
    const target = this.#target();
    if (!target || this.running || !target.threads().some(({ tid }) => tid === this.tid)) return this.#lastPthread;
    const base = target.registers(this.tid).get(R.fs_base);
    if (base !== undefined && base !== 0n) this.#lastPthread = base;
    return this.#lastPthread;
  }
}

/** As gdb names a thread: `Thread 0x7ffff7d8a740 (LWP 123)`, `LWP 123` or `process 123`. */
export function threadText(thread: SessionThread, { pid, kind }: { pid: number; kind: Target['kind'] }, only: boolean): string {
  if (thread.pthread !== undefined) return `Thread 0x${thread.pthread.toString(16)} (LWP ${thread.tid})`;
  return kind === 'live' && only && thread.tid === pid ? `process ${thread.tid}` : `LWP ${thread.tid}`;
}
