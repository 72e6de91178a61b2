import { wrap64 } from '../../base/address.ts';
import { SondeError } from '../../base/errors.ts';
import type { EvaluationContext, PrintLimits } from '../../evaluate/context.ts';
import { type Format, formatTypeName, formatValue, parsePrintFormat, splitFormat } from '../../evaluate/index.ts';
import type { Value } from '../../evaluate/value.ts';
import { bare } from '../../program/types.ts';
import { examineState } from '../../session/examine.ts';
import type { Session } from '../../session/session.ts';
import { type Command, type CommandContext, type Result, textResult } from '../command.ts';
import { parsePrintOptions } from './printOptions.ts';

/** print, output, call and set variable: evaluate an expression and show its value, or not. */
export const printCommands: readonly Command[] = [
  {
    name: 'print',
    aliases: ['p', 'inspect'],
    group: 'data',
    summary: 'Print value of expression EXP.',
    help:
      'Usage: print [[OPTION]... --] [/FMT] [EXP]\n\nOptions: -address, -array, -array-indexes, -elements N, -max-depth N, -null-stop, -object, -pretty,\n' +
      '-raw-values, -repeats N, -static-members, -symbol, -union, -vtbl; flags take on or off.\n\n' +
      "EXP is any C expression of the program's variables and registers; $NUM is a value printed before, $ the last one,\n$NAME a convenience variable. ARRAY[START]@LENGTH is a piece of an array, {TYPE}ADDRESS a value at an address.\n\n" +
      'FMT is one of o(octal), x(hex), d(decimal), u(unsigned decimal), t(binary), f(float), a(address),\nc(char), z(hex, zero padded) and s(string).',
    completes: 'expression',
    repeats: true,
    run: (args, context) => print(args, context, { showVoid: true, command: 'print' }),
  },
  {
    name: 'call',
    group: 'running',
    summary: 'Call a function in the program.',
    help: 'Usage: call EXP\nThe argument is the function name and arguments, in the notation of the\ncurrent working language.  The result is printed and saved in the value\nhistory, if it is not void.',
    completes: 'expression',
    repeats: true,
    run: (args, context) => print(args, context, { showVoid: false, command: 'call' }),
  },
  {
    name: 'output',
    group: 'data',
    summary: 'Like "print" but don\'t put in value history and don\'t print newline.',
    help: 'Usage: output EXP\nThis is useful in user-defined commands.',
    completes: 'expression',
    run: output,
  },
  {
    name: 'init-if-undefined',
    group: 'data',
    summary: 'Initialize a convenience variable if necessary.',
    help: 'init-if-undefined VARIABLE = EXPRESSION\nSet an internal VARIABLE to the result of the EXPRESSION if it does not\nexist or does not contain a value.  The EXPRESSION is not evaluated if the\nVARIABLE is already initialized.',
    completes: 'expression',
    run: async (args, { session }) => {
      const name = /^\$([A-Za-z_][A-Za-z0-9_]*)\s*=(?!=)/.exec(args)?.[1];
      if (name === undefined) throw new SondeError('Init-if-undefined requires an assignment expression.');
      if (session.values.convenience(name) === undefined) await session.evaluate(args);
    },
  },
  {
    name: 'set variable',
    aliases: ['set var'],
    group: 'data',
    summary: 'Evaluate expression EXP and assign result to variable VAR.',
    help: 'Usage: set variable VAR = EXP\nUse "set variable" for variables with names identical to set subcommands.',
    completes: 'expression',
    run: async (args, { session }) => {
      if (args === '') throw new SondeError('Argument required (expression to compute).');
      await session.evaluate(args);
    },
  },
];

/** A value of the history with its number: `$1 = 5`. */
function recordedResult(session: Session, number: number, format: Format | undefined, limits: PrintLimits | undefined): Result {
  const context = withLimits(session.evaluationContext(), limits);
  const value = session.values.get(number);
  examineNext(session, value);
  const text = formatValue(value, format, context, { breaks: true });
  return {
    kind: 'value',
    data: { number, type: formatTypeName(value.type, context.language), value: text },
    text: () => `$${number} = ${text}\n`,
  };
}

/** A following `x` goes on behind what was printed. */
function examineNext(session: Session, { place, type }: Value): void {
  if (place.kind === 'memory' && bare(type).kind !== 'function') examineState(session).next = wrap64(place.address + BigInt(type.size));
}

async function print(args: string, context: CommandContext, how: { showVoid: boolean; command: string }): Promise<void> {
  const { session } = context;
  const options = parsePrintOptions(args, session);
  const { format: formatText, rest } = splitFormat(options.rest);
  const format = formatText === undefined ? undefined : printFormat(formatText, how.command, session);
  const value = rest === '' ? session.values.get('last') : await session.evaluate(rest);
  if (!how.showVoid && bare(value.type).kind === 'void') return;
  const number = session.values.record(value);
  try {
    context.emit(recordedResult(session, number, format, options.limits));
  } catch (error) {
    // gdb has written the number by the time it finds that it cannot write the value.
    if (error instanceof SondeError) context.emit(textResult(`$${number} = `));
    throw error;
  }
}

/** `print/` without a letter repeats the last one. */
function printFormat(text: string, command: string, session: Session): Format {
  const state = examineState(session);
  const format = parsePrintFormat(text, command);
  state.letter = format.letter ?? state.letter;
  return { ...format, letter: state.letter };
}

async function output(args: string, context: CommandContext): Promise<void> {
  const { session } = context;
  const { format: formatText, rest } = splitFormat(args);
  const format = formatText === undefined ? undefined : parsePrintFormat(formatText, 'output');
  if (rest === '') throw new SondeError('Argument required (expression to compute).');
  const value = await session.evaluate(rest);
  examineNext(session, value);
  context.emit(textResult(formatValue(value, format, session.evaluationContext(), { breaks: true }), 'value'));
}

/** A context's methods live on its prototype: they are kept when its limits are replaced. */
export function withLimits(context: EvaluationContext, limits: PrintLimits | undefined): EvaluationContext {
  return limits ? Object.create(context, { limits: { value: limits } }) : context;
}
