import { compile, type Format, formatValue, parseFormat, parsePrintFormat, splitFormat } from '../../evaluate/index.ts';
import { addressOfValue } from '../../evaluate/scalars.ts';
import type { Block } from '../../program/symbols.ts';
import type { Display } from '../../session/displays.ts';
import type { Session } from '../../session/session.ts';
import { type Command, type CommandContext, textResult } from '../command.ts';
import { examineMemory } from './examine.ts';
import { messageOf } from './frameText.ts';
import { parseNumbers } from './numberList.ts';

/** display and its kin: expressions that are shown whenever the program stops. */
export const displayCommands: readonly Command[] = [
  {
    name: 'display',
    group: 'data',
    summary: 'Print value of expression EXP each time the program stops.',
    help: 'Usage: display[/FMT] EXP\n/FMT may be used before EXP as in the "print" command.\n/FMT "i" or "s" or including a size-letter is allowed,\nas in the "x" command, and then EXP is used to get the address to examine\nand examining is done as in the "x" command.\n\nWith no argument, display all currently requested auto-display expressions.\nUse "undisplay" to cancel display requests previously made.',
    completes: 'expression',
    run: display,
  },
  {
    name: 'undisplay',
    group: 'data',
    summary: 'Cancel some expressions to be displayed when program stops.',
    help: 'Usage: undisplay [NUM]...\nArguments are the code numbers of the expressions to stop displaying.\nNo argument means cancel all automatic-display expressions.\n"delete display" has the same effect as this command.\nDo "info display" to see current list of code numbers.',
    completes: 'none',
    run: remove,
  },
  {
    name: 'delete display',
    group: 'breakpoints',
    summary: 'Cancel some expressions to be displayed when program stops.',
    help: 'Usage: delete display [NUM]...\nArguments are the code numbers of the expressions to stop displaying.',
    completes: 'none',
    run: remove,
  },
  {
    name: 'enable display',
    group: 'breakpoints',
    summary: 'Enable some expressions to be displayed when program stops.',
    help: 'Usage: enable display [NUM]...\nArguments are the code numbers of the expressions to resume displaying.\nNo argument means enable all automatic-display expressions.',
    completes: 'none',
    run: (args, context) => switchTo(true)(args, context),
  },
  {
    name: 'disable display',
    group: 'breakpoints',
    summary: 'Disable some expressions to be displayed when program stops.',
    help: 'Usage: disable display [NUM]...\nArguments are the code numbers of the expressions to stop displaying.\nNo argument means disable all automatic-display expressions.',
    completes: 'none',
    run: (args, context) => switchTo(false)(args, context),
  },
  {
    name: 'info display',
    group: 'status',
    summary: 'Expressions to display when program stops, with code numbers.',
    completes: 'none',
    run: (_args, { session, emit }) => {
      const { all } = session.displays;
      emit({
        kind: 'displays',
        data: all.map(({ number, enabled, expression }) => ({ number, enabled, expression })),
        text: () =>
          all.length === 0
            ? 'There are no auto-display expressions now.\n'
            : `Auto-display expressions now in effect:\nNum Enb Expression\n${all.map((one) => row(session, one)).join('')}`,
      });
    },
  },
];

/** What every stop shows; a display that cannot be evaluated is disabled with gdb's explanation. */
export function displaysText(session: Session): string {
  return session.displays.all.map((one) => displayText(session, one)).join('');
}

async function display(args: string, context: CommandContext): Promise<void> {
  const { session, emit, fromTerminal } = context;
  if (args === '') {
    emit(textResult(displaysText(session)));
    return;
  }
  const { format: formatText, rest } = splitFormat(args);
  const format = formatText === undefined ? undefined : displayFormat(formatText);
  const compiled = compile(rest, session.evaluationContext());
  const added = session.displays.add({
    expression: rest,
    format,
    formatText: formatText === undefined ? '' : `/${formatText}`,
    compiled,
    block: compiled.block,
  });
  // A script's display is first seen at the next stop.
  if (fromTerminal) emit({ kind: 'display', data: { number: added.number }, text: () => displayText(session, added) });
}

/** With a size, or as instructions or strings, the expression is an address to examine, as by `x`. */
const examines = ({ size, letter }: Format): boolean => size !== undefined || letter === 'i' || letter === 's';

function displayFormat(text: string): Format {
  const format = parseFormat(text);
  return examines(format) ? { ...format, letter: format.letter ?? 'x' } : parsePrintFormat(text, 'display');
}

function displayText(session: Session, one: Display): string {
  if (!one.enabled || !isInScope(session, one.block)) return '';
  const { format, number, expression } = one;
  if (format && examines(format))
    return `${number}: x/${examineFormatText(format)} ${expression}${(format.count ?? 1) !== 1 || format.letter === 'i' ? '\n' : '  '}${examinedText(session, one, format)}`;
  return `${number}: ${format?.letter ? `/${format.letter} ` : ''}${expression} = ${valueText(session, one)}\n`;
}

function examineFormatText({ count = 1, letter, size }: Format): string {
  return `${count === 1 ? '' : count}${letter ?? 'x'}${size === undefined || letter === 'i' || letter === 's' ? '' : sizeLetter({ size })}`;
}

const sizeLetter = ({ size }: Format): string => ({ 1: 'b', 2: 'h', 4: 'w', 8: 'g' })[size ?? 1];

function examinedText(session: Session, { compiled }: Display, format: Format): string {
  let text = '';
  try {
    const start = addressOfValue(compiled.evaluate(session.evaluationContext()));
    examineMemory({ session, emit: (result) => (text += result.text()) }, format, start);
    return text;
  } catch (error) {
    return `${text}<error: ${messageOf(error)}>\n`;
  }
}

function valueText(session: Session, { compiled, format }: Display): string {
  try {
    const context = session.evaluationContext();
    return formatValue(compiled.evaluate(context), format, context, { breaks: true });
  } catch (error) {
    return `<error: ${messageOf(error)}>`;
  }
}

/** Locals are shown while execution is in their block. */
function isInScope(session: Session, block: Block | undefined): boolean {
  if (!block) return true;
  for (let at = session.selectedFrame?.block; at; at = at.parent) if (at === block) return true;
  return false;
}

function row(session: Session, one: Display): string {
  const { format } = one;
  const formatText =
    format && examines(format) ? `/${format.count ?? 1}${sizeLetter(format)}${format.letter} ` : format?.letter ? `/${format.letter} ` : '';
  const scope = isInScope(session, one.block) ? '' : ' (cannot be evaluated in the current context)';
  return `${one.number}:   ${one.enabled ? 'y' : 'n'}  ${formatText}${one.expression}${scope}\n`;
}

async function remove(args: string, context: CommandContext): Promise<void> {
  const { session } = context;
  if (args !== '') return forEachChosen(args, context, ({ number }) => session.displays.delete(number));
  if (!(await context.query('Delete all auto-display expressions? '))) return;
  session.displays.clear();
}

/** No argument means all. A number that is no display's is told, and the others are done all the same. */
function forEachChosen(args: string, { session, emit }: CommandContext, action: (found: Display) => void): void {
  if (args === '') return [...session.displays.all].forEach(action);
  for (const number of parseNumbers(args, 'display', session, (text) => session.emit({ kind: 'warning', text }))) {
    const found = session.displays.find(number);
    if (found) action(found);
    else emit(textResult(`No display number ${number}.\n`));
  }
}

const switchTo =
  (enabled: boolean) =>
  (args: string, context: CommandContext): void =>
    forEachChosen(args, context, (found) => {
      found.enabled = enabled;
    });
