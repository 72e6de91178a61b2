import { signalName } from '../linux/signals.ts';
import type { LiveTarget, TargetEvent } from '../targets/target.ts';
import type { Breakpoint } from './breakpoints.ts';
import type { Engine, Verdict } from './engine.ts';
import type { Motion } from './motion.ts';
import { threadText } from './threads.ts';

type ProcessEvent = Exclude<TargetEvent, { kind: 'signal' }>;

/** Births, deaths, forks and execs: everything a thread reports that is no signal. */
export function processEvent(engine: Engine, live: LiveTarget, event: ProcessEvent, motion: Motion): Verdict {
  const { session } = engine;
  switch (event.kind) {
    case 'thread created': {
      const thread = session.threadTable.add(event.tid);
      session.emit({ kind: 'thread created', name: threadText(thread, live, false) });
      return 'go on';
    }
    case 'thread exited': {
      const thread = session.threadTable.byTid(event.tid);
      if (thread) session.emit({ kind: 'thread exited', name: threadText(thread, live, false) });
      session.threadTable.remove(event.tid);
      return 'go on';
    }
    case 'exited':
      return { kind: 'exited', code: event.code, pid: live.pid };
    case 'killed':
      return { kind: 'killed', signal: event.signal, coreDumped: event.coreDumped, pid: live.pid };
    case 'fork':
    case 'vfork':
      return forked(engine, live, event, motion);
    case 'vfork done':
      engine.vforkChild = undefined;
      engine.reinsert(live, motion);
      return 'go on';
    case 'exec':
      return executed(engine, live, event.path, motion);
    case 'group stop':
      // gdb shows the stop that follows a delivered SIGSTOP as the same signal again; it is not passed on twice.
      return session.signals.of(signalName(event.signal)).stop ? { kind: 'signal', signal: event.signal } : 'go on';
    case 'syscall':
      return systemCall(engine, live, event.tid);
  }
}

/** The child has a copy of our breakpoints, which must not stay there; after vfork it even has the same memory. */
function forked(engine: Engine, live: LiveTarget, { kind, child }: { kind: 'fork' | 'vfork'; child: number }, motion: Motion): Verdict {
  const { session } = engine;
  if (kind === 'vfork') {
    session.insertions.removeAll(live.memory);
    engine.vforkChild = child;
  }
  if (kind === 'fork') session.insertions.removeFrom(live.adopt(child).memory);
  const caught = catching(engine, kind);
  engine.unfollowedFork = { kind, child };
  if (!caught) {
    followFork(engine, live, motion);
    return 'go on';
  }
  if (caught.catch) caught.spec = `${kind}, process ${child} `;
  return { kind: 'catchpoint', breakpoint: caught, text: `${kind}ed process ${child}` };
}

/** `set follow-fork-mode`: what becomes of a child, when the process that made it goes on. */
export function followFork(engine: Engine, live: LiveTarget, motion: Motion): void {
  const { session, unfollowedFork } = engine;
  if (!unfollowedFork) return;
  engine.unfollowedFork = undefined;
  const { kind, child } = unfollowedFork;
  if (session.settings.text('follow-fork-mode') === 'child') {
    session.emit({
      kind: 'message',
      text: `[Attaching after ${session.control.threadName(motion.tid)} ${kind} to child process ${child}]`,
    });
    session.control.followChild(live.adopt(child), engine, motion);
    return;
  }
  if (session.settings.boolean('detach-on-fork')) {
    if (session.settings.boolean('print inferior-events'))
      session.emit({ kind: 'message', text: `[Detaching after ${kind} from child process ${child}]` });
    live.release(child);
  }
}

function executed(engine: Engine, live: LiveTarget, path: string, motion: Motion): Verdict {
  const { session } = engine;
  session.emit({ kind: 'message', text: `process ${live.pid} is executing new program: ${path}` });
  session.insertions.forget();
  engine.hardware.forget();
  session.control.newProgram(path);
  motion.step = undefined;
  motion.targets.length = 0;
  engine.reinsert(live, motion);
  const caught = catching(engine, 'exec');
  if (caught) caught.spec = `exec, program "${path}" `;
  return caught ? { kind: 'catchpoint', breakpoint: caught, text: `exec'd ${path}` } : 'go on';
}

/** Which threads are inside a system call: the same stop reports entry and return. */
const insideCall = new Set<number>();

function systemCall(engine: Engine, live: LiveTarget, tid: number): Verdict {
  const registers = live.registers(tid);
  const returns = insideCall.delete(tid);
  if (!returns) insideCall.add(tid);
  const number = Number(registers.get(engine.session.control.systemCallRegister) ?? -1n);
  const caught = engine.session.breakpoints.all.find(
    ({ enabled, catch: c }) => enabled && c?.kind === 'syscall' && (c.numbers.length === 0 || c.numbers.includes(number)),
  );
  if (!caught || !engine.countHit(caught)) return 'go on';
  return {
    kind: 'catchpoint',
    breakpoint: caught,
    text: `${returns ? 'returned from' : 'call to'} syscall ${engine.session.control.systemCallName(number)}`,
  };
}

function catching(engine: Engine, kind: 'fork' | 'vfork' | 'exec'): Breakpoint | undefined {
  const caught = engine.session.breakpoints.all.find(({ enabled, catch: c }) => enabled && c?.kind === kind);
  return caught && engine.countHit(caught) ? caught : undefined;
}
