import { RegisterBlock, userRegistersSize } from '../../arch/registerBlock.ts';
import { type RegisterNumber, registers } from '../../arch/registers.ts';
import { SondeError } from '../../base/errors.ts';
import { threadName } from '../../linux/procfs.ts';
import { RegisterSetBuffer, registerSet } from '../../linux/ptrace.ts';
import type { RegisterFile, TargetEvent, TargetThread } from '../target.ts';

/** Large enough for every XSAVE area so far (AMX tile data: 11 KB). */
const extendedSize = 16384;
const fxsaveSize = 512;

/**
 * One traced thread. Its registers are read once a stop and written back before it moves; the buffers live as long as the thread, so
 * that stepping allocates nothing.
 */
export class LiveThread implements RegisterFile, TargetThread {
  /**
   * - running: it moves, or will report why not
   * - stopped: in a ptrace stop; requests are allowed
   * - ended: a main thread that left while others go on; it reports nothing until they are gone
   */
  state: 'running' | 'stopped' | 'ended' = 'stopped';
  /** How it was last let go. */
  going: 'continue' | 'step' | 'syscall' = 'continue';
  /** The event it has to report although the session thinks that it runs. */
  pending: TargetEvent | undefined;
  /** Set while a PTRACE_INTERRUPT of ours is under way: its stop is no event. */
  interrupting = false;
  /** It reported that stop, and nothing else. */
  interrupted = false;
  /** Debug registers are out of date. */
  debugRegistersStale = false;

  readonly #general = new RegisterSetBuffer(registerSet.general, userRegistersSize);
  readonly #basic = new RegisterBlock(this.#general.bytes, undefined);
  #generalValid = false;
  #generalDirty = false;
  #extended: RegisterSetBuffer | undefined;
  #full: RegisterBlock | undefined;
  #extendedValid = false;
  #extendedDirty = false;

  constructor(
    readonly tid: number,
    readonly pid: number,
  ) {}

  /** comm; read afresh, because a thread may rename itself. */
  get name(): string | undefined {
    return threadName(this.pid, this.tid);
  }

  get(register: RegisterNumber): bigint | undefined {
    return this.#blockOf(register)?.get(register);
  }

  bytes(register: RegisterNumber): Uint8Array | undefined {
    return this.#blockOf(register)?.bytes(register);
  }

  set(register: RegisterNumber, value: bigint): void {
    this.#blockOf(register)?.set(register, value);
    this.#markDirty(register);
  }

  setBytes(register: RegisterNumber, bytes: Uint8Array): void {
    this.#blockOf(register)?.setBytes(register, bytes);
    this.#markDirty(register);
  }

  /** The whole struct user_regs_struct and XSAVE area, for a core file. Copies. */
  rawSets(): { general: Uint8Array; extended: Uint8Array | undefined } {
    const full = this.#fullBlock();
    this.#readGeneral();
    return { general: this.#general.bytes.slice(), extended: full?.extended?.slice() };
  }

  /** struct user_regs_struct as it is now: to be put back after an injected system call, here or in a copy of this thread. */
  generalRegisters(): Uint8Array {
    this.#readGeneral();
    return this.#general.bytes.slice();
  }

  setGeneralRegisters(bytes: Uint8Array): void {
    this.#general.bytes.set(bytes);
    this.#generalValid = true;
    this.#generalDirty = true;
  }

  /** Writes changed registers to the thread. */
  flush(): void {
    if (this.#generalDirty) this.#general.write(this.tid);
    if (this.#extendedDirty) this.#extended?.write(this.tid);
    this.#generalDirty = false;
    this.#extendedDirty = false;
  }

  /** The thread is about to move: writes back and forgets. */
  invalidate(): void {
    this.flush();
    this.#generalValid = false;
    this.#extendedValid = false;
  }

  /** exec gave it new ones. */
  forgetRegisters(): void {
    this.#generalDirty = false;
    this.#extendedDirty = false;
    this.invalidate();
  }

  #blockOf(register: RegisterNumber): RegisterBlock | undefined {
    if (registers[register]?.user === undefined) return this.#fullBlock();
    this.#readGeneral();
    return this.#basic;
  }

  #readGeneral(): void {
    if (this.#generalValid) return;
    this.#requireStopped();
    if (!this.#general.read(this.tid)) throw new SondeError("Couldn't get registers: No such process.");
    this.#generalValid = true;
  }

  #fullBlock(): RegisterBlock | undefined {
    if (this.#extendedValid) return this.#full;
    this.#requireStopped();
    this.#readGeneral();
    if (!this.#extended) {
      this.#extended = new RegisterSetBuffer(registerSet.xsave, extendedSize);
      if (!this.#extended.read(this.tid)) this.#extended = new RegisterSetBuffer(registerSet.fxsave, fxsaveSize);
    }
    if (!this.#extended.read(this.tid)) return undefined;
    this.#full ??= new RegisterBlock(this.#general.bytes, this.#extended.bytes.subarray(0, this.#extended.length));
    this.#extendedValid = true;
    return this.#full;
  }

  #markDirty(register: RegisterNumber): void {
    if (registers[register]?.user === undefined) this.#extendedDirty = true;
    else this.#generalDirty = true;
  }

  #requireStopped(): void {
    if (this.state === 'running') throw new SondeError('Selected thread is running.');
  }
}
