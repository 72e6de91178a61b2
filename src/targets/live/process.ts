import { SondeError } from '../../base/errors.ts';
import { ProcessMemory } from '../../linux/memory.ts';
import { parseMaps, parseStat, procLink, procText, readAuxiliaryVector } from '../../linux/procfs.ts';
import { detachThread, getSignalInfo, interruptThread, queuedSignals, resumeThread, setSignalInfo } from '../../linux/ptrace.ts';
import { sendSignal } from '../../linux/signal.ts';
import { SIG } from '../../linux/signals.ts';
import { alarmEvery } from '../../linux/wait.ts';
import { nextConnection } from '../connections.ts';
import type { LiveTarget, Mapping, Memory, RegisterFile, TargetEvent, TargetThread } from '../target.ts';
import { DebugRegisterPlan, type DebugWatch, takeDebugStatus } from './debugRegisters.ts';
import { injectFork } from './injectedFork.ts';
import { TerminalOwner } from './terminalOwner.ts';
import { LiveThread } from './thread.ts';
import { tracer } from './tracer.ts';

type End = Extract<TargetEvent, { kind: 'exited' | 'killed' }>;

/** How long a stop or a kill may take before its threads are looked at: some never report. */
const patience = 50;

/** A process under ptrace. */
export class LiveProcess implements LiveTarget {
  readonly kind = 'live';
  readonly memory: Memory;
  readonly #processMemory: ProcessMemory;
  readonly #threads = new Map<number, LiveThread>();
  readonly #queue: TargetEvent[] = [];
  readonly #debugRegisters = new DebugRegisterPlan();
  readonly #terminal: TerminalOwner;
  /** Children of forks and checkpoints: stopped, traced, not yet anybody's target. */
  readonly #relatives: Map<number, LiveProcess>;
  /** The threads as a list, made when asked for. */
  #list: readonly LiveThread[] | undefined;
  #alive = true;

  constructor(
    readonly pid: number,
    readonly attached: boolean,
    terminal = new TerminalOwner(),
    relatives = new Map<number, LiveProcess>(),
    readonly connection = nextConnection(),
  ) {
    this.#terminal = terminal;
    this.#relatives = relatives;
    this.#processMemory = new ProcessMemory(pid);
    this.memory = this.#processMemory;
  }

  get alive(): boolean {
    return this.#alive;
  }

  get executable(): string | undefined {
    return procLink(this.pid, 'exe');
  }

  threads(): readonly TargetThread[] {
    this.#list ??= [...this.#threads.values()];
    return this.#list;
  }

  registers(tid: number): RegisterFile {
    return this.#require(tid);
  }

  auxiliaryVector(): ReadonlyMap<number, bigint> {
    return readAuxiliaryVector(this.pid);
  }

  mappings(): readonly Mapping[] {
    return parseMaps(procText(this.pid, 'maps') ?? '');
  }

  signalInfo(tid: number): Uint8Array | undefined {
    const thread = this.#threads.get(tid);
    return thread?.state === 'stopped' ? getSignalInfo(tid) : undefined;
  }

  setSignalInfo(tid: number, bytes: Uint8Array): void {
    this.#require(tid);
    setSignalInfo(tid, bytes);
  }

  rawRegisters(tid: number): { general: Uint8Array; extended: Uint8Array | undefined } {
    return this.#require(tid).rawSets();
  }

  isRunning(tid: number): boolean {
    return this.#threads.get(tid)?.state === 'running';
  }

  resume(tid: number, how: 'continue' | 'step' | 'syscall', signal: number): void {
    const thread = this.#require(tid);
    thread.invalidate();
    if (thread.pending) {
      // Something happened to it while all were being stopped: that comes first.
      this.#queue.push(thread.pending);
      thread.pending = undefined;
      return;
    }
    if (thread.state === 'ended') return;
    if (thread.debugRegistersStale) {
      thread.debugRegistersStale = false;
      this.#debugRegisters.apply(tid);
    }
    thread.state = 'running';
    thread.going = how;
    // If it fails, the thread was killed in its stop; its end will be reported.
    resumeThread(tid, how, signal);
  }

