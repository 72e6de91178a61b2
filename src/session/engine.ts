import { R } from '../arch/registers.ts';
import type { Address } from '../base/address.ts';
import { MemoryError, SondeError } from '../base/errors.ts';
import type { EvaluationContext } from '../evaluate/context.ts';
import { SIG, signalName } from '../linux/signals.ts';
import type { Module } from '../program/module.ts';
import type { LiveTarget, RegisterFile, TargetEvent } from '../targets/target.ts';
import type { Frame } from '../unwind/index.ts';
import type { Breakpoint } from './breakpoints.ts';
import { isWatchpoint } from './breakpoints.ts';
import type { DebugSession } from './debugSession.ts';
import { DisplacedSteps } from './displacedSteps.ts';
import type { StopReason } from './events.ts';
import { HardwareBreakpoints } from './hardwareBreakpoints.ts';
import { expectLongLoop } from './longLoop.ts';
import type { InternalBreakpoint, Motion } from './motion.ts';
import { followFork, processEvent } from './processEvents.ts';
import { QuietStretches } from './quietStretches.ts';
import { RangeRuns } from './rangeRuns.ts';
import { Stepper } from './stepping.ts';
import { Watcher } from './watching.ts';

/** How long one synchronous wait lasts; a ^C at sonde, a hang-up, a timer is seen this much later at the most. */
const patience = 20;
/** In tight loops the event loop gets a turn this often (ms). */
const turn = 50;

/** A motion with more events than this is a loop: false conditions, single steps. */
const manyEvents = 300;

/** Why an event ends the motion, or that it does not. */
export type Verdict = StopReason | 'go on';

/**
 * gdb's infrun: inserts breakpoints, lets threads go, looks at every event and decides whether it ends the motion. All-stop: when `drive`
 * returns, every thread is stopped and memory is as the program has it.
 */
export class Engine {
  readonly session: DebugSession;
  readonly stepper: Stepper;
  readonly watcher: Watcher;
  /** Where the dynamic linker announces changes. */
  libraryBreakpoint: Address | undefined;
  /** The breakpoint at which a thread stands was counted already: it is stepped over, not hit again. */
  readonly #standing = new Map<number, { pc: Address; stack: Address | undefined }>();
  /** Signals that stopped threads will get when they go on. */
  readonly heldSignals = new Map<number, number>();
  /** The thread that is being stepped over a breakpoint, which is out of memory for that moment. */
  #steppingOver: { tid: number; address: Address } | undefined;
  readonly #stepping = new Set<number>();
  /** Stopped threads of which every event was looked at: only these may be resumed, the others have something to tell. */
  readonly #idle = new Set<number>();
  readonly #displaced: DisplacedSteps;
  readonly hardware = new HardwareBreakpoints();
  readonly #quiet = new QuietStretches();
  readonly #rangeRuns = new RangeRuns();
  #lastTurn = 0;
  /** For conditions, by pc; for one motion. */
  readonly #contexts = new Map<Address, Omit<EvaluationContext, 'frame'> & { frame: Frame | undefined }>();
  /** The thread of the event that ended the last motion. */
  lastEventThread: number | undefined;
  /** A fork that was caught: its child waits until the process goes on. */
  unfollowedFork: { readonly kind: 'fork' | 'vfork'; readonly child: number } | undefined;
  /** Between vfork and its end the child uses this memory: no breakpoints. */
  vforkChild: number | undefined;

  constructor(session: DebugSession) {
    this.session = session;
    this.stepper = new Stepper(session);
    this.watcher = new Watcher(session);
    this.#displaced = new DisplacedSteps(session.program);
  }

  /** Moves the inferior until something ends the motion. */
  async drive(live: LiveTarget, motion: Motion): Promise<StopReason> {
    const { session } = this;
    session.forgetFrames();
    session.skippedInline.clear();
    this.#contexts.clear();
    this.#quiet.forget();
    live.giveTerminal();
    let isStepEnd = false;
    try {
      followFork(this, live, motion);
      this.#insert(live, motion);
      this.hardware.insert(live, session.breakpoints.all);
      this.watcher.begin(live, this.hardware.count);
      this.#markAllIdle(live);
      this.resumeAll(live, motion);
      for (let events = 0; ; events++) {
        if (events === manyEvents) expectLongLoop();
        const event = this.#nextSoon(live) ?? (await live.wait());
        const verdict = this.#handle(live, event, motion);
        if (this.#turnIsDue()) await new Promise((resolve) => setImmediate(resolve));
        if (verdict === 'go on') continue;
        isStepEnd = verdict.kind === 'step';
        return verdict;
      }
    } finally {
      // The frames by which a step was found to be over are those that will be shown.
      this.settle(live, isStepEnd);
    }
  }

  /** An event that comes within the next moments; the alarm that ends a wait may have been set for an earlier one. */
  #nextSoon(live: LiveTarget): TargetEvent | undefined {
    const start = performance.now();
    for (;;) {
      const event = live.waitSync(patience);
      if (event || performance.now() - start >= patience) return event;
    }
  }

