import { R } from '../arch/registers.ts';
import type { Address } from '../base/address.ts';
import { SondeError } from '../base/errors.ts';
import { builtin } from '../evaluate/builtinTypes.ts';
import type { CallNeeded } from '../evaluate/context.ts';
import { compile } from '../evaluate/index.ts';
import { integerValue } from '../evaluate/makeValue.ts';
import type { Value } from '../evaluate/value.ts';
import { procLink } from '../linux/procfs.ts';
import { SIG } from '../linux/signals.ts';
import { systemCallName } from '../linux/systemCalls.ts';
import type { Module } from '../program/module.ts';
import type { LiveTarget } from '../targets/target.ts';
import { callerOf, type Frame, inlinedFunctionsStartingAt, normalFrame, sameFrame } from '../unwind/index.ts';
import { callerRegisters } from '../unwind/stack.ts';
import { findLocations } from './breakpointLocations.ts';
import { resetBreakpoints } from './breakpointReset.ts';
import type { Breakpoint } from './breakpoints.ts';
import type { Checkpoint } from './checkpoints.ts';
import type { DebugSession } from './debugSession.ts';
import { Engine } from './engine.ts';
import { breakpointsOf, type Returned, type Stop, type StopReason } from './events.ts';
import { callInferior, returnFromCall } from './inferiorCalls.ts';
import type { InternalBreakpoint, Motion } from './motion.ts';
import { dummyAt, popFrame } from './popFrame.ts';
import { returnedValue, storeReturnValue } from './returnValue.ts';
import type { RunControl } from './runControl.ts';
import { holdsThreadLibrary } from './threadLibrary.ts';
import { threadText } from './threads.ts';

/** Run control over a live process: each method prepares a motion, lets the engine drive it, and says how it ended. */
export class ProcessRunControl implements RunControl {
  readonly #session: DebugSession;
  readonly #engine: Engine;
  lastStop: Stop | undefined;
  readonly systemCallRegister = R.orig_rax;
  readonly systemCallName = systemCallName;

  constructor(session: DebugSession) {
    this.#session = session;
    this.#engine = new Engine(session);
  }

  get engine(): Engine {
    return this.#engine;
  }

  // Beginnings and ends of processes.

  async start(stopAt: 'nowhere' | 'main' | 'first instruction', announce: (program: string, args: string) => void): Promise<void> {
    if (this.#session.target?.kind === 'kernel') throw new SondeError("The program is inside a kernel: it can't be run here.");
    const session = this.#session;
    const { settings, program } = session;
    const { executable } = program;
    const args = settings.text('args');
    if (stopAt === 'main') this.#breakAtMain();
    announce(executable?.path ?? '', args);
    if (!executable) throw new SondeError('No executable file specified.\nUse the "file" or "exec-file" command.');
    const { launch } = await import('../targets/live/launch.ts');
    const directory = settings.text('cwd');
    const live = launch({
      program: executable.path,
      args,
      environment: session.environment.entries(),
      directory: directory === '' ? undefined : directory,
      terminal: settings.text('inferior-tty') || undefined,
      withShell: settings.boolean('startup-with-shell'),
      wrapper: settings.text('exec-wrapper') || undefined,
      disableRandomization: settings.boolean('disable-randomization'),
    });
    this.#begin(live);
    if (stopAt === 'first instruction') {
      session.emit({ kind: 'message', text: '\nProgram stopped.' });
      this.#finished({ kind: 'location' }, 'source and location');
      return;
    }
    await this.#move({ tid: live.pid, signal: 0, step: undefined, targets: [] });
  }

  #breakAtMain(): void {
    const session = this.#session;
    const locations = findLocations(session, 'main');
    session.breakpoints.add({ kind: 'breakpoint', spec: 'main', disposition: 'del', locations });
    const breakpoint = session.breakpoints.all[session.breakpoints.all.length - 1];
    session.emit({ kind: 'breakpoint set', breakpoint });
  }

