import type { Backtrace } from '../../kernel/backtrace.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import type { StackKind } from '../../kernel/stacks.ts';
import type { KernelFrame } from '../../kernel/stackUnwind.ts';
import { functionAt, placeText } from './functionText.ts';
import { registersText } from './registersText.ts';
import { wordLines } from './stackWords.ts';
import { pointer } from './taskText.ts';

export interface FrameStyle {
  /** Offsets into functions are shown. */
  readonly offsets: boolean;
  /** Of offsets. */
  readonly radix: 10 | 16;
  /** What is in a frame is shown, each word as this says. */
  readonly word?: (value: bigint) => string;
  /** The source line of an address. */
  readonly line?: (ip: bigint) => string | undefined;
}

/** A frame, and the place on the stack that it is named by. */
interface Shown extends KernelFrame {
  /** Undefined: the registers before have told of it. */
  readonly number: number | undefined;
  readonly place: bigint;
  /** The stack of the frame before, where that is another one. */
  readonly from: StackKind | undefined;
}

/** A stack as `bt` shows it. */
export function backtraceText(kernel: Kernel, { registers, frames, isUnknown }: Backtrace, style: FrameStyle): string {
  if (isUnknown) return '(active)\n';
  const start = registers ? contextText(kernel, registers) : '';
  const shown = shownFrames(frames);
  const nextNumbered = (index: number) => shown.find((frame, other) => other > index && frame.number !== undefined);
  return start + shown.map((frame, index) => frameText(kernel, frame, nextNumbered(index), style)).join('');
}

/** A function that was interrupted is only told by its registers, except behind an exception's stack. */
function shownFrames(frames: readonly KernelFrame[]): Shown[] {
  let number = 0;
  return frames.map((frame, index) => {
    const previous: KernelFrame | undefined = frames[index - 1];
    const from = previous && previous.stack !== frame.stack ? previous.stack.kind : undefined;
    const isTold = frame.interrupted && (from === undefined || from === 'IRQ' || from === 'task');
    // The first frame below the interrupt stack is named by the registers that it saved.
    const place = from === 'IRQ' && frame.saved?.at !== undefined ? frame.saved.at : frame.at;
    return { ...frame, number: isTold ? undefined : number++, place, from };
  });
}

function frameText(kernel: Kernel, frame: Shown, next: Shown | undefined, style: FrameStyle): string {
  const { from, saved, number } = frame;
  const boundary = from === undefined ? '' : stackBoundary(from);
  const context = saved ? contextText(kernel, saved) : '';
  if (number === undefined) return boundary + context;
  return boundary + frameLine(kernel, { ...frame, number }, style) + context + contents(kernel, frame, next, style);
}

/** What stands between the frames of two stacks; `kind`: of the inner one. */
export const stackBoundary = (kind: StackKind): string => `--- <${kind === 'IRQ' ? 'IRQ stack' : `${kind} exception stack`}> ---\n`;

type NumberedFrame = Pick<Shown, 'place' | 'ip' | 'interrupted'> & { readonly number: number };

export function frameLine(kernel: Kernel, frame: NumberedFrame, style: FrameStyle): string {
  const { number, place, ip, interrupted } = frame;
  const found = functionAt(kernel, ip, !interrupted);
  const name = style.offsets ? placeText(found, style.radix) : found.name;
  const module = found.module ? ` [${found.module}]` : '';
  const source = style.line?.(ip);
  return `${`#${number}`.padStart(3)} [${pointer(place)}] ${name} at ${pointer(ip)}${module}\n${source ? `    ${source}\n` : ''}`;
}

/** Registers, and the function where they were the kernel's. */
export function contextText(kernel: Kernel, registers: KernelFrame['saved'] & {}): string {
  const place = registers.isUserMode ? '' : `    [exception RIP: ${placeText(functionAt(kernel, registers.get('ip')), 10)}]\n`;
  return place + registersText(registers);
}

/** The words from behind the return address up to the caller's, which is the last. */
function contents(kernel: Kernel, frame: Shown, next: Shown | undefined, { word }: FrameStyle): string {
  if (!word || !next || next.stack !== frame.stack) return '';
  const start = frame.interrupted ? frame.place : frame.place + 8n;
  return wordLines(kernel, start, next.place + 8n, word);
}

export const backtraceData = (kernel: Kernel, { registers, frames }: Backtrace) => ({
  registers: registers?.data,
  frames: frames.map(({ ip, at, stack, interrupted, saved }) => {
    const { name, offset, module } = functionAt(kernel, ip, !interrupted);
    return {
      at: `0x${at.toString(16)}`,
      ip: `0x${ip.toString(16)}`,
      function: name,
      offset: Number(offset),
      module,
      stack: stack.kind,
      interrupted,
      saved: saved?.data,
    };
  }),
});