  /** Timers and signal handlers run now and then, also while a command makes a thousand short motions. */
  #turnIsDue(): boolean {
    const now = Date.now();
    if (now - this.#lastTurn <= turn) return false;
    this.#lastTurn = now;
    return true;
  }

  /**
   * For a call in the inferior: the thread forgets the signal it would get, and has both that and the breakpoint it stands at (which it has told
   * of already) again when the returned function is called.
   */
  setAside(tid: number): () => void {
    const standing = this.#standing.get(tid);
    const signal = this.heldSignals.get(tid);
    this.heldSignals.delete(tid);
    return () => {
      if (standing) this.#standing.set(tid, standing);
      if (signal !== undefined) this.heldSignals.set(tid, signal);
    };
  }

  /** Every thread stopped, nothing of ours in memory: also in the middle of a motion, when the session ends. */
  settle(live: LiveTarget, keepFrames = false): void {
    const { session } = this;
    this.#steppingOver = undefined;
    if (live.alive) {
      live.stopAll();
      this.watcher.end(live);
      this.hardware.remove(live);
      this.#undoPendingBreakpoints(live);
      this.#leaveCopies(live);
      session.insertions.removeAll(live.memory);
      for (const { tid } of live.threads()) session.threadTable.add(tid);
    } else {
      session.insertions.forget();
      this.#rangeRuns.forget();
      this.#displaced.forget();
      this.hardware.forget();
      this.#standing.clear();
      this.heldSignals.clear();
    }
    this.#stepping.clear();
    this.#idle.clear();
    live.takeTerminal();
    if (!keepFrames) session.forgetFrames();
  }

  /** A thread that was stopped in a displaced copy of an instruction stands at the instruction itself. */
  #leaveCopies(live: LiveTarget): void {
    if (!this.#displaced.active) return;
    for (const { tid } of live.threads()) this.#leaveCopy(live, tid);
    this.#displaced.remove(live.memory);
  }

