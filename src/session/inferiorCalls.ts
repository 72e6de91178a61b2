import { R } from '../arch/registers.ts';
import type { Address } from '../base/address.ts';
import { SondeError } from '../base/errors.ts';
import type { CallNeeded } from '../evaluate/context.ts';
import { valueFrom } from '../evaluate/makeValue.ts';
import type { Value } from '../evaluate/value.ts';
import { bare, type Type } from '../program/types.ts';
import type { LiveTarget, RegisterFile } from '../targets/target.ts';
import type { DummyFrame } from '../unwind/index.ts';
import type { DebugSession } from './debugSession.ts';
import type { StopReason } from './events.ts';
import type { Motion } from './motion.ts';
import { RegisterSnapshot } from './registerSnapshot.ts';
import { classify, returnedValue } from './returnValue.ts';

const argumentRegisters = [R.rdi, R.rsi, R.rdx, R.rcx, R.r8, R.r9];
const vectorRegisters = [R.xmm0, R.xmm1, R.xmm2, R.xmm3, R.xmm4, R.xmm5, R.xmm6, R.xmm7];
/** Leaf functions may use this much below rsp (ABI §3.2.2). */
const redZone = 128n;

/**
 * Calls a function of the inferior on the selected thread's stack (System V ABI AMD64, §3.2.3) and waits for its return. The thread is then as it was. Throws gdb's
 * sentences when the function is stopped: the stack is then left inside it.
 */
export async function callInferior(
  session: DebugSession,
  needed: CallNeeded,
  drive: (motion: Motion) => Promise<StopReason>,
  report: (reason: StopReason) => void,
): Promise<Value> {
  const { live, selectedThread } = session;
  if (!live || !selectedThread) throw new SondeError("You can't do that without a process to debug.");
  const { tid } = selectedThread;
  const registers = live.registers(tid);
  const saved = new RegisterSnapshot(registers);
  const level = session.selectedFrame?.level ?? 0;
  const returnAddress = session.program.main?.file.entry;
  if (returnAddress === undefined) throw new SondeError('Cannot call functions in this program: it has no entry point.');
  const dummyPc = returnAddress + (session.program.main?.bias ?? 0n);

  const stackPointer = prepare(live, registers, needed, dummyPc);
  const dummy = { pc: dummyPc, stackPointer: stackPointer + 8n, registers: saved };
  session.dummyFrames.push(dummy);
  session.forgetFrames();
  const reason = await drive({
    tid,
    signal: 0,
    step: undefined,
    targets: [{ address: dummyPc, purpose: 'call return', tid, leastStack: stackPointer + 8n }],
  });

  if (reason.kind === 'location') {
    const value = returnedValue(needed.type.returns, registers, session.memory);
    const kept = value && { ...value, bytes: value.bytes.slice() };
    returnFromCall(session, dummy, tid, level);
    return kept ?? valueFrom(needed.type.returns, new Uint8Array(bare(needed.type.returns).kind === 'void' ? 0 : needed.type.returns.size));
  }
  throw interrupted(session, needed, reason, report, () => returnFromCall(session, dummy, tid, level));
}

/** The thread is as it was before the call. */
export function returnFromCall(session: DebugSession, dummy: DummyFrame, tid: number | undefined, level = 0): void {
  session.dummyFrames.splice(session.dummyFrames.indexOf(dummy), 1);
  if (tid === undefined || !session.live) return;
  if (dummy.registers instanceof RegisterSnapshot) dummy.registers.restore(session.live.registers(tid));
  select(session, tid, level);
}

function select(session: DebugSession, tid: number, level: number): void {
  session.selectedThread = session.threadTable.byTid(tid);
  session.forgetFrames();
  let frame = session.innermostFrame;
  for (let left = level; left > 0 && frame?.older; left--) frame = frame.older;
  session.selectedFrame = frame;
}

