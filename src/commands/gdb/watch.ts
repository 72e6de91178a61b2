import { SondeError } from '../../base/errors.ts';
import { compile } from '../../evaluate/index.ts';
import { setWatchpoint, type WatchRequest } from '../../session/watchSetting.ts';
import type { Command, CommandContext } from '../command.ts';
import { breakpointResult } from './breakpoints.ts';

const help = (what: string): string =>
  `Usage: ${what} [-location] EXPRESSION\n\nIf -l or -location is given, this evaluates EXPRESSION and watches\nthe memory to which it refers.`;

/** watch, rwatch, awatch. */
export const watchCommands: readonly Command[] = [
  {
    name: 'watch',
    aliases: ['wa'],
    group: 'breakpoints',
    summary: 'Set a watchpoint for EXPRESSION.',
    help: `${help('watch')}\n\nA watchpoint stops execution of your program whenever the value of\nan expression changes.`,
    completes: 'expression',
    run: (args, context) => watch(args, context, 'write'),
  },
  {
    name: 'rwatch',
    aliases: ['rw'],
    group: 'breakpoints',
    summary: 'Set a read watchpoint for EXPRESSION.',
    help: `${help('rwatch')}\n\nA read watchpoint stops execution of your program whenever the value of\nan expression is read.`,
    completes: 'expression',
    run: (args, context) => watch(args, context, 'read'),
  },
  {
    name: 'awatch',
    aliases: ['aw'],
    group: 'breakpoints',
    summary: 'Set an access watchpoint for EXPRESSION.',
    help: `${help('awatch')}\n\nAn access watchpoint stops execution of your program whenever the value\nof an expression is either read or written.`,
    completes: 'expression',
    run: (args, context) => watch(args, context, 'access'),
  },
];

async function watch(args: string, { session, emit }: CommandContext, on: WatchRequest['on']): Promise<void> {
  const [, option, rest] = /^(-l|-location)?(?:\s+|$)?(.*)$/s.exec(args.trim()) as RegExpExecArray;
  const location = option !== undefined;
  const split = splitCondition(rest);
  if (split.expression === '') throw new SondeError('Argument required (expression to compute).');
  if (split.condition !== undefined) compile(split.condition, session.evaluationContext());
  let thread: number | undefined;
  if (split.thread !== undefined) {
    thread = Number(split.thread);
    if (!session.threads.some(({ number }) => number === thread)) throw new SondeError(`Unknown thread ${split.thread}.`);
  }
  const parts = await setWatchpoint(session, { expression: split.expression, on, location });
  const breakpoint = session.breakpoints.add({ ...parts, condition: split.condition, thread });
  emit(breakpointResult(session, breakpoint));
}

/** `x if x > 3`, `x thread 2`: the first ` if ` that is not inside brackets or quotes begins the condition. */
function splitCondition(text: string): { expression: string; condition: string | undefined; thread: string | undefined } {
  const [, before, condition] = /^(.*?)\s+if\b\s*(.*)$/s.exec(text) ?? [undefined, text, undefined];
  const [, expression, thread] = /^(.*?)\s+thread\s+(\S+)\s*$/s.exec(before) ?? [undefined, before, undefined];
  return { expression: expression.trim(), condition, thread };
}
