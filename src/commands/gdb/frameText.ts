import { hex16 } from '../../base/address.ts';
import { SondeError } from '../../base/errors.ts';
import { wrapPoint } from '../../base/wrap.ts';
import type { LineEntry } from '../../program/symbols.ts';
import type { Session } from '../../session/session.ts';
import type { Frame } from '../../unwind/frame.ts';
import { rawInstructionLines } from './disassemble.ts';
import { frameArguments } from './frameArguments.ts';

/** What of a frame is printed: gdb's print_what. */
export interface FrameTextOptions {
  readonly print: 'source and location' | 'location' | 'source line' | 'location and address' | 'short location';
  /** `#0  ` in front. */
  readonly level?: boolean;
  /** Default true. */
  readonly args?: boolean;
}

/**
 * A frame as `frame`, `backtrace` and every stop print it, complete lines:
 * `#1  0x000055555555519d in main () at t.c:12` and `12\t  fill (data);`.
 */
export function frameLine(session: Session, frame: Frame, options: FrameTextOptions): string {
  if (frame.kind === 'signal handler called' || frame.kind === 'function called from sonde') {
    return `${levelText(frame, options)}<${frame.kind === 'signal handler called' ? frame.kind : 'function called from gdb'}>\n`;
  }
  const { line } = frame;
  const print = wantedByUser[session.settings.text('print frame-info')] ?? options.print;
  const onlySource = print === 'source line';
  let text = onlySource && line?.line ? '' : locationText(session, frame, line, { ...options, print });
  if ((onlySource || print === 'source and location') && line?.line) {
    if (onlySource && frame.midLine && session.settings.boolean('print address')) text += `${hex16(frame.pc)}\t`;
    text += session.sources.lineText(line.file, line.line);
  }
  return print === 'location' || print === 'short location' ? text : text + nextInstructions(session, frame);
}

/** `set disassemble-next-line on`: the line's instructions; without lines, and with `auto` only then, the one at pc. */
function nextInstructions(session: Session, { line, pc }: Frame): string {
  const setting = session.settings.text('disassemble-next-line');
  if (setting === 'off' || (line && setting === 'auto')) return '';
  if (!line) return rawInstructionLines(session, { low: pc, high: pc + 1n });
  return rawInstructionLines(session, { low: line.low, high: line.high });
}

/** `set print frame-info`; `auto` leaves it to the command. */
const wantedByUser: Readonly<Record<string, FrameTextOptions['print']>> = {
  'short-location': 'short location',
  'source-line': 'source line',
  location: 'location',
  'source-and-location': 'source and location',
  'location-and-address': 'location and address',
};

/** Name of the frame's function as gdb prints it: `main`, or the nearest ELF symbol; undefined: `??`. */
export const functionNameOf = (frame: Frame): string | undefined => frame.function?.name ?? frame.symbol?.symbol.name;

/** Makes the frame's line the one that a following `list` shows around. */
export function centreListing(session: Session, frame: Frame): void {
  const { line } = frame;
  if (!line?.line) return;
  session.listing.file = line.file;
  session.listing.centre = line.line;
  session.listing.displayed = line;
  session.listing.mentioned = undefined;
}

const levelText = (frame: Frame, { level }: FrameTextOptions): string => (level ? `#${String(frame.level).padEnd(2)} ` : '');

function locationText(session: Session, frame: Frame, line: LineEntry | undefined, options: FrameTextOptions): string {
  const name = functionNameOf(frame);
  const showsAddress = !line || frame.midLine || options.print === 'location and address';
  let text = levelText(frame, options);
  if (showsAddress && session.settings.boolean('print address')) text += `${hex16(frame.pc)} in `;
  text += name ?? '??';
  if (options.args !== false) text += `${wrapPoint(3)} (${frameArguments(session, frame)})`;
  if (options.print === 'short location') return `${text}\n`;
  if (line) text += `${wrapPoint(3)} at ${session.sources.displayName(line.file)}:${line.line}`;
  else if (frame.module && frame.module !== session.program.main) text += `${wrapPoint(2)} from ${frame.module.path}`;
  return `${text}\n`;
}

/** `Backtrace stopped: …` is for errors; that they are shown where they are met, not thrown, is gdb's way in all of a frame's text. */
export function messageOf(error: unknown): string {
  if (error instanceof SondeError) return error.message;
  throw error;
}
