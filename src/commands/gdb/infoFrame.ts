import { R, registers } from '../../arch/registers.ts';
import { hex } from '../../base/address.ts';
import { MemoryError } from '../../base/errors.ts';
import type { Session } from '../../session/session.ts';
import { codeFrameBase } from '../../unwind/codeUnwinder.ts';
import type { Frame } from '../../unwind/frame.ts';
import { callerRegisters } from '../../unwind/stack.ts';
import type { Command } from '../command.ts';
import { frameArguments } from './frameArguments.ts';
import { frameBySpec } from './frameSpec.ts';
import { functionNameOf, messageOf } from './frameText.ts';

export const infoFrameCommands: readonly Command[] = [
  {
    name: 'info frame',
    aliases: ['info f'],
    group: 'status',
    summary: 'All about the selected stack frame.',
    help: 'With no arguments, displays information about the selected stack frame.\nAlternatively a frame may be chosen: info frame [level] N, function NAME, address ADDRESS.',
    completes: ['address', 'function', 'level'],
    needs: ['stack'],
    run: async (args, { session, emit }) => {
      const frame = args.trim() ? await frameBySpec(session, args) : session.requireFrame();
      const heading = args.trim() ? 'Stack frame' : `Stack level ${frame.level}, frame`;
      const text = describeFrame(session, frame, heading);
      emit({ kind: 'frame information', data: { level: frame.level, cfa: frame.cfa && hex(frame.cfa) }, text: () => text });
    },
  },
];

function describeFrame(session: Session, frame: Frame, heading: string): string {
  const { line, older, younger } = frame;
  const name = functionNameOf(frame);
  const base = frame.kind === 'normal' ? codeFrameBase(session.memory, frame) : undefined;
  let text = `${heading} at ${hex(frame.id.stack)}:\n rip = ${hex(frame.pc)}`;
  if (name) text += ` in ${name}`;
  if (line) text += ` (${session.sources.displayName(line.file)}:${line.line})`;
  text += `; saved rip = ${savedPc(frame)}\n`;
  if (!older && frame.stopReason) text += ` Outermost frame: ${frame.stopReason}\n`;
  const relations = [older && relationTo(older, frame)];
  relations.push(younger && ` caller of frame at ${hex(younger.id.stack)}`);
  if (older || younger) text += `${relations.filter((relation) => relation !== undefined).join(',')}\n`;
  if (line) text += ` source language ${line.unit.language}.\n`;
  text += base === undefined ? ' Arglist at unknown address.\n' : ` Arglist at ${hex(base)}, args: ${frameArguments(session, frame)}\n`;
  text += base === undefined ? ' Locals at unknown address,' : ` Locals at ${hex(base)},`;
  return text + savedRegisters(frame);
}

function relationTo(older: Frame, frame: Frame): string {
  if (frame.kind === 'tail call') return ' tail call frame';
  return frame.kind === 'inline' ? ` inlined into frame ${older.level}` : ` called by frame at ${hex(older.id.stack)}`;
}

/** Inlined and tail calls have none of their own: the next real caller's is shown. */
function savedPc(frame: Frame): string {
  let real: Frame | undefined = frame;
  while (real && (real.kind === 'inline' || real.kind === 'tail call')) real = real.older;
  try {
    const pc = real && callerRegisters(real).get(R.rip);
    return pc === undefined ? '<not saved>' : hex(pc);
  } catch (error) {
    return `<error: ${messageOf(error)}>`;
  }
}

/** Where the caller's registers are: those in memory; of the stack pointer its value. */
function savedRegisters(frame: Frame): string {
  if (frame.kind === 'tail call') return " Previous frame's sp in rsp\n";
  const caller = callerRegisters(frame);
  let text = '';
  const stackPointer = caller.where(R.rsp);
  if (stackPointer.kind === 'value') text += ` Previous frame's sp is ${hex(caller.get(R.rsp) ?? 0n)}\n`;
  else if (stackPointer.kind === 'memory') text += ` Previous frame's sp at ${hex(stackPointer.address)}\n`;
  else if (stackPointer.kind === 'register') text += " Previous frame's sp in rsp\n";
  const saved = registers.flatMap(({ name, groups, parts }, register) => {
    if (register === R.rsp || parts || !groups.includes('all')) return [];
    const place = placeOf(caller, register);
    return place?.kind === 'memory' ? [` ${name} at ${hex(place.address)}`] : [];
  });
  if (saved.length > 0) text += ` Saved registers:\n ${saved.join(',')}`;
  return saved.length > 0 || text === '' ? `${text}\n` : text;
}

function placeOf(caller: ReturnType<typeof callerRegisters>, register: number): ReturnType<typeof caller.where> | undefined {
  try {
    return caller.where(register);
  } catch (error) {
    if (error instanceof MemoryError) return undefined;
    throw error;
  }
}
