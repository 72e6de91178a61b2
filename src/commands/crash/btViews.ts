import type { Backtrace } from '../../kernel/backtrace.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import { savedRegistersSize } from '../../kernel/savedRegisters.ts';
import { savedRegistersOn, scanStacks, type TextWord, textWords } from '../../kernel/stackScan.ts';
import { taskStack } from '../../kernel/stacks.ts';
import type { KernelFrame } from '../../kernel/stackUnwind.ts';
import type { Task } from '../../kernel/tasks.ts';
import { backtraceData, backtraceText, contextText, type FrameStyle, frameLine, stackBoundary } from './backtraceText.ts';
import { functionAt, placeText } from './functionText.ts';
import { registersText } from './registersText.ts';
import { rawLines } from './stackWords.ts';
import { pointer } from './taskText.ts';
import { symbolText } from './wordText.ts';

/** One way to show a task's stack. */
export interface StackView {
  data(): unknown;
  text(): string;
}

export type StackViewMaker = (kernel: Kernel, task: Task, trace: Backtrace, style: FrameStyle) => StackView;

const hex = (value: bigint): string => `0x${value.toString(16)}`;

export const frames: StackViewMaker = (kernel, _task, trace, style) => ({
  data: () => backtraceData(kernel, trace),
  text: () => backtraceText(kernel, trace, style),
});

/** `-r`: the whole stack. */
export const rawStack: StackViewMaker = (kernel, task, _trace, { radix }) => {
  const { base, end } = taskStack(task.object);
  return {
    data: () => ({ base: hex(base), end: hex(end) }),
    text: () => rawLines(kernel, base, end, (word) => symbolText(kernel, word, radix) ?? pointer(word)),
  };
};

/** `-e`: everything on the stack that looks like saved registers. */
export const exceptionFrames: StackViewMaker = (kernel, task) => {
  const found = savedRegistersOn(kernel, taskStack(task.object));
  return {
    data: () => ({ registers: found.map((registers) => ({ at: hex(registers.at ?? 0n), ...registers.data })) }),
    text: () => found.map((registers) => savedFrameText(kernel, registers)).join(''),
  };
};

export function savedFrameText(kernel: Kernel, registers: NonNullable<KernelFrame['saved']>): string {
  const mode = registers.isUserMode ? 'USER' : 'KERNEL';
  return `\n  ${mode}-MODE EXCEPTION FRAME AT: ${pointer(registers.at ?? 0n)}\n${contextText(kernel, registers)}`;
}

/** `-t`: addresses of code on the stack from where it is used. */
export const usedText: StackViewMaker = (kernel, _task, trace, style) => {
  const [start] = trace.frames;
  const stacks = scanStacks(kernel, trace);
  const line = ({ at, ip }: TextWord) => `  [${pointer(at)}] ${named(kernel, ip, style)}\n`;
  const text = () => {
    if (!start) return backtraceText(kernel, trace, style);
    const parts = [`              START: ${functionAt(kernel, start.ip).name} at ${pointer(start.ip)}\n`];
    stacks.forEach(({ first, words, last }, index) => {
      if (index > 0) parts.push(stackBoundary(stacks[index - 1].stack.kind));
      if (first?.saved) parts.push(line({ at: first.saved.at ?? first.at, ip: first.ip }), contextText(kernel, first.saved));
      parts.push(...words.map(line));
      if (last?.saved) parts.push(contextText(kernel, last.saved));
    });
    return parts.join('') + userText(trace);
  };
  return { data: () => ({ text: stacks.flatMap(({ words }) => words.map((word) => wordData(kernel, word))) }), text };
};

/** `-T`: addresses of code on all of the task's stack, old ones too. */
export const allText: StackViewMaker = (kernel, task, trace, style) => {
  const { base, end } = taskStack(task.object);
  const words = textWords(kernel, base + 8n, end);
  return {
    data: () => ({ text: words.map((word) => wordData(kernel, word)) }),
    text: () => words.map(({ at, ip }) => `  [${pointer(at)}] ${named(kernel, ip, style)}\n`).join('') + userText(trace),
  };
};

/** `-o`: as a backtrace, but of everything that may be a return address. */
export const possibleFrames: StackViewMaker = (kernel, task, trace, style) => {
  const { stack } = trace.frames[0] ?? { stack: taskStack(task.object) };
  const start = trace.frames[0]?.at ?? stack.end;
  const entered = new Map(trace.frames.map(({ at, saved }) => [at, saved]));
  const found: { word: TextWord; saved: KernelFrame['saved'] }[] = [];
  let free = start;
  for (const word of textWords(kernel, start, stack.end)) {
    if (word.at < free || functionAt(kernel, word.ip).offset === 0n) continue;
    const saved = entered.get(word.at);
    found.push({ word, saved });
    if (saved?.at !== undefined) free = saved.at + BigInt(savedRegistersSize);
  }
  const text = () => {
    const lines = found.map(({ word, saved }, number) => {
      const line = frameLine(kernel, { number, place: word.at, ip: word.ip, interrupted: true }, style);
      return line + (saved ? contextText(kernel, saved) : '');
    });
    return (trace.registers ? contextText(kernel, trace.registers) : '') + lines.join('');
  };
  return { data: () => ({ text: found.map(({ word }) => wordData(kernel, word)) }), text };
};

const wordData = (kernel: Kernel, { at, ip }: TextWord) => ({ at: hex(at), ip: hex(ip), function: functionAt(kernel, ip).name });

function named(kernel: Kernel, ip: bigint, { offsets, radix }: FrameStyle): string {
  const place = functionAt(kernel, ip);
  return `${offsets ? placeText(place, radix) : place.name} at ${pointer(ip)}${place.module ? ` [${place.module}]` : ''}`;
}

/** Where the kernel was entered from a program, the program's registers. */
function userText({ registers, frames: trace }: Backtrace): string {
  const user = registers?.isUserMode ? registers : trace.at(-1)?.saved;
  return user?.isUserMode ? registersText(user) : '';
}
