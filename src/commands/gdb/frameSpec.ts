import { hex } from '../../base/address.ts';
import { SondeError } from '../../base/errors.ts';
import type { AddressRange } from '../../program/symbols.ts';
import type { Session } from '../../session/session.ts';
import type { Frame } from '../../unwind/frame.ts';

/** The way into one thread's stack for commands: innermost frame, or gdb's `No stack.` */
export function requireStack(session: Session): Frame {
  const { innermostFrame } = session;
  if (!innermostFrame) throw new SondeError('No stack.');
  return innermostFrame;
}

/** Whoever names a frame is told what it would be made from. */
export function requireStackFor(spec: string, session: Session): void {
  if (spec.trim() && !session.target) throw new SondeError('No registers.');
  requireStack(session);
}

export function* framesFrom(frame: Frame | undefined): Iterable<Frame> {
  for (let next = frame; next; next = next.older) yield next;
}

/** The frame meant by `N`, `level N`, `function NAME` or `address ADDRESS`. */
export async function frameBySpec(session: Session, spec: string): Promise<Frame> {
  const [, keyword, rest] = /^(level|function|address|view)?\s*(.*)$/s.exec(abbreviated(spec))!;
  if (keyword === undefined || keyword === 'level') {
    if (!rest) throw new SondeError('Missing level.');
    return frameAtLevel(session, await integerArgument(session, rest));
  }
  if (keyword === 'function') return frameOfFunction(session, rest);
  if (keyword === 'address') {
    if (!rest) throw new SondeError('Missing address argument to view a frame');
    return frameAtAddress(session, await session.evaluateAddress(rest));
  }
  throw new SondeError('Creating frames at given addresses is not supported.');
}

/** Subcommand names may be shortened: `frame lev 1`, `frame func main`. */
function abbreviated(spec: string): string {
  const [, word, rest] = /^([a-z]+)\s+(.*)$/s.exec(spec.trim()) ?? [];
  const full = word && ['level', 'function', 'address', 'view'].find((name) => name.startsWith(word));
  return full ? `${full} ${rest}` : spec.trim();
}

export function frameAtLevel(session: Session, level: number): Frame {
  for (const frame of framesFrom(requireStack(session))) if (frame.level === level) return frame;
  throw new SondeError(`No frame at level ${level}.`);
}

/** The innermost frame whose pc is within the function's code: that may be a call inlined into it. */
function frameOfFunction(session: Session, name: string): Frame {
  if (!name) throw new SondeError('Missing function name argument');
  const innermost = requireStack(session);
  const extents = extentsOf(session, name);
  if (extents.length === 0) throw new SondeError(`Function "${name}" not defined.`);
  for (const frame of framesFrom(innermost)) {
    if (extents.some(({ low, high }) => frame.pc >= low && frame.pc < high)) return frame;
  }
  throw new SondeError(`No frame for function "${name}".`);
}

function extentsOf({ program }: Session, name: string): AddressRange[] {
  const outOfLine = [...program.functions(name), ...program.inlinedInstances(name).map(({ entry }) => program.functionAt(entry))];
  const ranges = outOfLine.flatMap((fn) => fn?.ranges ?? []);
  if (ranges.length > 0) return ranges;
  return program.minimalSymbols(name).map(({ address, size }) => ({ low: address, high: address + BigInt(size || 1) }));
}

/** By the frame's stack address, as `info frame` shows it; of frames that share it (inlined calls) the innermost. */
function frameAtAddress(session: Session, address: bigint): Frame {
  for (const frame of framesFrom(requireStack(session))) if (frame.id.stack === address) return frame;
  throw new SondeError(`No frame at address ${hex(address)}.`);
}

/** A count or level: any expression. */
export async function integerArgument(session: Session, text: string): Promise<number> {
  if (/^-?\d+$/.test(text.trim())) return Number(text);
  return Number(BigInt.asIntN(64, await session.evaluateAddress(text)));
}
