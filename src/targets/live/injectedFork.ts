import { R } from '../../arch/registers.ts';
import { SondeError } from '../../base/errors.ts';
import { eventMessage, resumeThread, traceEvent } from '../../linux/ptrace.ts';
import { SIG } from '../../linux/signals.ts';
import { type WaitStatus, waitChild } from '../../linux/wait.ts';
import type { LiveProcess } from './process.ts';
import type { LiveThread } from './thread.ts';

const syscallInstruction = Uint8Array.of(0x0f, 0x05);
const cloneNumber = 56n;
const CLONE_CHILD_CLEARTID = 0x0020_0000n;
const CLONE_CHILD_SETTID = 0x0100_0000n;

/** Offset of `tid` in glibc's struct pthread, which fs points to: the same since 2.3. */
const threadIdOffset = 0x2d0n;

/**
 * Makes a stopped thread fork where it stands: the system-call instruction is put at its pc, stepped over, and everything
 * is put back in both processes. Returns the child's pid; the child is stopped and traced, with the same registers.
 * Nothing of the program runs, so no fork handlers and no locks are involved. Breakpoints must not be inserted.
 */
export function injectFork(process: LiveProcess, thread: LiveThread): number {
  const pc = thread.get(R.rip)!;
  const registers = thread.generalRegisters();
  const code = process.memory.read(pc, syscallInstruction.length);

  thread.set(R.rax, cloneNumber);
  // What fork() of the C library asks for: the child's own thread id stored in its thread descriptor.
  const descriptor = threadDescriptor(process, thread);
  thread.set(R.rdi, BigInt(SIG.CHLD) | (descriptor === undefined ? 0n : CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID));
  thread.set(R.rsi, 0n);
  thread.set(R.rdx, 0n);
  thread.set(R.r10, descriptor ?? 0n);
  thread.set(R.r8, 0n);
  // No system call to restart: the thread may have been interrupted in one.
  thread.set(R.orig_rax, 0xffff_ffff_ffff_ffffn);
  process.memory.write(pc, syscallInstruction);

  const child = stepOverFork(process, thread);
  const copies = child === undefined ? [process] : [process, process.adopt(child)];
  for (const copy of copies) {
    copy.thread(copy === process ? thread.tid : copy.pid)?.setGeneralRegisters(registers);
    copy.memory.write(pc, code);
  }
  if (child === undefined) throw new SondeError('checkpoint: call fork failed.');
  return child;
}

function threadDescriptor(process: LiveProcess, thread: LiveThread): bigint | undefined {
  const address = (thread.get(R.fs_base) ?? 0n) + threadIdOffset;
  try {
    const bytes = process.memory.read(address, 4);
    return new DataView(bytes.buffer, bytes.byteOffset).getInt32(0, true) === thread.tid ? address : undefined;
  } catch {
    return undefined; // no thread descriptor yet, or another C library
  }
}

function stepOverFork(process: LiveProcess, thread: LiveThread): number | undefined {
  let child: number | undefined;
  for (;;) {
    thread.invalidate();
    resumeThread(thread.tid, 'step', 0);
    let status: WaitStatus | undefined;
    while (!status) status = waitChild(thread.tid)?.status;
    if (status.kind !== 'stopped') throw new SondeError('The program no longer exists.');
    if (status.event === traceEvent.fork) {
      child = eventMessage(thread.tid);
      if (!process.addBornChild(child)) child = undefined;
    } else if (status.event === 0 && status.signal === SIG.TRAP) {
      return child;
    } else if (status.event === 0) {
      // A signal of the program's own came first: it is told when the thread is next resumed.
      thread.pending = { kind: 'signal', tid: thread.tid, signal: status.signal };
    }
  }
}
