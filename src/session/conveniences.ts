import { builtin } from '../evaluate/builtinTypes.ts';
import { integerValue, valueFrom } from '../evaluate/makeValue.ts';
import type { Session } from './session.ts';
import { signalInfoType } from './signalInfo.ts';

/** Convenience variables that tell of the session itself, made when they are asked for. */
export function defineConveniences(session: Session): void {
  const { values } = session;
  const number = (name: string, compute: () => number): void => values.defineComputed(name, () => integerValue(builtin.int, compute()));
  number('_inferior', () => 1);
  number('_inferior_thread_count', () => session.threads.length);
  number('_gthread', () => session.selectedThread?.number ?? 0);
  number('_thread', () => session.selectedThread?.number ?? 0);
  values.defineComputed('bpnum', () =>
    session.breakpoints.highest > 0 ? integerValue(builtin.int, session.breakpoints.highest) : undefined,
  );
  values.defineComputed('_siginfo', () => {
    const tid = session.selectedThread?.tid;
    const bytes = tid === undefined ? undefined : session.target?.signalInfo(tid);
    return bytes && valueFrom(signalInfoType, bytes.subarray(0, signalInfoType.size));
  });
}
