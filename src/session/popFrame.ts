import { R } from '../arch/registers.ts';
import { SondeError } from '../base/errors.ts';
import { type DummyFrame, type Frame, normalFrame } from '../unwind/index.ts';
import { callerRegisters } from '../unwind/stack.ts';
import type { DebugSession } from './debugSession.ts';
import { returnFromCall } from './inferiorCalls.ts';
import { RegisterSnapshot } from './registerSnapshot.ts';

/** Gives a stopped thread the registers that the frame's caller had, as if it had returned. Throws SondeError for a frame without a caller. */
export function popFrame(session: DebugSession, frame: Frame, tid: number): void {
  if (popCall(session, frame, tid) || !session.live) return;
  const caller = callerRegisters(normalFrame(frame));
  if (caller.get(R.rip) === undefined) throw new SondeError('Can not pop the initial frame.');
  // All of them are read before the first is written: they are found through the registers of now.
  new RegisterSnapshot(caller).restore(session.live.registers(tid));
  session.forgetFrames();
  const { innermostFrame } = session;
  if (innermostFrame) popCall(session, innermostFrame, tid);
}

/** From a call that sonde made there is no return by the stack: all registers were set aside. */
function popCall(session: DebugSession, frame: Frame, tid: number): boolean {
  const dummy = dummyAt(session, frame);
  if (dummy) returnFromCall(session, dummy, tid);
  return dummy !== undefined;
}

/** The call that a frame stands for. */
export function dummyAt({ dummyFrames }: DebugSession, { kind, cfa }: Frame): DummyFrame | undefined {
  return kind === 'function called from sonde' ? dummyFrames.find(({ stackPointer }) => stackPointer === cfa) : undefined;
}
