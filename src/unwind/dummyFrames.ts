import { R } from '../arch/registers.ts';
import type { Activation, Unwinding } from './activation.ts';
import type { DummyFrame } from './context.ts';

/** The frame from which sonde called a function in the inferior: its caller's registers are those that were set aside. */
export function unwindDummy(dummyFrames: readonly DummyFrame[] | undefined, activation: Activation): Unwinding | undefined {
  if (!dummyFrames?.length) return undefined;
  const stackPointer = activation.registers.get(R.rsp);
  const dummy = dummyFrames.find((frame) => frame.pc === activation.pc && frame.stackPointer === stackPointer);
  return (
    dummy && {
      kind: 'function called from sonde',
      cfa: dummy.stackPointer,
      stack: dummy.stackPointer,
      outermost: false,
      saved: () => ({ kind: 'file', file: dummy.registers }),
    }
  );
}