  async wait(): Promise<TargetEvent> {
    for (;;) {
      const event = this.waitSync(0);
      if (event) return event;
      if (!this.#alive) throw new SondeError('The program is not being run.');
      await tracer.doorbell.wait();
    }
  }

  waitSync(milliseconds: number): TargetEvent | undefined {
    if (this.#queue.length === 0 && this.#alive) {
      if (milliseconds === 0) {
        while (this.#queue.length === 0 && tracer.poll());
      } else {
        alarmEvery(milliseconds);
        while (this.#queue.length === 0 && tracer.block());
      }
    }
    return this.#queue.shift();
  }

  stopAll(): void {
    for (const thread of this.#threads.values()) {
      if (thread.state !== 'running') continue;
      thread.interrupting = true;
      interruptThread(thread.tid);
    }
    this.#awaitStops();
    this.#flushTraps();
    // A stop that nobody was told of yet waits with its thread until that is resumed; births and ends are told in any case.
    const events = this.#queue.splice(0);
    for (const event of events) {
      const thread = 'tid' in event && event.kind !== 'thread created' ? this.#threads.get(event.tid) : undefined;
      if (thread) thread.pending = event;
      else this.#queue.push(event);
    }
  }

  pendingEvent(tid: number): TargetEvent | undefined {
    return this.#threads.get(tid)?.pending;
  }

  forgetPendingEvent(tid: number): void {
    const thread = this.#threads.get(tid);
    if (thread) thread.pending = undefined;
  }

  interrupt(): void {
    sendSignal(this.pid, SIG.INT);
  }

  setDebugRegister(index: number, watch: DebugWatch | undefined): void {
    this.#debugRegisters.set(index, watch);
    let refused = false;
    for (const thread of this.#threads.values()) {
      if (thread.state === 'stopped') refused = !this.#debugRegisters.apply(thread.tid) || refused;
      else thread.debugRegistersStale = true;
    }
    if (refused && watch) {
      this.setDebugRegister(index, undefined);
      throw new SondeError("Couldn't write debug register: Invalid argument.");
    }
  }

  debugStatus(tid: number): number {
    return this.#threads.get(tid)?.state === 'stopped' ? takeDebugStatus(tid) : 0;
  }

  forkStopped(tid: number): number {
    return injectFork(this, this.#require(tid));
  }

  adopt(pid: number): LiveProcess {
    const relative = this.#relatives.get(pid);
    if (!relative) throw new SondeError(`Process ${pid} is not traced.`);
    return relative;
  }

  get relatives(): readonly number[] {
    return [...this.#relatives.keys()].filter((pid) => pid !== this.pid);
  }

  release(pid: number): void {
    this.adopt(pid).detach();
  }

  kill(): void {
    sendSignal(this.pid, SIG.KILL);
    while (this.#alive) {
      alarmEvery(patience);
      if (!tracer.block() && !procText(this.pid, 'stat')) break;
    }
    this.#leave();
  }

  detach(signal?: { tid: number; signal: number }): void {
    this.stopAll();
    for (const thread of this.#threads.values()) {
      if (thread.state === 'ended') continue;
      thread.flush();
      if (!this.#debugRegisters.empty) new DebugRegisterPlan().apply(thread.tid);
      detachThread(thread.tid, signal?.tid === thread.tid ? signal.signal : this.#undeliveredSignal(thread));
    }
    this.#leave();
  }

  giveTerminal(): void {
    if (!this.attached) this.#terminal.give(this.pid);
  }

  takeTerminal(): void {
    this.#terminal.take();
  }

  // What follows is for the other files of this room.

  thread(tid: number): LiveThread | undefined {
    return this.#threads.get(tid);
  }

  addThread(tid: number): LiveThread {
    const thread = new LiveThread(tid, this.pid);
    this.#threads.set(tid, thread);
    this.#list = undefined;
    thread.debugRegistersStale = !this.#debugRegisters.empty;
    tracer.register(tid, this);
    return thread;
  }

  dropThread(tid: number): void {
    this.#threads.delete(tid);
    this.#list = undefined;
    tracer.forget(tid);
  }

  /** Nobody has asked for the threads yet: those born so far are no news. */
  forgetBirths(): void {
    const rest = this.#queue.splice(0).filter(({ kind }) => kind !== 'thread created' && kind !== 'thread exited');
    this.#queue.push(...rest);
  }

  /** The child of a clone event; false if it is dead already. */
  addBornThread(tid: number): boolean {
    if (!tracer.awaitBirth(tid)) return false;
    this.addThread(tid);
    return true;
  }

  /** The child process of a fork event. */
  addBornChild(pid: number): LiveProcess | undefined {
    if (!tracer.awaitBirth(pid)) return undefined;
    const child = new LiveProcess(pid, this.attached, this.#terminal, this.#relatives, this.connection);
    child.addThread(pid);
    this.#relatives.set(pid, child);
    this.#relatives.set(this.pid, this);
    return child;
  }

  /** exec: all other threads are gone, the one that called it has taken the main thread's id; new memory. */
  executed(): void {
    for (const tid of [...this.#threads.keys()]) if (tid !== this.pid) this.dropThread(tid);
    this.#processMemory.close();
    const main = this.#threads.get(this.pid) ?? this.addThread(this.pid);
    main.forgetRegisters();
  }

  enqueue(event: TargetEvent): void {
    this.#queue.push(event);
  }

  ended(end: End): void {
    this.#alive = false;
    for (const tid of [...this.#threads.keys()]) this.dropThread(tid);
    this.#relatives.delete(this.pid);
    this.#processMemory.close();
    this.#queue.push(end);
  }

  #require(tid: number): LiveThread {
    const thread = this.#threads.get(tid);
    if (!thread) throw new SondeError(this.#alive ? `Thread ${tid} is gone.` : 'The program is not being run.');
    return thread;
  }

  /** Ends the relation: nothing of this process is traced any more. */
  #leave(): void {
    this.#alive = false;
    this.#queue.length = 0;
    for (const tid of [...this.#threads.keys()]) this.dropThread(tid);
    this.#relatives.delete(this.pid);
    this.#processMemory.close();
    tracer.ring();
  }

  /** A signal that arrived and was never shown to the session is still the process's own. */
  #undeliveredSignal({ pending }: LiveThread): number {
    return pending?.kind === 'signal' && pending.signal !== SIG.TRAP ? pending.signal : 0;
  }

  #awaitStops(): void {
    while (this.#alive && this.#anyRunning()) {
      alarmEvery(patience);
      if (!tracer.block()) this.#markEndedThreads();
    }
  }

  /**
   * The stop that we asked for overtakes a trap that is already on its way (kernel/signal.c, get_signal): the thread then stands after its int3 and
   * nobody knows why, and after a detach the SIGTRAP would kill it. Such a thread is let go for a moment: it reports the trap at once.
   */
  #flushTraps(): void {
    for (const thread of this.#threads.values()) {
      if (!thread.interrupted) continue;
      thread.interrupted = false;
      if (thread.state !== 'stopped' || !queuedSignals(thread.tid).includes(SIG.TRAP)) continue;
      thread.state = 'running';
      thread.going = 'continue';
      resumeThread(thread.tid, 'continue', 0);
    }
    this.#awaitStops();
  }

  /** A main thread that called pthread_exit is a zombie until the others are gone: it will not stop. */
  #markEndedThreads(): void {
    for (const thread of this.#threads.values()) {
      if (thread.state !== 'running') continue;
      const stat = procText(this.pid, `task/${thread.tid}/stat`);
      if (stat === undefined || parseStat(stat)[3] === 'Z') thread.state = 'ended';
    }
  }

  #anyRunning(): boolean {
    for (const thread of this.#threads.values()) if (thread.state === 'running') return true;
    return false;
  }
}
