import { procLink } from '../../linux/procfs.ts';
import { eventMessage, traceEvent } from '../../linux/ptrace.ts';
import { SIG } from '../../linux/signals.ts';
import { type ChildNews, Doorbell, isGroupStop, pollChild, type WaitStatus, waitChild } from '../../linux/wait.ts';
import type { LiveProcess } from './process.ts';

/** With PTRACE_O_TRACESYSGOOD a system-call stop reports this instead of SIGTRAP. */
const syscallStop = SIG.TRAP | 0x80;

/**
 * Every thread that sonde traces, of whatever process. The kernel's news arrive in one stream for all of
 * them; here each is taken apart once and becomes an event of the process it belongs to.
 */
export class Tracer {
  readonly #owners = new Map<number, LiveProcess>();
  /** First stops of threads whose parent's clone event has not been seen yet: the order is not guaranteed. */
  readonly #early = new Map<number, WaitStatus>();
  #doorbell: Doorbell | undefined;

  get doorbell(): Doorbell {
    this.#doorbell ??= new Doorbell();
    return this.#doorbell;
  }

  register(tid: number, owner: LiveProcess): void {
    this.#owners.set(tid, owner);
  }

  forget(tid: number): void {
    this.#owners.delete(tid);
    this.#early.delete(tid);
  }

  /** Wakes whoever waits: the state changed without news from the kernel. */
  ring(): void {
    this.#doorbell?.ring();
  }

  /** Takes one piece of news if there is any; false if there is none. */
  poll(): boolean {
    return this.#take(pollChild());
  }

  /** Blocks for one piece of news; false if an alarm or a signal ended the wait. */
  block(): boolean {
    return this.#take(waitChild());
  }

  /** Waits for the first stop of a new thread or child, which the kernel has announced. False if it was killed before. */
  awaitBirth(tid: number): boolean {
    const early = this.#early.get(tid);
    this.#early.delete(tid);
    let status = early;
    while (!status) status = waitChild(tid)?.status;
    return status.kind === 'stopped';
  }

  #take(news: ChildNews | undefined): boolean {
    if (!news) return false;
    const owner = this.#owners.get(news.pid);
    if (owner) interpret(owner, news.pid, news.status);
    else this.#early.set(news.pid, news.status);
    return true;
  }
}

/** What a wait status says, as state of the thread and event of the process (ptrace(2), "Stopped states"). */
function interpret(owner: LiveProcess, tid: number, status: WaitStatus): void {
  const thread = owner.thread(tid);
  if (status.kind !== 'stopped') {
    if (tid !== owner.pid) {
      owner.dropThread(tid);
      owner.enqueue({ kind: 'thread exited', tid });
    } else {
      // The main thread's end is reported when all the others are gone: it is the end of the process.
      owner.ended(
        status.kind === 'exited'
          ? { kind: 'exited', code: status.code }
          : { kind: 'killed', signal: status.signal, coreDumped: status.coreDumped },
      );
    }
    return;
  }
  if (!thread) return;
  thread.state = 'stopped';
  const interrupting = thread.interrupting;
  thread.interrupting = false;
  switch (status.event) {
    case 0:
      if (status.signal === syscallStop) owner.enqueue({ kind: 'syscall', tid });
      else owner.enqueue({ kind: 'signal', tid, signal: status.signal });
      return;
    case traceEvent.clone: {
      const child = eventMessage(tid);
      if (owner.addBornThread(child)) owner.enqueue({ kind: 'thread created', tid: child, by: tid });
      else owner.resume(tid, 'continue', 0);
      return;
    }
    case traceEvent.fork:
    case traceEvent.vfork: {
      const child = eventMessage(tid);
      owner.addBornChild(child);
      owner.enqueue({ kind: status.event === traceEvent.fork ? 'fork' : 'vfork', tid, child });
      return;
    }
    case traceEvent.vforkDone:
      owner.enqueue({ kind: 'vfork done', tid });
      return;
    case traceEvent.exec:
      owner.executed();
      owner.enqueue({ kind: 'exec', tid, path: procLink(tid, 'exe') ?? '' });
      return;
    case traceEvent.stop:
      // The stop that we asked for is no event, in whatever state the process is.
      if (interrupting) {
        thread.interrupted = true;
        return;
      }
      if (isGroupStop(status)) owner.enqueue({ kind: 'group stop', tid, signal: status.signal });
      // An interrupt of ours that came just after the thread had stopped by itself, or SIGCONT: nothing to tell, it goes on as it was going.
      else owner.resume(tid, thread.going, 0);
      return;
  }
}

/** The one tracer: ptrace is a relation to this process, so there can't be two. */
export const tracer = new Tracer();