  #begin(live: LiveTarget, modulesRead: (modules: readonly Module[]) => void = () => undefined): void {
    const session = this.#session;
    session.libraries.forget();
    session.setTarget(live);
    for (const breakpoint of session.breakpoints.all) breakpoint.hits = 0;
    session.values.forget('_exitcode');
    session.values.forget('_exitsignal');
    this.#engine.vforkChild = undefined;
    this.placeModules(modulesRead);
  }

  async attach(pid: number, modulesRead: (modules: readonly Module[]) => void): Promise<void> {
    const session = this.#session;
    const { attach } = await import('../targets/live/attach.ts');
    const live = attach(pid, (text) => session.emit({ kind: 'warning', text }));
    for (const { tid } of live.threads()) if (tid !== pid) session.emit({ kind: 'thread created', name: `LWP ${tid}` });
    const known = session.program.main;
    if (!session.program.executable) {
      const path = procLink(pid, 'exe');
      if (path) session.loadProgram(path, known ? 'executable' : 'executable and symbols');
    }
    // A program that was there before was announced then; the system's own module has no file.
    this.#begin(live, (modules) => modulesRead(modules.filter((module) => module !== known && module.path.startsWith('/'))));
    this.#finished({ kind: 'attached' }, 'source and location');
  }

  detach(): void {
    const { live } = this.#session;
    if (!live) throw new SondeError('The program is not being run.');
    const { pid } = live;
    this.#release(live);
    this.#session.closeTarget();
    this.#session.emit({ kind: 'message', text: `[Inferior 1 (process ${pid}) detached]` });
  }

  #release(live: LiveTarget): void {
    this.#engine.settle(live);
    const tid = this.#session.selectedThread?.tid;
    const signal = tid === undefined ? undefined : this.#engine.heldSignals.get(tid);
    this.#engine.heldSignals.clear();
    live.detach(signal !== undefined && tid !== undefined && signal !== SIG.TRAP ? { tid, signal } : undefined);
  }

  kill({ quiet = false }: { quiet?: boolean } = {}): void {
    const { live } = this.#session;
    if (!live) throw new SondeError('The program is not being run.');
    const { pid } = live;
    this.#killFamily(live);
    this.#session.closeTarget();
    if (!quiet && this.#session.settings.boolean('print inferior-events'))
      this.#session.emit({ kind: 'message', text: `[Inferior 1 (process ${pid}) killed]` });
  }

  #killFamily(live: LiveTarget): void {
    for (const { target } of this.#session.checkpoints.all) if (target.pid !== live.pid && target.alive) target.kill();
    this.#session.checkpoints.clear();
    if (live.alive) live.kill();
    this.#engine.heldSignals.clear();
  }

  /** The end of the session: what we started dies, what we attached to lives on. */
  letGo(): void {
    const { live } = this.#session;
    if (!live) return;
    if (live.attached) this.#release(live);
    else this.#killFamily(live);
    this.#session.setTarget(undefined);
  }

  // Checkpoints.

  checkpoint(): Checkpoint {
    const { live, checkpoints } = this.#session;
    if (!live) throw new SondeError('The program is not being run.');
    return checkpoints.add(live);
  }

  switchToCheckpoint(checkpoint: Checkpoint): void {
    const session = this.#session;
    if (session.live) session.checkpoints.leave(session.live);
    session.checkpoints.enter(checkpoint);
    const { usesPthreads } = session.threadTable;
    session.setTarget(checkpoint.target);
    session.threadTable.usesPthreads = usesPthreads;
    this.placeModules();
    // It was forked at a stop: the breakpoint there was hit already.
    const { pid } = checkpoint.target;
    this.#engine.standAt(pid, checkpoint.target.registers(pid).get(R.rip) ?? 0n);
  }

  /** The current process has ended and others are left. That libpthread is in use is not known of the heir, as in gdb. */
  #goOnAs(heir: Checkpoint): void {
    const session = this.#session;
    this.switchToCheckpoint(heir);
    const [thread] = session.threads;
    session.emit({ kind: 'message', text: `[Switching to ${threadText(thread, heir.target, true)}]` });
    session.threadTable.usesPthreads = false;
    session.emit({ kind: 'message', text: `[Switching to ${threadText(thread, heir.target, true)}]` });
  }

  dropCheckpoint(checkpoint: Checkpoint, how: 'kill' | 'detach'): void {
    if (how === 'kill') checkpoint.target.kill();
    else checkpoint.target.detach();
    this.#session.checkpoints.remove(checkpoint.target.pid);
  }

  // Motions.

  async continue(signal: number | 'as received' = 'as received'): Promise<Stop> {
    const tid = this.#tid();
    if (signal !== 'as received') this.#engine.heldSignals.set(tid, signal);
    return this.#move({ tid, signal: 0, step: undefined, targets: [] });
  }

  async step(kind: 'step' | 'next' | 'stepi' | 'nexti', count: number): Promise<Stop> {
    for (let left = count; ; left--) {
      const stop = await this.#stepOnce(kind, left > 1);
      if (left <= 1 || stop.reason.kind !== 'step') return stop;
    }
  }

  async #stepOnce(kind: 'step' | 'next' | 'stepi' | 'nexti', silent: boolean): Promise<Stop> {
    const session = this.#session;
    const tid = this.#tid();
    const frame = this.#innermost();
    const byLine = kind === 'step' || kind === 'next';
    // At an inlined call `step` goes in without running anything.
    const skipped = session.skippedInline.get(tid) ?? 0;
    if (kind === 'step' && skipped > 0) {
      const [inner] = inlinedFunctionsStartingAt(session.program, frame.pc).slice(skipped - 1);
      if (inner) {
        session.skippedInline.set(tid, skipped - 1);
        session.forgetFrames();
        return this.#finished({ kind: 'step' }, 'source and location', silent);
      }
    }
    const over = kind === 'step' ? 'undebuggable' : kind === 'stepi' ? 'none' : 'all';
    let noLines = false;
    if (byLine && !frame.line?.line) {
      if (kind === 'step' && session.settings.boolean('step-mode'))
        return this.#move({ tid, signal: 0, step: this.#engine.stepper.begin(frame, 'instruction', 'none'), targets: [] }, silent);
      // No line information: run until exit from the function.
      const name = frame.function?.name ?? frame.symbol?.symbol.name;
      if (name === undefined) throw new SondeError('Cannot find bounds of current function');
      session.emit({ kind: 'message', text: `Single stepping until exit from function ${name},\nwhich has no line number information.` });
      noLines = true;
    }
    const step = this.#engine.stepper.begin(frame, byLine ? 'line' : 'instruction', noLines ? 'all' : over);
    if (noLines) this.#engine.stepper.wholeFunction(step, frame);
    return this.#move({ tid, signal: 0, step, targets: [] }, silent);
  }

  async untilNextLine(): Promise<Stop> {
    const tid = this.#tid();
    const step = this.#engine.stepper.begin(this.#innermost(), 'line', 'all', true);
    return this.#move({ tid, signal: 0, step, targets: [] });
  }

  async runTo(addresses: readonly Address[], frame: Frame): Promise<Stop> {
    const tid = this.#tid();
    const targets: InternalBreakpoint[] = addresses.map((address) => ({ address, purpose: 'location', tid }));
    const caller = callerRegisters(normalFrame(frame));
    const address = caller.get(R.rip);
    if (address !== undefined) targets.push({ address, purpose: 'caller', tid, leastStack: caller.get(R.rsp) });
    return this.#move({ tid, signal: 0, step: undefined, targets });
  }

  async finish(frame: Frame): Promise<Stop> {
    const session = this.#session;
    const tid = this.#tid();
    if (frame.kind === 'inline') {
      if (!frame.older) throw new SondeError('"finish" not meaningful in the outermost frame.');
      return this.#move({ tid, signal: 0, step: this.#engine.stepper.outOfInlined(frame.older), targets: [] });
    }
    const caller = callerOf(frame);
    if (!caller) throw new SondeError('"finish" not meaningful in the outermost frame.');
    const target: InternalBreakpoint = { address: caller.pc, purpose: 'caller', tid, leastStack: caller.registers.get(R.rsp) };
    const reason = await this.#drive({ tid, signal: 0, step: undefined, targets: [target] });
    if (reason.kind === 'breakpoint' && this.#isAt(target))
      return this.#finished({ ...reason, returned: this.#returnedFrom(frame, tid) }, 'source and location');
    if (reason.kind !== 'location') return this.#finished(reason, 'source and location');
    const thread = session.threadTable.byTid(tid);
    if (thread) session.selectedThread = thread;
    const returned = this.#returnedFrom(frame, tid);
    // What an expression called has returned: the thread is as it was before.
    const dummy = session.innermostFrame && dummyAt(session, session.innermostFrame);
    if (dummy) returnFromCall(session, dummy, tid);
    return this.#finished({ kind: 'finished', ...returned }, 'source and location');
  }

  #isAt({ address, tid, leastStack = 0n }: InternalBreakpoint): boolean {
    const { live, selectedThread } = this.#session;
    if (!live || tid === undefined || selectedThread?.tid !== tid) return false;
    const registers = live.registers(tid);
    return registers.get(R.rip) === address && (registers.get(R.rsp) ?? 0n) >= leastStack;
  }

  #returnedFrom({ function: called }: Frame, tid: number): Returned {
    const { live, memory } = this.#session;
    const value = called && live && returnedValue(called.type.returns, live.registers(tid), memory);
    return { function: called, value };
  }

  returnFrom(frame: Frame, value: Value | undefined): void {
    const session = this.#session;
    const tid = this.#tid();
    popFrame(session, frame, tid);
    if (value && session.live) storeReturnValue(value, session.live.registers(tid));
    session.skippedInline.delete(tid);
    session.forgetFrames();
    session.selectedFrame = session.innermostFrame;
  }

  async jump(address: Address): Promise<Stop> {
    const tid = this.#tid();
    this.#session.target?.registers(tid).set(R.rip, address);
    this.#session.forgetFrames();
    return this.#move({ tid, signal: 0, step: undefined, targets: [] });
  }

  async call(needed: CallNeeded): Promise<Value> {
    const tid = this.#session.selectedThread?.tid;
    const restore = tid === undefined ? undefined : this.#engine.setAside(tid);
    const value = await callInferior(
      this.#session,
      needed,
      (motion) => this.#drive(motion),
      (reason) => this.#finished(reason, 'source and location'),
    );
    restore?.();
    return value;
  }

  interrupt(): void {
    this.#session.live?.interrupt();
  }

  /** For what leaves the thread where it is: a temporary evaluation of a breakpoint's condition. */
  conditionHolds(breakpoint: Breakpoint, frame: Frame | undefined): boolean {
    const context = this.#session.evaluationContext(frame);
    return compile(breakpoint.condition ?? '1', context).isTrue(context);
  }

  async #move(motion: Motion, silent = false): Promise<Stop> {
    const startFrame = motion.step?.frame;
    const reason = await this.#drive(motion);
    return this.#finished(
      reason,
      reason.kind === 'step' && startFrame && this.#sameFunction(motion) ? 'source line' : 'source and location',
      silent,
    );
  }

  /** After a step within one activation of one function only the source line is shown. */
  #sameFunction({ step }: Motion): boolean {
    const frame = this.#session.innermostFrame;
    if (!step || !frame) return false;
    return sameFrame(frame.id, step.frame) && step.startFunction === this.#session.program.functionAt(frame.pc);
  }

  async #drive(motion: Motion): Promise<StopReason> {
    const session = this.#session;
    const { live } = session;
    if (!live) throw new SondeError('The program is not being run.');
    const previous = session.selectedThread;
    const reason = await this.#engine.drive(live, motion);
    this.#select(live, reason, motion, previous?.tid);
    return reason;
  }

  /** The thread that the stop is about becomes the selected one. */
  #select(live: LiveTarget, reason: StopReason, motion: Motion, previous: number | undefined): void {
    const session = this.#session;
    if (reason.kind === 'exited' || reason.kind === 'killed') return;
    const tid = this.#engine.lastEventThread ?? motion.tid;
    const thread = session.threadTable.byTid(tid) ?? session.threadTable.all[0];
    session.selectedThread = thread;
    session.selectedFrame = undefined;
    if (thread && previous !== undefined && thread.tid !== previous)
      session.emit({ kind: 'switched thread', name: threadText(thread, live, session.threads.length === 1) });
    const pc = live.registers(tid).get(R.rip) ?? 0n;
    this.#engine.standAt(tid, pc);
    // The calls of inlined functions that begin here are still ahead, but for those that a breakpoint was set on.
    const places = reason.kind === 'breakpoint' ? reason.breakpoint.locations.filter(({ address }) => address === pc) : [];
    const starting = inlinedFunctionsStartingAt(session.program, pc);
    const entered = starting.findIndex(({ name, entry }) =>
      places.some(({ inlined }) => inlined?.name === name && inlined.entry === entry),
    );
    if (!session.skippedInline.has(tid) || reason.kind !== 'step') {
      session.skippedInline.set(tid, entered < 0 ? starting.length : entered);
      session.forgetFrames();
    }
  }

  /** The stop is recorded and told. */
  #finished(reason: StopReason, show: Stop['show'], silent = false): Stop {
    const session = this.#session;
    const ended = reason.kind === 'exited' || reason.kind === 'killed';
    const heir = ended ? session.checkpoints.heirOf(reason.pid) : undefined;
    if (ended) {
      session.values.setConvenience(
        reason.kind === 'exited' ? '_exitcode' : '_exitsignal',
        integerValue(builtin.int, reason.kind === 'exited' ? reason.code : reason.signal),
      );
      session.checkpoints.remove(reason.pid);
      session.closeTarget();
    }
    if (reason.kind === 'call returned') returnFromCall(session, reason.dummy, session.selectedThread?.tid);
    session.selectedFrame = session.innermostFrame;
    const stop: Stop = { reason, thread: ended ? undefined : session.selectedThread, show };
    this.lastStop = stop;
    const hit = breakpointsOf(reason);
    this.#commands = hit.flatMap(({ commands }) => (commands[0] === 'silent' ? commands.slice(1) : commands));
    for (const breakpoint of hit) this.#dispose(breakpoint);
    if (reason.kind === 'watchpoint scope' || reason.kind === 'watchpoint error') session.breakpoints.delete(reason.breakpoint);
    if (!silent || reason.kind !== 'step') session.emit({ kind: 'stop', stop });
    if (heir) this.#goOnAs(heir);
    return stop;
  }

  takeBreakpointCommands(): readonly string[] {
    const commands = this.#commands;
    this.#commands = [];
    return commands;
  }
  #commands: readonly string[] = [];

  #dispose(breakpoint: Breakpoint): void {
    const { breakpoints } = this.#session;
    if (breakpoint.disposition === 'del') breakpoints.delete(breakpoint);
    if (breakpoint.disposition !== 'dis') return;
    breakpoint.enableCount = (breakpoint.enableCount ?? 1) - 1;
    if (breakpoint.enableCount <= 0) breakpoint.enabled = false;
  }

  // Modules.

  /** Puts every module where it is now; breakpoints follow. */
  placeModules(modulesRead: (modules: readonly Module[]) => void = () => undefined): void {
    const session = this.#session;
    const { target, program, libraries } = session;
    const { main } = program;
    if (!target || !main) return;
    const before = main.bias;
    libraries.placeProgram(program, target);
    const memory = session.memory;
    const changed = libraries.update(program, target, memory);
    this.#engine.libraryBreakpoint = libraries.breakpoint;
    modulesRead(program.modules);
    if (!session.threadTable.usesPthreads && program.modules.some(holdsThreadLibrary)) {
      session.threadTable.usesPthreads = true;
      if (target.kind === 'live') session.emit({ kind: 'threads known' });
    }
    if (changed || before !== main.bias) {
      session.forgetFrames();
      resetBreakpoints(session);
    }
  }

  /** After exec. */
  newProgram(path: string): void {
    const session = this.#session;
    session.threadTable.usesPthreads = false;
    session.loadProgram(path);
    this.placeModules();
  }

  followChild(target: LiveTarget, engine: Engine, motion: Motion): void {
    const session = this.#session;
    const { live } = session;
    if (!live) return;
    session.insertions.removeAll(live.memory);
    engine.hardware.remove(live);
    session.setTarget(target);
    live.detach();
    session.emit({ kind: 'message', text: `[Inferior 1 (process ${live.pid}) detached]` });
    this.placeModules();
    engine.reinsert(target, motion);
  }

  threadName(tid: number): string {
    const { live, threadTable, threads } = this.#session;
    const thread = threadTable.byTid(tid);
    return thread && live ? threadText(thread, live, threads.length === 1) : `process ${tid}`;
  }

  #tid(): number {
    const { selectedThread, live } = this.#session;
    if (!live || !selectedThread) throw new SondeError('The program is not being run.');
    return selectedThread.tid;
  }

  #innermost(): Frame {
    const frame = this.#session.innermostFrame;
    if (!frame) throw new SondeError('The program is not being run.');
    return frame;
  }
}
