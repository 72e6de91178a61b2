import { echoText, printfText } from '../../evaluate/index.ts';
import { type Command, type CommandContext, textResult } from '../command.ts';

/** printf, echo and eval. */
export const printfCommands: readonly Command[] = [
  {
    name: 'printf',
    group: 'data',
    summary: 'Formatted printing, like the C "printf" function.',
    help: 'Usage: printf "format string", ARG1, ARG2, ARG3, ..., ARGN\nThis supports most C printf format specifications, like %s, %d, etc.',
    completes: 'expression',
    run: async (args, context) => context.emit(textResult(await formatted(args, context))),
  },
  {
    name: 'echo',
    group: 'support',
    summary: 'Print a constant string.  Give string as argument.',
    help: 'C escape sequences may be used in the argument.\nNo newline is added at the end of the argument;\nuse "\\n" if you want a newline to be printed.\nSince leading and trailing whitespace are ignored in command arguments,\nif you want to print some you must use "\\" before leading whitespace\nto be printed or after trailing whitespace.',
    completes: 'none',
    run: (args, context) => context.emit(textResult(echoText(args))),
  },
  {
    name: 'eval',
    group: 'support',
    summary: 'Construct a command and then evaluate it.',
    help: 'Usage: eval "format string", ARG1, ARG2, ARG3, ..., ARGN\nConvert the arguments to a string as "printf" would, but then\ntreat this string as a command line, and evaluate it.',
    completes: 'expression',
    run: async (args, context) => context.execute(await formatted(args, context)),
  },
];

const formatted = (args: string, { session }: CommandContext): Promise<string> =>
  printfText(args, session.evaluationContext(), (expression) => session.evaluate(expression));
