import { SondeError } from '../../base/errors.ts';
import { formatValue } from '../../evaluate/index.ts';
import { asInteger } from '../../evaluate/scalars.ts';
import { convenienceFunctions } from '../../session/convenienceFunctions.ts';
import type { Session } from '../../session/session.ts';
import { type Command, type CommandContext, textResult } from '../command.ts';

/** show values and show convenience. */
export const showValuesCommands: readonly Command[] = [
  {
    name: 'show values',
    group: 'status',
    summary: 'Elements of value history around item number IDX (or last ten).',
    help: 'Usage: show values [IDX | +]',
    completes: 'expression',
    repeats: 'without arguments',
    run: showValues,
  },
  {
    name: 'show convenience',
    aliases: ['show conv'],
    group: 'status',
    summary: 'Debugger convenience ("$foo") variables and functions.',
    help: 'Debugger convenience variables and functions are created when you assign\nthem values; thus, "set $foo=1" gives "$foo" the value 1.  Values may be any type.',
    completes: 'none',
    run: showConvenience,
  },
];

const page = 10;
/** First value that `show values +` shows. */
const continuations = new WeakMap<Session, number>();

async function showValues(args: string, context: CommandContext): Promise<void> {
  const { session } = context;
  const { length } = session.values;
  let first: number;
  if (args === '+' || (args === '' && context.repeated)) first = continuations.get(session) ?? 1;
  else if (args !== '') first = Number(asInteger(await session.evaluate(args))) - page / 2;
  else first = length - page + 1;
  first = Math.max(1, first);
  const evaluation = session.evaluationContext();
  const lines: string[] = [];
  for (let number = first; number < first + page && number <= length; number++)
    lines.push(`$${number} = ${formatValue(session.values.get(number), undefined, evaluation, { breaks: true })}\n`);
  continuations.set(session, first + page);
  context.emit(textResult(lines.join(''), 'values'));
}

function showConvenience(_args: string, context: CommandContext): void {
  const { session } = context;
  const evaluation = session.evaluationContext();
  const lines = [...session.values.conveniences()].map(({ name, value }) => {
    try {
      const found = value();
      return `$${name} = ${found ? formatValue(found, undefined, evaluation, { breaks: true }) : 'void'}\n`;
    } catch (error) {
      if (error instanceof SondeError) return `$${name} = <error: ${error.message}>\n`;
      throw error;
    }
  });
  const functions = [...convenienceFunctions(session.settings).keys()].map((name) => `$${name} = <internal function ${name}>\n`);
  context.emit(textResult([...lines, ...functions].join(''), 'conveniences'));
}