  #leaveCopy(live: LiveTarget, tid: number): void {
    const registers = live.registers(tid);
    const own = this.#displaced.ownPc(registers.get(R.rip) ?? 0n);
    if (!own) return;
    registers.set(R.rip, own.pc);
    // The breakpoint was passed already: it does not count again.
    if (!own.executed) this.#standing.set(tid, { pc: own.pc, stack: undefined });
  }

  /** A breakpoint that a thread ran into while all were being stopped is not reported now: it will be run into again. */
  #undoPendingBreakpoints(live: LiveTarget): void {
    for (const { tid } of live.threads()) {
      const event = live.pendingEvent(tid);
      if (event?.kind !== 'signal' || event.signal !== SIG.TRAP) continue;
      const registers = live.registers(tid);
      const pc = registers.get(R.rip) ?? 0n;
      if (this.session.insertions.has(pc - 1n) && (!this.#stepping.has(tid) || trapCode(live, tid) === SI_KERNEL))
        registers.set(R.rip, pc - 1n);
      live.forgetPendingEvent(tid);
    }
  }

  /** Everything that must be in memory while the inferior runs. Throws where a user's breakpoint can't be inserted. */
  #insert(live: LiveTarget, motion: Motion): void {
    const { session } = this;
    if (this.vforkChild !== undefined) return;
    const failed = session.insertions.insert(live.memory, this.#addresses(motion));
    const broken = session.breakpoints.all.filter(
      ({ enabled, locations }) => enabled && locations.some((place) => place.enabled && failed.includes(place.address)),
    );
    if (broken.length === 0) return;
    session.insertions.removeAll(live.memory);
    const lines = broken.map(
      ({ number, locations }) =>
        `Cannot insert breakpoint ${number}.\nCannot access memory at address 0x${locations[0].address.toString(16)}`,
    );
    throw new SondeError(`Warning:\n${lines.join('\n')}\n`);
  }

  *#addresses(motion: Motion): Iterable<Address> {
    for (const { enabled, kind, locations, watch } of this.session.breakpoints.all) {
      if (!enabled || kind === 'hw breakpoint') continue;
      for (const location of locations) if (location.enabled && !location.unloaded) yield location.address;
      if (watch?.returnAddress !== undefined) yield watch.returnAddress;
    }
    for (const { address } of motion.targets) yield address;
    for (const { pc } of this.session.dummyFrames) yield pc;
    if (motion.step?.resume) yield motion.step.resume.address;
    if (this.libraryBreakpoint !== undefined) yield this.libraryBreakpoint;
    yield* this.#quiet.exits;
  }

  /** After breakpoints, libraries or the step's own breakpoint changed in the middle of a motion. */
  reinsert(live: LiveTarget, motion: Motion): void {
    if (this.vforkChild !== undefined) return;
    const wanted = new Set(this.#addresses(motion));
    for (const address of this.session.insertions.addresses())
      if (!wanted.has(address)) this.session.insertions.remove(live.memory, address);
    this.session.insertions.insert(live.memory, wanted);
    this.hardware.insert(live, this.session.breakpoints.all);
  }

  /** Lets every thread go that may; one that stands on a breakpoint first goes over it alone. */
  resumeAll(live: LiveTarget, motion: Motion): void {
    if (this.#steppingOver) return;
    const stopped = live.threads().filter(({ tid }) => this.#idle.has(tid) && !live.isRunning(tid));
    const movable = stopped.filter(({ tid }) => this.#mayMove(tid, motion));
    const standing = movable.filter(({ tid }) => this.#needsStepOver(live, tid) && !this.#passByCopy(live, tid, motion));
    const first = standing.find(({ tid }) => tid === motion.tid) ?? standing[0];
    if (first) {
      this.#stepOver(live, first.tid);
      return;
    }
    for (const { tid } of movable) {
      const runs = this.#runsQuietly(live, tid, motion) || this.#runsToEndOfLine(live, tid, motion);
      this.#resume(live, tid, runs ? 'continue' : this.#how(tid, motion), motion);
    }
  }

  #runsToEndOfLine(live: LiveTarget, tid: number, motion: Motion): boolean {
    const { step } = motion;
    if (!step || step.single || step.resume || tid !== motion.tid || this.watcher.isSoftware) return false;
    if (motion.signal !== 0 || this.heldSignals.has(tid) || live.threads().length > 1 || live.pendingEvent(tid)) return false;
    return this.#rangeRuns.place(live, tid, step, this.session.insertions, this.session.memory);
  }

  /** Under software watchpoints: code that writes no memory need not be stepped. Breakpoints stand where it ends. */
  #runsQuietly(live: LiveTarget, tid: number, motion: Motion): boolean {
    if (!this.watcher.isOnMemoryOnly || motion.step || motion.signal !== 0 || this.heldSignals.has(tid)) return false;
    if (live.threads().length > 1 || live.pendingEvent(tid)) return false;
    const exits = this.#quiet.from(live.registers(tid).get(R.rip) ?? 0n, this.session.memory);
    return exits !== undefined && this.session.insertions.insert(live.memory, exits).length === 0;
  }

  /** `set scheduler-locking`. */
  #mayMove(tid: number, motion: Motion): boolean {
    if (tid === motion.tid) return true;
    const locking = this.session.settings.text('scheduler-locking');
    return !(locking === 'on' || (locking === 'step' && motion.step !== undefined && !motion.step.resume));
  }

  #how(tid: number, motion: Motion): 'continue' | 'step' | 'syscall' {
    if (tid === motion.tid && motion.step && !motion.step.resume) return 'step';
    if (this.watcher.isSoftware) return 'step';
    return this.session.breakpoints.all.some(({ enabled, catch: caught }) => enabled && caught?.kind === 'syscall')
      ? 'syscall'
      : 'continue';
  }

  #resume(live: LiveTarget, tid: number, how: 'continue' | 'step' | 'syscall', motion?: Motion): void {
    let signal = this.heldSignals.get(tid) ?? 0;
    this.heldSignals.delete(tid);
    if (motion && tid === motion.tid && motion.signal !== 0) {
      signal = motion.signal;
      motion.signal = 0;
    }
    if (how === 'step') this.#stepping.add(tid);
    else this.#stepping.delete(tid);
    this.#idle.delete(tid);
    live.resume(tid, how, signal);
  }

  #needsStepOver(live: LiveTarget, tid: number): boolean {
    const standing = this.#standing.get(tid);
    if (!standing || live.pendingEvent(tid)) return false;
    const registers = live.registers(tid);
    if (registers.get(R.rip) === standing.pc) {
      if (this.session.insertions.has(standing.pc)) return true;
      if (this.hardware.has(standing.pc)) registers.set(R.eflags, (registers.get(R.eflags) ?? 0n) | resumeFlag);
    }
    this.#standing.delete(tid);
    return false;
  }

  /** Past a breakpoint by a copy of its instruction: the breakpoint stays, nobody waits. */
  #passByCopy(live: LiveTarget, tid: number, motion: Motion): boolean {
    const standing = this.#standing.get(tid);
    if (!standing || this.#how(tid, motion) !== 'continue' || this.heldSignals.has(tid)) return false;
    const way = this.#displaced.wayPast(standing.pc, live.memory, this.session.memory);
    if (way === undefined) return false;
    live.registers(tid).set(R.rip, way);
    this.#standing.delete(tid);
    return true;
  }

  /** The other threads are held: with the breakpoint out of memory they would run past it. */
  #stepOver(live: LiveTarget, tid: number): void {
    const { pc } = this.#standing.get(tid) as { pc: Address };
    if (live.threads().length > 1) {
      live.stopAll();
      this.#markAllIdle(live);
    }
    this.session.insertions.lift(live.memory, pc);
    this.#steppingOver = { tid, address: pc };
    this.#standing.delete(tid);
    this.#resume(live, tid, 'step');
  }

  /** What they have to tell is pending with them, and comes when they are resumed. */
  #markAllIdle(live: LiveTarget): void {
    for (const { tid } of live.threads()) this.#idle.add(tid);
  }

  /** The thread counts as having been at its breakpoint: `continue` after `until`, `jump`, a new breakpoint at pc. */
  standAt(tid: number, pc: Address): void {
    this.#standing.set(tid, { pc, stack: undefined });
  }

  #handle(live: LiveTarget, event: TargetEvent, motion: Motion): Verdict {
    this.lastEventThread = 'tid' in event && event.kind !== 'thread exited' ? event.tid : undefined;
    if ('tid' in event) this.#idle.add(event.tid);
    if (event.kind === 'thread created') this.#idle.add(event.by);
    const over = this.#steppingOver;
    if (over && 'tid' in event && event.tid === over.tid) {
      if (live.alive) this.session.insertions.lower(live.memory, over.address);
      this.#steppingOver = undefined;
      // Only held back by a signal: the instruction was not executed, it still stands there.
      if (event.kind === 'signal' && event.signal !== SIG.TRAP)
        this.#standing.set(over.tid, { pc: over.address, stack: live.registers(over.tid).get(R.rsp) });
    }
    const verdict = event.kind === 'signal' ? this.#signal(live, event.tid, event.signal, motion) : processEvent(this, live, event, motion);
    if (verdict === 'go on' && live.alive) this.resumeAll(live, motion);
    return verdict;
  }

  #signal(live: LiveTarget, tid: number, signal: number, motion: Motion): Verdict {
    if (signal !== SIG.TRAP) this.#rangeRuns.remove(live, this.session.insertions);
    // Its handler, or the user, must see the program's own pc.
    if (this.#displaced.active) this.#leaveCopy(live, tid);
    if (signal === SIG.TRAP) {
      const verdict = this.#trap(live, tid, motion);
      if (verdict !== 'random') return verdict;
    }
    // A start-up artefact: the stop that the kernel reports right after exec is no program's signal.
    const name = signalName(signal);
    const handling = this.session.signals.of(name);
    const caught = this.session.breakpoints.all.find(
      ({ enabled, catch: c }) =>
        enabled &&
        c?.kind === 'signal' &&
        (c.signals.length === 0 ? signal !== SIG.TRAP && signal !== SIG.INT : c.signals.includes(signal)),
    );
    if (handling.pass) this.heldSignals.set(tid, signal);
    if (caught && this.#counts(caught)) return { kind: 'catchpoint', breakpoint: caught, text: `signal ${name}` };
    if (handling.stop) return { kind: 'signal', signal };
    if (handling.print) this.session.emit({ kind: 'signal received', signal, thread: this.session.threadTable.byTid(tid) });
    if (tid === motion.tid && motion.step && !motion.step.resume && handling.pass) this.stepper.signalWhileStepping(live, motion);
    this.reinsert(live, motion);
    return 'go on';
  }

  /** SIGTRAP: a breakpoint, a finished step, a debug register, or the program's own int3 (`random`). */
  #trap(live: LiveTarget, tid: number, motion: Motion): Verdict | 'random' {
    const { session } = this;
    const registers = live.registers(tid);
    let pc = registers.get(R.rip) ?? 0n;
    const stepped = this.#stepping.delete(tid);
    const hitBreakpoint = session.insertions.has(pc - 1n) && (!stepped || trapCode(live, tid) === SI_KERNEL);
    if (hitBreakpoint) {
      pc -= 1n;
      registers.set(R.rip, pc);
    }
    this.#rangeRuns.remove(live, session.insertions);
    const watched = this.watcher.check(live, tid, stepped);
    if (watched) {
      this.#standing.set(tid, { pc, stack: undefined });
      if (watched.kind !== 'watchpoint') return watched;
      return { ...watched, breakpoints: hitBreakpoint || session.insertions.has(pc) ? this.#userBreakpoints(tid, pc) : [] };
    }

    const hitHardware = !stepped && !hitBreakpoint && this.hardware.has(pc) && trapCode(live, tid) === TRAP_HWBKPT;
    if (hitHardware) live.debugStatus(tid);
    if (hitBreakpoint || hitHardware || (stepped && (session.insertions.has(pc) || this.hardware.has(pc)))) {
      const verdict = this.#breakpoint(live, tid, pc, registers, motion, hitBreakpoint);
      if (verdict !== 'go on') return verdict;
      if ((hitBreakpoint || hitHardware) && !this.#reachedStepResume(motion, tid, pc, registers)) return 'go on';
    } else if (!stepped) {
      return this.watcher.triggered ? 'go on' : 'random';
    }
    if (tid !== motion.tid || !motion.step) return 'go on';
    // On its way to the end of a call that is stepped over; it only passed a breakpoint step by step.
    if (motion.step.resume && !this.#reachedStepResume(motion, tid, pc, registers)) return 'go on';
    return this.stepper.afterStep(live, motion, this);
  }

  /** True if the breakpoint that a call was stepped over with is reached: stepping goes on. */
  #reachedStepResume(motion: Motion, tid: number, pc: Address, registers: RegisterFile): boolean {
    const resume = motion.step?.resume;
    if (!motion.step || !resume) return tid === motion.tid && motion.step !== undefined;
    if (resume.address !== pc || !applies(resume, tid, registers)) return false;
    motion.step.resume = undefined;
    this.stepper.reached(resume);
    return true;
  }

  #breakpoint(live: LiveTarget, tid: number, pc: Address, registers: RegisterFile, motion: Motion, executed: boolean): Verdict {
    const { session } = this;
    const standing = this.#standing.get(tid);
    const again = standing?.pc === pc && standing.stack !== undefined && standing.stack === registers.get(R.rsp);
    this.#standing.set(tid, { pc, stack: undefined });
    if (again) return 'go on';
    session.forgetFrames();
    const [breakpoint, ...others] = this.#userBreakpoints(tid, pc);
    const caught = pc === this.libraryBreakpoint && executed ? this.#librariesChanged(live, motion) : undefined;
    if (caught) return caught;
    if (breakpoint) return { kind: 'breakpoint', breakpoint, others };
    const target = motion.targets.find((candidate) => candidate.address === pc && applies(candidate, tid, registers));
    if (target) return { kind: 'location' };
    const dummy = session.dummyFrames.find((frame) => frame.pc === pc && frame.stackPointer === registers.get(R.rsp));
    return dummy ? { kind: 'call returned', dummy } : 'go on';
  }

  /** The list of libraries may be different: symbols, breakpoints and the linker's own breakpoint follow. */
  #librariesChanged(live: LiveTarget, motion: Motion): StopReason | undefined {
    const { session } = this;
    const before = session.program.libraries;
    session.control.placeModules();
    const after = session.program.libraries;
    const unloaded = before.filter((module) => !after.includes(module));
    for (const module of unloaded) this.#warnOfUnloaded(module);
    this.reinsert(live, motion);
    const change = {
      loaded: after.filter((module) => !before.includes(module)).map(({ path }) => path),
      unloaded: unloaded.map(({ path }) => path),
    };
    const [breakpoint, ...others] = session.breakpoints.all.filter((candidate) => catches(candidate, change) && this.#counts(candidate));
    return breakpoint && { kind: 'libraries', breakpoint, others, ...change };
  }

  #warnOfUnloaded(module: Module): void {
    const { breakpoints } = this.session;
    if (!breakpoints.all.some(({ locations }) => locations.some(({ address, unloaded }) => unloaded && module.containsAddress(address))))
      return;
    const text = `Temporarily disabling breakpoints for unloaded shared library "${module.path}"`;
    this.session.emit({ kind: 'warning', text });
  }

  /** Those that stop the thread here; their hits are counted. */
  #userBreakpoints(tid: number, pc: Address): Breakpoint[] {
    const { session } = this;
    const found = session.breakpoints.at(pc);
    if (found.length === 0) return [];
    const thread = session.threadTable.byTid(tid);
    if (!thread) return [];
    const stop: Breakpoint[] = [];
    for (const { breakpoint, location } of found) {
      if (breakpoint.thread !== undefined && breakpoint.thread !== thread.number) continue;
      if (location.condition && !this.#holds(breakpoint, location.condition, thread)) continue;
      if (this.#counts(breakpoint)) stop.push(breakpoint);
    }
    return stop;
  }

  #holds(
    breakpoint: Breakpoint,
    condition: import('../evaluate/index.ts').Compiled,
    thread: import('./session.ts').SessionThread,
  ): boolean {
    const { session } = this;
    try {
      return condition.isTrue(this.#conditionContext(session.innermostFrameOf(thread)));
    } catch (error) {
      if (!(error instanceof SondeError)) throw error;
      session.emit({ kind: 'error', text: `Error in testing condition for breakpoint ${breakpoint.number}:\n${error.message}` });
      return true;
    }
  }

  /** At one pc only the frame differs from hit to hit. */
  #conditionContext(frame: Frame | undefined): EvaluationContext {
    if (!frame) return this.session.evaluationContext(frame);
    let context = this.#contexts.get(frame.pc);
    if (!context) this.#contexts.set(frame.pc, (context = { ...this.session.evaluationContext(frame) }));
    context.frame = frame;
    return context;
  }

  /** A hit is counted; true if it stops: not ignored, its count of stops not used up. */
  #counts(breakpoint: Breakpoint): boolean {
    breakpoint.hits++;
    if (breakpoint.ignoreCount > 0) {
      breakpoint.ignoreCount--;
      return false;
    }
    return true;
  }

  countHit(breakpoint: Breakpoint): boolean {
    return this.#counts(breakpoint);
  }

  get watchpointsExist(): boolean {
    return this.session.breakpoints.all.some((breakpoint) => breakpoint.enabled && isWatchpoint(breakpoint));
  }
}

