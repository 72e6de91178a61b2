import { SondeError } from '../../base/errors.ts';
import { errnoNumber, errnoText } from '../../linux/errno.ts';
import { SystemError } from '../../linux/ffi.ts';
import { listThreads, parseStatus, procText } from '../../linux/procfs.ts';
import { interruptThread, seize } from '../../linux/ptrace.ts';
import { traceOptions } from './launch.ts';
import { LiveProcess } from './process.ts';
import { TerminalOwner } from './terminalOwner.ts';

/**
 * Attaches to all threads of a process and stops them. Throws gdb's wording; `warn` is given what gdb prints before that.
 */
export function attach(pid: number, warn: (message: string) => void): LiveProcess {
  const target = new LiveProcess(pid, true, new TerminalOwner(false));
  try {
    // Threads may be born while we go through the list; those of seized parents come by themselves.
    while (threadsOf(pid).filter((tid) => !target.thread(tid) && seizeThread(target, tid)).length > 0);
  } catch (error) {
    target.detach();
    throw attachFailure(pid, error, warn);
  }
  target.stopAll();
  target.forgetBirths();
  if (!target.alive) throw new SondeError('Unable to attach: program terminated.');
  return target;
}

/** False: it has ended meanwhile. */
function seizeThread(target: LiveProcess, tid: number): boolean {
  try {
    seize(tid, traceOptions);
  } catch (error) {
    if (tid !== target.pid && needsNoSeizing(target.pid, tid)) return false;
    throw error;
  }
  const thread = target.addThread(tid);
  thread.state = 'running';
  thread.interrupting = true;
  interruptThread(tid);
  return true;
}

/** A thread that is just ending can't be traced any more; one that a traced thread has just made is traced already, its birth will be told. */
function needsNoSeizing(pid: number, tid: number): boolean {
  const status = parseStatus(procText(pid, `task/${tid}/status`) ?? '');
  return !/^[^ZX]/.test(status.get('State') ?? '') || status.get('TracerPid') === String(process.pid);
}

/** The main thread first: the process is its. Also when nothing can be listed, so that ptrace says why. */
const threadsOf = (pid: number): number[] => [pid, ...listThreads(pid).filter((tid) => tid !== pid)];

function attachFailure(pid: number, error: unknown, warn: (message: string) => void): SondeError {
  if (!(error instanceof SystemError)) throw error;
  const status = parseStatus(procText(pid, 'status') ?? '');
  const tracer = Number(status.get('TracerPid') ?? 0);
  if (tracer > 0) warn(`process ${pid} is already traced by process ${tracer}`);
  if (status.get('State')?.startsWith('Z')) warn(`process ${pid} is a zombie - the process has already terminated`);
  // The kernel refuses a pid that it cannot even look up in the same way as an absent one.
  const errno = error.errno === errnoNumber('EIO') ? errnoNumber('EPERM') : error.errno;
  return new SondeError(`ptrace: ${errnoText(errno)}.`);
}
