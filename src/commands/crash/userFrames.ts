import { hex } from '../../base/address.ts';
import { SondeError } from '../../base/errors.ts';
import type { Task } from '../../kernel/tasks.ts';
import type { KernelSession } from '../../session/kernelSession.ts';
import type { Frame } from '../../unwind/frame.ts';
import { frameLine, functionNameOf } from '../gdb/frameText.ts';

/** More than anybody reads. */
const mostFrames = 1000;

/** Where a task entered the kernel from, frame by frame, as gdb shows it; `first`: the number of the first one. */
export function userFrames(session: KernelSession, task: Task, first: number): { readonly data: unknown; readonly text: string } {
  try {
    const { session: process, problem } = session.process(task);
    const frames: Frame[] = [];
    for (let frame = process.innermostFrame; frame && frames.length < mostFrames; frame = frame.older) frames.push(frame);
    const lines = frames.map((frame, index) => `#${String(first + index).padEnd(3)}${frameLine(process, frame, { print: 'location' })}`);
    return {
      data: frames.map((frame) => ({
        pc: hex(frame.pc),
        function: functionNameOf(frame),
        file: frame.line?.file.name,
        line: frame.line?.line,
      })),
      text: lines.map((line) => `${first > 0 ? ' ' : ''}${line}`).join('') + (problem === undefined ? '' : `(no symbols: ${problem})\n`),
    };
  } catch (error) {
    if (!(error instanceof SondeError)) throw error;
    return { data: { error: error.message }, text: `(no user frames: ${error.message})\n` };
  }
}
