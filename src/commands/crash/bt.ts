import { backtraceOf } from '../../kernel/backtrace.ts';
import { backtraceData, backtraceText, type FrameStyle } from './backtraceText.ts';
import { type CrashCommand, type CrashContext, crashResult } from './command.ts';
import { type Parsed, parseOptions } from './options.ts';
import { tasksOrContext } from './taskSelection.ts';
import { pointer, taskData, taskHeader } from './taskText.ts';

export const bt: CrashCommand = {
  name: 'bt',
  summary: 'backtrace',
  synopsis: `[-a|-c cpu(s)|-g|-r|-t|-T|-l|-e|-E|-f|-F|-o|-O|-v|-p] [-R ref] [-s [-x|d]]
   [-I ip] [-S sp] [-n idle] [pid | task]`,
  run(args, context) {
    const options = parseOptions(args, 'acgrtTleEfFoOvpR:sxdI:S:n:');
    const tasks = tasksOrContext(context.session, options.rest);
    const style = frameStyle(options, context);
    const { kernel } = context.session;
    tasks.forEach((task, index) => {
      const trace = backtraceOf(kernel, task);
      context.emit(
        crashResult(
          'backtrace',
          () => ({ ...taskData(task), ...backtraceData(kernel, trace) }),
          () => (index > 0 ? '\n' : '') + taskHeader(task) + backtraceText(kernel, trace, style),
        ),
      );
    });
  },
};

function frameStyle(options: Parsed, { session }: CrashContext): FrameStyle {
  const radix = options.has('x') ? 16 : options.has('d') ? 10 : session.radix;
  const lineText = (ip: bigint) => {
    const found = session.lineAt(ip);
    return found && `${found.file}: ${found.line}`;
  };
  return {
    offsets: options.has('s') ? radix : undefined,
    word: options.has('f') ? pointer : undefined,
    line: options.has('l') ? lineText : undefined,
  };
}
