import type { Backtrace } from '../../kernel/backtrace.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import type { StackKind } from '../../kernel/stacks.ts';
import type { KernelFrame } from '../../kernel/stackUnwind.ts';
import { functionAt, placeText } from './functionText.ts';
import { registersText } from './registersText.ts';
import { wordLines } from './stackWords.ts';
import { pointer } from './taskText.ts';

export interface FrameStyle {
  /** Offsets into functions are shown, in this radix. */
  readonly offsets?: 10 | 16;
  /** What is in a frame is shown, each word as this says. */
  readonly word?: (value: bigint) => string;
  /** The source line of an address. */
  readonly line?: (ip: bigint) => string | undefined;
}

/** A frame that has a number of its own, and the place on the stack that it is named by. */
interface Shown extends KernelFrame {
  readonly number: number;
  readonly place: bigint;
  /** The stack of the frame before, where that is another one. */
  readonly from: StackKind | undefined;
}

/** A stack as `bt` shows it. */
export function backtraceText(kernel: Kernel, { registers, frames, isUnknown }: Backtrace, style: FrameStyle): string {
  if (isUnknown) return '(active)\n';
  const start = registers ? contextText(kernel, registers) : '';
  const shown = shownFrames(frames);
  return start + shown.map((frame, index) => frameText(kernel, frame, shown[index + 1], style)).join('');
}

/** A function that was interrupted is only told by its registers, except behind an exception's stack. */
function shownFrames(frames: readonly KernelFrame[]): Shown[] {
  const shown: Shown[] = [];
  frames.forEach((frame, index) => {
    const previous: KernelFrame | undefined = frames[index - 1];
    const from = previous && previous.stack !== frame.stack ? previous.stack.kind : undefined;
    if (frame.interrupted && (from === undefined || from === 'IRQ' || from === 'task')) return;
    // The first frame below the interrupt stack is named by the registers that it saved.
    const place = from === 'IRQ' && frame.saved?.at !== undefined ? frame.saved.at : frame.at;
    shown.push({ ...frame, number: shown.length, place, from });
  });
  return shown;
}

function frameText(kernel: Kernel, frame: Shown, next: Shown | undefined, style: FrameStyle): string {
  const { ip, place, number, from, saved, interrupted } = frame;
  const stack = from === undefined ? '' : `--- <${from === 'IRQ' ? 'IRQ stack' : `${from} exception stack`}> ---\n`;
  const found = functionAt(kernel, ip, !interrupted);
  const name = style.offsets ? placeText(found, style.offsets) : found.name;
  const module = found.module ? ` [${found.module}]` : '';
  const line = `${`#${number}`.padStart(3)} [${pointer(place)}] ${name} at ${pointer(ip)}${module}\n`;
  const source = style.line?.(ip);
  const context = saved ? contextText(kernel, saved) : '';
  return stack + line + (source ? `    ${source}\n` : '') + context + contents(kernel, frame, next, style);
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
