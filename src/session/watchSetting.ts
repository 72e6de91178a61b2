import { R } from '../arch/registers.ts';
import { SondeError } from '../base/errors.ts';
import { type Compiled, compile, formatTypeName } from '../evaluate/index.ts';
import { fetched } from '../evaluate/makeValue.ts';
import type { Value } from '../evaluate/value.ts';
import type { Frame } from '../unwind/index.ts';
import { normalFrame } from '../unwind/index.ts';
import { callerRegisters } from '../unwind/stack.ts';
import type { Breakpoint, BreakpointKind, WatchState } from './breakpoints.ts';
import type { Session } from './session.ts';
import { fitsDebugRegisters } from './watching.ts';

export interface WatchRequest {
  readonly expression: string;
  readonly on: 'write' | 'read' | 'access';
  /** `-location`: the place that the expression names now, not the expression. */
  readonly location: boolean;
}

/** Sets a watchpoint on an expression in the selected frame; in debug registers if it can be. Throws gdb's refusals. */
export async function setWatchpoint(
  session: Session,
  { expression, on, location }: WatchRequest,
): Promise<Pick<Breakpoint, 'kind' | 'spec' | 'watch'>> {
  const selected = session.selectedFrame;
  const text = location ? await placeExpression(session, expression) : expression;
  const compiled = compile(text, session.evaluationContext(selected));
  const frame = compiled.block && selected ? frameOfBlock(compiled, selected) : undefined;
  const watched = compiled.watch(session.evaluationContext(frame ?? selected));
  if (watched.constant && !location) throw new SondeError(`Cannot watch constant value \`${expression}'.`);
  const canUseHardware =
    session.settings.number('can-use-hw-watchpoints') !== 0 &&
    !watched.usesRegisters &&
    fitsDebugRegisters(watched.memory) &&
    watched.memory.length > 0;
  if (!canUseHardware && on !== 'write')
    throw new SondeError(
      session.settings.number('can-use-hw-watchpoints') !== 0
        ? 'Expression cannot be implemented with read/access watchpoint.'
        : "Can't set read/access watchpoint when hardware watchpoints are disabled.",
    );
  const watch: WatchState = {
    expression,
    compiled,
    location,
    frame: frame?.id,
    returnAddress: frame && callerRegisters(normalFrame(frame)).get(R.rip),
    thread: frame && session.selectedThread?.tid,
    value: watched.value && readNow(watched.value),
    memory: watched.memory,
    usesRegisters: watched.usesRegisters,
    registers: [],
  };
  return { kind: kindOf(on, canUseHardware), spec: location ? `-location ${expression}` : expression, watch };
}

function readNow(value: Value): Value | undefined {
  try {
    return fetched(value);
  } catch (error) {
    if (error instanceof SondeError) return undefined;
    throw error;
  }
}

function kindOf(on: WatchRequest['on'], hardware: boolean): BreakpointKind {
  if (on === 'read') return 'read watchpoint';
  if (on === 'access') return 'acc watchpoint';
  return hardware ? 'hw watchpoint' : 'watchpoint';
}

/** `* (int *) 0x7fffffffe3ac` */
async function placeExpression(session: Session, expression: string): Promise<string> {
  const { place, type } = await session.evaluate(expression);
  if (place.kind === 'register') throw new SondeError('Attempt to take address of value not located in memory.');
  if (place.kind !== 'memory') throw new SondeError('Attempt to take address of value not located in memory.');
  const pointer = formatTypeName({ kind: 'pointer', size: 8, target: type });
  return `* (${pointer}) 0x${place.address.toString(16)}`;
}

/** The frame, from the selected one outward, whose block the expression's locals are in. */
function frameOfBlock({ block }: Compiled, from: Frame): Frame | undefined {
  for (let frame: Frame | undefined = from; frame; frame = frame.older) {
    for (let at = frame.block; at; at = at.parent) if (at === block) return frame;
  }
  return undefined;
}
