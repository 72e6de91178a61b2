import { R, type RegisterNumber, registers } from '../../arch/registers.ts';
import { hex } from '../../base/address.ts';
import { MemoryError } from '../../base/errors.ts';
import { wrapPoint } from '../../base/wrap.ts';
import type { Session } from '../../session/session.ts';
import { CallerRegisters, type Saved } from '../../unwind/activation.ts';
import { codeFrameBase } from '../../unwind/codeUnwinder.ts';
import type { Frame } from '../../unwind/frame.ts';
import { callerRegisters } from '../../unwind/stack.ts';
import type { Command } from '../command.ts';
import { frameArguments } from './frameArguments.ts';
import { frameBySpec } from './frameSpec.ts';
import { messageOf } from './frameText.ts';

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
      // Apart, as this may fail when the stack is corrupt.
      const saved = savedRegisters(session, frame);
      emit({ kind: 'saved registers', data: saved.trim(), text: () => saved });
    },
  },
];

function describeFrame(session: Session, frame: Frame, heading: string): string {
  const { line, older, younger } = frame;
  const name = frame.function?.name ?? session.program.minimalSymbolAt(frame.pc)?.symbol.name;
  const base = frame.kind === 'normal' ? codeFrameBase(session.memory, frame) : undefined;
  let text = `${heading} at ${hex(frame.id.stack)}:\n rip = ${hex(frame.pc)}`;
  if (name) text += `${wrapPoint(3)} in ${name}`;
  if (line) text += `${wrapPoint(3)} (${session.sources.displayName(line.file)}:${line.line})`;
  text += `; ${wrapPoint(4)}saved rip = ${savedPc(frame)}\n`;
  if (!older && frame.stopReason) text += ` Outermost frame: ${frame.stopReason}\n`;
  const relations = [older && relationTo(older, frame)];
  relations.push(younger && `${wrapPoint(3)} caller of frame at ${hex(younger.id.stack)}`);
  if (older || younger) text += `${relations.filter((relation) => relation !== undefined).join(',')}\n`;
  if (line) text += ` source language ${line.unit.language}.\n`;
  text += base === undefined ? ' Arglist at unknown address.\n' : ` Arglist at ${hex(base)}, args: ${frameArguments(session, frame)}\n`;
  text += base === undefined ? ' Locals at unknown address,' : ` Locals at ${hex(base)},`;
  return text + stackPointerText(frame);
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
    const pc = real && real.stopReason === undefined ? callerRegisters(real).get(R.rip) : undefined;
    return pc === undefined ? '<not saved>' : hex(pc);
  } catch (error) {
    messageOf(error);
    return '<not saved>';
  }
}

/** The registers that this frame's caller sees. Tail calls save nothing, nor does what is inlined into the innermost frame: undefined. */
function callerOfFrame(frame: Frame): CallerRegisters | undefined {
  if (frame.kind === 'tail call') return undefined;
  const caller = frame.kind === 'inline' ? frame.registers : callerRegisters(frame);
  return caller instanceof CallerRegisters ? caller : undefined;
}

/** Where this frame saved its caller's registers: those in memory. Throws MemoryError where that can't be read. */
function savedRegisters({ memory }: Session, frame: Frame): string {
  const caller = callerOfFrame(frame);
  const saved = registers.flatMap(({ name, groups, parts }, register) => {
    if (!caller || register === R.rsp || parts || !groups.includes('all')) return [];
    const place = placeOf(caller, register);
    if (place?.kind !== 'memory') return [];
    memory.read(place.address, 1);
    return [`${wrapPoint(1)} ${name} at ${hex(place.address)}`];
  });
  if (saved.length > 0) return ` Saved registers:\n ${saved.join(',')}\n`;
  return stackPointerText(frame) ? '' : '\n';
}

function stackPointerText(frame: Frame): string {
  const caller = callerOfFrame(frame);
  const place = caller && placeOf(caller, R.rsp);
  if (!caller || place?.kind === 'same' || place?.kind === 'register') return " Previous frame's sp in rsp\n";
  if (place?.kind === 'memory') return ` Previous frame's sp at ${hex(place.address)}\n`;
  const value = place && caller.get(R.rsp);
  return value === undefined ? '' : ` Previous frame's sp is ${hex(value)}\n`;
}

/** Undefined: the expression that says where reads memory that can't be read. */
function placeOf(caller: CallerRegisters, register: RegisterNumber): Saved | undefined {
  try {
    return caller.saved(register);
  } catch (error) {
    if (error instanceof MemoryError) return undefined;
    throw error;
  }
}
