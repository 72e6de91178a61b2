import type { RegisterNumber } from '../arch/registers.ts';
import type { Address } from '../base/address.ts';

/**
 * Where memory, threads and registers come from. A newcomer reads this file first: `Target` is what a
 * command may ask of anything that can be looked at, `LiveTarget` what it may ask of something that runs.
 */
export interface Target {
  readonly kind: 'live' | 'core' | 'remote' | 'kernel';
  /** `nextConnection()` when it was opened. */
  readonly connection: number;
  readonly memory: Memory;
  readonly pid: number;
  /** Threads in the order the kernel (or the core) gives them; the first is the main one, or for a core the one that died. */
  threads(): readonly TargetThread[];
  registers(tid: number): RegisterFile;
  /** AT_* → value. */
  auxiliaryVector(): ReadonlyMap<number, bigint>;
  mappings(): readonly Mapping[];
  /** Raw siginfo_t (128 bytes) of the thread's last signal, where there is one. */
  signalInfo(tid: number): Uint8Array | undefined;
  /** Absolute path of the program's file as this target knows it. */
  readonly executable: string | undefined;
  /** Of a target that was made on another machine: what a file that is mapped here held there. Undefined: not to be had. */
  fileContents?(path: string): Uint8Array | undefined;
}

/** Throws MemoryError with the first bad address. */
export interface Memory {
  read(address: Address, length: number): Uint8Array;
  write(address: Address, bytes: Uint8Array): void;
}

export interface TargetThread {
  readonly tid: number;
  /** comm. */
  readonly name: string | undefined;
}

/** Registers of a stopped thread, written through at once. Undefined: this target does not have it. */
export interface RegisterFile {
  /** Registers of at most 8 bytes, zero-extended. */
  get(register: RegisterNumber): bigint | undefined;
  set(register: RegisterNumber, value: bigint): void;
  /** Any register, little endian, as many bytes as the table says. */
  bytes(register: RegisterNumber): Uint8Array | undefined;
  setBytes(register: RegisterNumber, bytes: Uint8Array): void;
}

export interface Mapping {
  readonly start: Address;
  readonly end: Address;
  readonly offset: number;
  readonly read: boolean;
  readonly write: boolean;
  readonly execute: boolean;
  readonly shared: boolean;
  readonly path: string;
  /** `major:minor inode`, where known. */
  readonly device?: string;
  readonly inode?: number;
}

/** One ptrace stop (or end) of one thread, as the kernel reports it. What it *means* is the session's to say. */
export type TargetEvent =
  /** Signal-delivery stop, SIGTRAP of a breakpoint, step or debug register included. The signal is held back until `resume` passes it. */
  | { readonly kind: 'signal'; readonly tid: number; readonly signal: number }
  /** A new thread exists; it is stopped and known to `threads()` from now on. */
  | { readonly kind: 'thread created'; readonly tid: number; readonly by: number }
  | { readonly kind: 'thread exited'; readonly tid: number }
  | { readonly kind: 'fork' | 'vfork'; readonly tid: number; readonly child: number }
  | { readonly kind: 'vfork done'; readonly tid: number }
  | { readonly kind: 'exec'; readonly tid: number; readonly path: string }
  | { readonly kind: 'syscall'; readonly tid: number }
  /** The process was stopped by job control after SIGSTOP, SIGTSTP … was delivered; gdb shows it as the same signal again, without siginfo. */
  | { readonly kind: 'group stop'; readonly tid: number; readonly signal: number }
  /** The whole process is gone. */
  | { readonly kind: 'exited'; readonly code: number }
  | { readonly kind: 'killed'; readonly signal: number; readonly coreDumped: boolean };

export interface LiveTarget extends Target {
  readonly kind: 'live';
  /** True if sonde attached to it: it is detached at the end, not killed. */
  readonly attached: boolean;
  readonly alive: boolean;
  /** Tids that are running now. */
  isRunning(tid: number): boolean;
  /**
   * Let one stopped thread go; `signal` 0 passes none, `syscall` stops at the next entry to or exit from a system call. A thread with a
   * pending event does not move: `wait` tells that event. Throws if the thread is gone.
   */
  resume(tid: number, how: 'continue' | 'step' | 'syscall', signal: number): void;
  /** Next event of any thread; the event loop stays free. */
  wait(): Promise<TargetEvent>;
  /**
   * Next event, waiting synchronously about `milliseconds` (0: only what is there already); undefined if none came or a signal (^C
   * with sonde in the foreground) ended the wait. For tight loops. Keep to one value: changing it costs a system call.
   */
  waitSync(milliseconds: number): TargetEvent | undefined;
  /**
   * Stop every running thread (PTRACE_INTERRUPT) and wait till all are. A stop that a thread reports meanwhile is pending: `wait` tells it after
   * the thread is resumed. Births, deaths and the end of the process come from the next `wait` in any case.
   */
  stopAll(): void;
  /**
   * The event that a stopped thread will report when resumed. A SIGTRAP of a breakpoint among them must be undone (pc back, event forgotten):
   * the breakpoint may be gone by then, and will be hit again if not.
   */
  pendingEvent(tid: number): TargetEvent | undefined;
  forgetPendingEvent(tid: number): void;
  /** What ^C does: SIGINT to the process; the stop arrives through `wait`. */
  interrupt(): void;
  /** Debug registers, 0-3, in every thread, new ones included. `undefined` clears. Length 1, 2, 4, 8. */
  setDebugRegister(index: number, watch: { address: Address; length: number; on: 'write' | 'access' | 'execute' } | undefined): void;
  /** DR6 status bits 0-3 of the thread, then clears them. */
  debugStatus(tid: number): number;
  /** Changes what the signal handler of a signal-delivery stop will see. */
  setSignalInfo(tid: number, bytes: Uint8Array): void;
  /** struct user_regs_struct and the XSAVE area, as a core file holds them. */
  rawRegisters(tid: number): { general: Uint8Array; extended: Uint8Array | undefined };
  /** Forks the stopped inferior by an injected system call; the child stays stopped and traced. Breakpoints must be out. */
  forkStopped(tid: number): number;
  /** Other traced processes of the family: children of `fork` events not yet released, checkpoints. */
  readonly relatives: readonly number[];
  /** A relative as a target of its own: to remove breakpoints from its memory, to go on with it, to kill it. */
  adopt(pid: number): LiveTarget;
  /** Lets a relative run free. */
  release(pid: number): void;
  kill(): void;
  /** Lets it run on, with `signal` delivered to `tid` if given; breakpoints must have been removed. */
  detach(signal?: { tid: number; signal: number }): void;
  /** Terminal hand-over; nothing happens when there is no terminal. */
  giveTerminal(): void;
  takeTerminal(): void;
}
