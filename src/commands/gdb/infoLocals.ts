import { SondeError } from '../../base/errors.ts';
import { formatField, readVariable } from '../../evaluate/index.ts';
import type { VariableSymbol } from '../../program/symbols.ts';
import type { Frame } from '../../unwind/frame.ts';
import { type Command, type CommandContext, textResult } from '../command.ts';
import { messageOf } from './frameText.ts';
import { localsText } from './locals.ts';

/** info locals and info args of the selected frame, all or those that match. */
export const infoLocalsCommands: readonly Command[] = [
  {
    name: 'info locals',
    aliases: ['info lo'],
    group: 'status',
    summary: 'All local variables of current stack frame or those matching REGEXPs.',
    help: 'Usage: info locals [-q] [-t TYPEREGEXP] [NAMEREGEXP]\nPrints the local variables of the current stack frame.\nIf NAMEREGEXP is provided, only prints the local variables whose name\nmatches NAMEREGEXP.',
    completes: 'none',
    repeats: true,
    run: infoLocals,
  },
  {
    name: 'info args',
    aliases: ['info ar'],
    group: 'status',
    summary: 'All argument variables of current stack frame or those matching REGEXPs.',
    help: 'Usage: info args [-q] [-t TYPEREGEXP] [NAMEREGEXP]\nPrints the argument variables of the current stack frame.\nIf NAMEREGEXP is provided, only prints the argument variables whose name\nmatches NAMEREGEXP.',
    completes: 'none',
    repeats: true,
    run: infoArguments,
  },
];

function selectedFrame({ session }: CommandContext): Frame {
  if (!session.selectedFrame) throw new SondeError('No frame selected.');
  return session.selectedFrame;
}

function infoLocals(args: string, context: CommandContext): void {
  const frame = selectedFrame(context);
  const filter = parseFilter(args);
  const text = localsText(context.session, frame, 0, filter.keep);
  if (text === 'No locals.\n' && filter.isSet) {
    if (!filter.quiet) context.emit(textResult('No matching locals.\n'));
    return;
  }
  if (!(filter.quiet && text === 'No locals.\n')) context.emit(textResult(text, 'locals'));
}

function infoArguments(args: string, context: CommandContext): void {
  const frame = selectedFrame(context);
  const filter = parseFilter(args);
  const fn = frame.function;
  if (!fn) {
    if (!filter.quiet) context.emit(textResult('No symbol table info available.\n'));
    return;
  }
  const lines = fn.block.variables
    .filter((variable) => variable.isParameter && filter.keep(variable))
    .map((variable) => `${variable.name} = ${valueText(variable, frame, context)}\n`);
  if (lines.length > 0) context.emit(textResult(lines.join(''), 'arguments'));
  else if (!filter.quiet) context.emit(textResult(filter.isSet ? 'No matching arguments.\n' : 'No arguments.\n'));
}

function valueText(variable: VariableSymbol, frame: Frame, { session }: CommandContext): string {
  try {
    const context = session.evaluationContext(frame);
    return formatField(readVariable(variable, context), undefined, context, { breaks: true });
  } catch (error) {
    return `<error reading variable ${variable.name} (${messageOf(error)})>`;
  }
}

function parseFilter(args: string): { keep: (variable: VariableSymbol) => boolean; quiet: boolean; isSet: boolean } {
  let rest = args.trim();
  const quiet = /^-q(?:\s+|$)/.test(rest);
  if (quiet) rest = rest.replace(/^-q\s*/, '');
  if (rest === '') return { keep: () => true, quiet, isSet: false };
  try {
    const pattern = new RegExp(rest);
    return { keep: (variable) => pattern.test(variable.name), quiet, isSet: true };
  } catch {
    throw new SondeError(`Invalid regexp: ${rest}`);
  }
}