function catches({ enabled, catch: caught }: Breakpoint, change: Record<'loaded' | 'unloaded', readonly string[]>): boolean {
  if (!enabled || (caught?.kind !== 'load' && caught?.kind !== 'unload')) return false;
  return change[caught.kind === 'load' ? 'loaded' : 'unloaded'].some((path) => caught.pattern.test(path));
}

const SI_KERNEL = 0x80;
const TRAP_HWBKPT = 4;
/** RF in eflags: the next instruction does not meet its debug register (Intel SDM vol. 3 §18.3.1.1). */
const resumeFlag = 1n << 16n;

/** si_code of the trap: int3 reports SI_KERNEL, a finished step TRAP_TRACE. */
function trapCode(live: LiveTarget, tid: number): number | undefined {
  const info = live.signalInfo(tid);
  return info && new DataView(info.buffer, info.byteOffset).getInt32(8, true);
}

function applies({ tid: only, leastStack }: InternalBreakpoint, tid: number, registers: RegisterFile): boolean {
  if (only !== undefined && only !== tid) return false;
  return leastStack === undefined || (registers.get(R.rsp) ?? 0n) >= leastStack;
}

/** A word of the inferior's memory; undefined where there is none. */
export function wordAt(live: LiveTarget, address: Address): bigint | undefined {
  try {
    const bytes = live.memory.read(address, 8);
    return new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
  } catch (error) {
    if (error instanceof MemoryError) return undefined;
    throw error;
  }
}
