import { errnoNumber } from './errno.ts';
import { errno, libc, PinnedBuffer } from './ffi.ts';
import { traceEvent } from './ptrace.ts';
import { SIG } from './signals.ts';

/** A wait status, taken apart (bits/waitstatus.h and ptrace(2)). */
export type WaitStatus =
  | { readonly kind: 'exited'; readonly code: number }
  | { readonly kind: 'killed'; readonly signal: number; readonly coreDumped: boolean }
  /** `event` is PTRACE_EVENT_* or 0. */
  | { readonly kind: 'stopped'; readonly signal: number; readonly event: number };

export interface ChildNews {
  readonly pid: number;
  readonly status: WaitStatus;
}

const WNOHANG = 1;
const WUNTRACED = 2;
const __WALL = 0x4000_0000;
/** Some 150 µs. */
const wakefulRounds = 100;

let status: PinnedBuffer | undefined;

/**
 * News of any traced thread or child, if there is some already. −1 as pid means any: sonde has no children but those of
 * this room, and a status is handed to whoever knows the pid.
 */
export function pollChild(pid = -1): ChildNews | undefined {
  return waitFor(pid, WNOHANG | __WALL);
}

/**
 * Blocks until there is news; undefined if a signal handler ran meanwhile (see `alarmEvery`) or there is nobody to wait for. Most news in tight
 * loops come within microseconds, and falling asleep costs more than that: the processor must be woken again. So at first the wait only
 * gives way to whoever wants this processor, the traced thread above all.
 */
export function waitChild(pid = -1): ChildNews | undefined {
  for (let round = 0; round < wakefulRounds; round++) {
    const news = waitFor(pid, WNOHANG | __WALL);
    if (news) return news;
    libc().sched_yield();
  }
  return waitFor(pid, __WALL);
}

/** Blocks until a child that is not traced ends or stops. */
export function waitUntracedChild(pid: number): WaitStatus | undefined {
  for (;;) {
    const news = waitFor(pid, WUNTRACED);
    if (news) return news.status;
    if (errno() !== errnoNumber('EINTR')) return undefined;
  }
}

function waitFor(pid: number, options: number): ChildNews | undefined {
  status ??= new PinnedBuffer(4);
  const found: number = libc().waitpid(pid, status.address, options);
  return found > 0 ? { pid: found, status: decode(status.view.getInt32(0, true)) } : undefined;
}

function decode(raw: number): WaitStatus {
  if ((raw & 0x7f) === 0) return { kind: 'exited', code: (raw >> 8) & 0xff };
  if ((raw & 0xff) !== 0x7f) return { kind: 'killed', signal: raw & 0x7f, coreDumped: (raw & 0x80) !== 0 };
  return { kind: 'stopped', signal: (raw >> 8) & 0xff, event: raw >> 16 };
}

/** In a group-stop a seized thread reports PTRACE_EVENT_STOP with the stopping signal; otherwise the event comes with SIGTRAP. */
export const isGroupStop = (status: WaitStatus): boolean =>
  status.kind === 'stopped' &&
  status.event === traceEvent.stop &&
  (status.signal === SIG.STOP || status.signal === SIG.TSTP || status.signal === SIG.TTIN || status.signal === SIG.TTOU);

/**
 * The doorbell: resolves when some child may have news. The kernel sends SIGCHLD for every ptrace stop; libuv turns it into a
 * callback. The bell says only "look again": nobody but `pollChild` takes an event, so none can be lost, and
 * a bell that nobody waits for any more (the session is closing) does no harm.
 */
export class Doorbell {
  #ring: (() => void) | undefined;
  #rung = false;
  readonly #listener = (): void => {
    if (this.#ring) this.#ring();
    else this.#rung = true;
  };

  constructor() {
    process.on('SIGCHLD', this.#listener);
  }

  /** Resolves at the next ring, or at once if it rang since the last call. Ring it yourself with `ring`. */
  wait(): Promise<void> {
    if (this.#rung) {
      this.#rung = false;
      return Promise.resolve();
    }
    // A signal listener alone does not keep the event loop alive.
    const keepAlive = setInterval(() => undefined, 1 << 30);
    return new Promise((resolve) => {
      this.#ring = () => {
        clearInterval(keepAlive);
        this.#ring = undefined;
        resolve();
      };
    });
  }

  ring(): void {
    this.#listener();
  }

  close(): void {
    process.off('SIGCHLD', this.#listener);
    this.ring();
  }
}

const ITIMER_REAL = 0;
let timer: PinnedBuffer | undefined;
let armed = 0;
let listening = false;

/**
 * Bounds synchronous waits: SIGALRM arrives every so many milliseconds and makes a blocked `waitChild` return. The timer repeats (an
 * alarm that came just before the wait would be lost) and is switched off when the event loop gets control again.
 */
export function alarmEvery(milliseconds: number): void {
  if (armed === milliseconds) return;
  if (armed === 0) {
    if (!listening) process.on('SIGALRM', () => undefined);
    listening = true;
    // libuv restarts interrupted calls; here they must return, also when a signal asks sonde itself to stop or end.
    for (const signal of [SIG.ALRM, SIG.INT, SIG.TERM, SIG.HUP]) libc().siginterrupt(signal, 1);
    setImmediate(() => setTimer((armed = 0)));
  }
  armed = milliseconds;
  setTimer(milliseconds);
}

function setTimer(milliseconds: number): void {
  timer ??= new PinnedBuffer(32); // struct itimerval: interval, value, each { seconds, microseconds }
  for (const at of [0, 16]) {
    timer.view.setBigInt64(at, BigInt(Math.floor(milliseconds / 1000)), true);
    timer.view.setBigInt64(at + 8, BigInt((milliseconds % 1000) * 1000), true);
  }
  libc().setitimer(ITIMER_REAL, timer.address, 0);
}