/** Registers and stack as the callee expects them; the answer is rsp, where the return address is. */
function prepare(live: LiveTarget, registers: RegisterFile, { functionAddress, type, args }: CallNeeded, returnAddress: Address): Address {
  let stack = ((registers.get(R.rsp) ?? 0n) - redZone) & -16n;
  const integers: bigint[] = [];
  const vectors: Uint8Array[] = [];
  const onStack: Uint8Array[] = [];
  if (classify(type.returns)[0] === 'memory' && bare(type.returns).kind !== 'void') {
    stack = (stack - BigInt(type.returns.size)) & -16n;
    integers.push(stack);
  }
  for (const { type: argumentType, bytes } of args) pass(argumentType, bytes, integers, vectors, onStack);
  const size = onStack.reduce((sum, bytes) => sum + ((bytes.length + 7) & ~7), 0);
  stack = (stack - BigInt(size)) & -16n;
  let at = stack;
  for (const bytes of onStack) {
    live.memory.write(at, bytes);
    at += BigInt((bytes.length + 7) & ~7);
  }
  integers.forEach((value, index) => registers.set(argumentRegisters[index], value));
  vectors.forEach((bytes, index) => {
    const whole = registers.bytes(vectorRegisters[index])?.slice() ?? new Uint8Array(16);
    whole.set(bytes);
    registers.setBytes(vectorRegisters[index], whole);
  });
  registers.set(R.rax, BigInt(vectors.length)); // for varargs: how many vector registers are used
  registers.set(R.orig_rax, (1n << 64n) - 1n); // no system call is to be restarted
  stack -= 8n;
  const word = new Uint8Array(8);
  new DataView(word.buffer).setBigUint64(0, returnAddress, true);
  live.memory.write(stack, word);
  registers.set(R.rsp, stack);
  registers.set(R.rip, functionAddress);
  return stack;
}

function pass(type: Type, bytes: Uint8Array, integers: bigint[], vectors: Uint8Array[], onStack: Uint8Array[]): void {
  const classes = classify(type);
  const needsIntegers = classes.filter((kind) => kind === 'integer').length;
  const needsVectors = classes.filter((kind) => kind === 'sse').length;
  const fits = integers.length + needsIntegers <= argumentRegisters.length && vectors.length + needsVectors <= vectorRegisters.length;
  if (classes[0] === 'memory' || classes[0] === 'x87' || !fits) {
    const whole = new Uint8Array((bytes.length + 7) & ~7);
    whole.set(bytes);
    onStack.push(extended(type, whole));
    return;
  }
  const plain = bare(type);
  if (plain.kind === 'array' && plain.vector) {
    vectors.push(bytes.slice());
    return;
  }
  classes.forEach((kind, index) => {
    const part = new Uint8Array(8);
    part.set(bytes.subarray(index * 8, index * 8 + 8));
    if (kind === 'sse') vectors.push(part);
    else integers.push(new DataView(extended(type, part).buffer).getBigUint64(0, true));
  });
}

/** Small signed integers are sign-extended, as compilers expect although the ABI does not say so. */
function extended(type: Type, part: Uint8Array): Uint8Array {
  const plain = bare(type);
  if ((plain.kind === 'integer' || plain.kind === 'enum') && plain.signed && plain.size < 8 && part[plain.size - 1] & 0x80)
    part.fill(0xff, plain.size);
  return part;
}

function interrupted(
  session: DebugSession,
  { name }: CallNeeded,
  reason: StopReason,
  report: (reason: StopReason) => void,
  unwind: () => void,
): SondeError {
  if (reason.kind === 'exited' || reason.kind === 'killed') {
    report(reason);
    return new SondeError(
      `The program being debugged exited while in a function called from GDB.\nEvaluation of the expression containing the function\n(${name}) will be abandoned.`,
    );
  }
  if (reason.kind === 'signal') {
    if (session.settings.boolean('unwindonsignal')) {
      report({ kind: 'call interrupted', inner: reason });
      unwind();
      return new SondeError(
        `The program being debugged was signaled while in a function called from GDB.\nGDB has restored the context to what it was before the call.\nTo change this behavior use "set unwindonsignal off".\nEvaluation of the expression containing the function\n(${name}) will be abandoned.`,
      );
    }
    report(reason);
    return new SondeError(
      `The program being debugged was signaled while in a function called from GDB.\nGDB remains in the frame where the signal was received.\nTo change this behavior use "set unwindonsignal on".\nEvaluation of the expression containing the function\n(${name}) will be abandoned.\nWhen the function is done executing, GDB will silently stop.`,
    );
  }
  report(reason);
  return new SondeError(
    `The program being debugged stopped while in a function called from GDB.\nEvaluation of the expression containing the function\n(${name}) will be abandoned.\nWhen the function is done executing, GDB will silently stop.`,
  );
}
