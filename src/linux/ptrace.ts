import { check, libc, PinnedBuffer } from './ffi.ts';

/** Requests of ptrace(2) (include/uapi/linux/ptrace.h). Only the thread that attached may make them: here always the main one. */
const request = {
  POKEUSER: 6,
  PEEKUSER: 3,
  CONT: 7,
  SINGLESTEP: 9,
  DETACH: 17,
  SYSCALL: 24,
  SETOPTIONS: 0x4200,
  GETEVENTMSG: 0x4201,
  GETSIGINFO: 0x4202,
  SETSIGINFO: 0x4203,
  GETREGSET: 0x4204,
  SETREGSET: 0x4205,
  SEIZE: 0x4206,
  INTERRUPT: 0x4207,
  PEEKSIGINFO: 0x4209,
} as const;

/** PTRACE_O_*. */
export const traceOption = {
  sysgood: 0x01,
  fork: 0x02,
  vfork: 0x04,
  clone: 0x08,
  exec: 0x10,
  vforkDone: 0x20,
  exitKill: 0x100000,
} as const;

/** PTRACE_EVENT_*, bits 16-23 of a wait status. */
export const traceEvent = { fork: 1, vfork: 2, clone: 3, exec: 4, vforkDone: 5, exit: 6, seccomp: 7, stop: 128 } as const;

/** NT_* numbers of register sets (include/uapi/linux/elf.h). */
export const registerSet = { general: 1, fxsave: 2, xsave: 0x202 } as const;

export function seize(tid: number, options: number): void {
  check('ptrace', libc().ptrace(request.SEIZE, tid, 0, options));
}

export const setOptions = (tid: number, options: number): boolean => libc().ptrace(request.SETOPTIONS, tid, 0, options) !== -1;

/** False when the thread is gone or not stopped: then its end will be reported. */
export function resumeThread(tid: number, how: 'continue' | 'step' | 'syscall', signal: number): boolean {
  const code = how === 'step' ? request.SINGLESTEP : how === 'continue' ? request.CONT : request.SYSCALL;
  return libc().ptrace(code, tid, 0, signal) !== -1;
}

export const interruptThread = (tid: number): boolean => libc().ptrace(request.INTERRUPT, tid, 0, 0) !== -1;
export const detachThread = (tid: number, signal: number): boolean => libc().ptrace(request.DETACH, tid, 0, signal) !== -1;

let message: PinnedBuffer | undefined;

/** PTRACE_GETEVENTMSG: the new tid of a fork or clone, the former tid of an exec. */
export function eventMessage(tid: number): number {
  message ??= new PinnedBuffer(8);
  libc().ptrace(request.GETEVENTMSG, tid, 0, message.address);
  return Number(message.view.getBigUint64(0, true));
}

const siginfoSize = 128;
let siginfo: PinnedBuffer | undefined;

/** siginfo_t of a signal-delivery stop; undefined in other stops (EINVAL in a group-stop) and when the thread is gone. */
export function getSignalInfo(tid: number): Uint8Array | undefined {
  siginfo ??= new PinnedBuffer(siginfoSize);
  return libc().ptrace(request.GETSIGINFO, tid, 0, siginfo.address) === -1 ? undefined : siginfo.bytes.slice();
}

export function setSignalInfo(tid: number, bytes: Uint8Array): void {
  siginfo ??= new PinnedBuffer(siginfoSize);
  siginfo.bytes.set(bytes.subarray(0, siginfoSize));
  check('ptrace', libc().ptrace(request.SETSIGINFO, tid, 0, siginfo.address));
}

const peekCount = 8;
let peeked: PinnedBuffer | undefined;

/** Numbers of the signals that wait for this very thread and were not reported yet (at most a handful are looked at). */
export function queuedSignals(tid: number): number[] {
  // struct ptrace_peeksiginfo_args { u64 offset; u32 flags; s32 count } before the siginfo_t that are filled in.
  peeked ??= new PinnedBuffer(16 + peekCount * siginfoSize);
  peeked.view.setInt32(12, peekCount, true);
  const count: number = libc().ptrace(request.PEEKSIGINFO, tid, peeked.address, peeked.address + 16);
  return Array.from({ length: Math.max(count, 0) }, (_, index) => peeked!.view.getInt32(16 + index * siginfoSize, true));
}

/** Debug registers are fields of struct user (arch/x86/include/asm/user_64.h: u_debugreg). */
const debugRegisterOffset = (index: number): number => 848 + 8 * index;

export function getDebugRegister(tid: number, index: number): number {
  // The C library's ptrace returns the word itself for PEEKUSER; dr6 and dr7 have 32 bits.
  return libc().ptrace(request.PEEKUSER, tid, debugRegisterOffset(index), 0);
}

/** False where the kernel refuses the address (not canonical, or the kernel's) or the thread is gone. */
export const setDebugRegister = (tid: number, index: number, value: bigint | number): boolean =>
  libc().ptrace(request.POKEUSER, tid, debugRegisterOffset(index), value) !== -1;

/** One register set of one thread, with the iovec that PTRACE_GETREGSET wants: allocated once, so that the step loop allocates nothing. */
export class RegisterSetBuffer {
  readonly #memory: PinnedBuffer;
  /** The registers; `byteLength` shrinks to what the kernel filled in at the first read. */
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly #iovec: number;

  constructor(
    readonly set: number,
    size: number,
  ) {
    // struct iovec { void *base; size_t length } first, the registers after it.
    this.#memory = new PinnedBuffer(16 + size);
    this.#iovec = this.#memory.address;
    this.bytes = this.#memory.bytes.subarray(16);
    this.view = new DataView(this.#memory.buffer, 16, size);
    this.#memory.view.setBigUint64(0, BigInt(this.#iovec + 16), true);
    this.#memory.view.setBigUint64(8, BigInt(size), true);
  }

  /** Bytes that the kernel filled in. */
  get length(): number {
    return Number(this.#memory.view.getBigUint64(8, true));
  }

  read(tid: number): boolean {
    return libc().ptrace(request.GETREGSET, tid, this.set, this.#iovec) !== -1;
  }

  write(tid: number): boolean {
    return libc().ptrace(request.SETREGSET, tid, this.set, this.#iovec) !== -1;
  }
}
