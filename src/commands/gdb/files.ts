import { homedir } from 'node:os';
import { isAbsolute, resolve } from 'node:path';
import { FormatError, SondeError } from '../../base/errors.ts';
import { WrongFileError } from '../../formats/elf/elf.ts';
import type { Module } from '../../program/module.ts';
import { type Command, type CommandContext, textResult } from '../command.ts';

/** Which program is debugged. */
export const fileCommands: readonly Command[] = [
  {
    name: 'file',
    group: 'files',
    summary: 'Use FILE as program to be debugged.',
    help: "It is read for its symbols, for getting the contents of pure memory,\nand it is the program executed when you use the `run' command.\nIf FILE cannot be found as specified, your execution directory path\n($PATH) is searched for a command of that name.\nNo arg means to have no executable file and no symbols.",
    completes: 'file',
    run: (args, context) => load(args, context, {}),
  },
  {
    name: 'exec-file',
    group: 'files',
    summary: 'Use FILE as program for getting contents of pure memory.',
    help: 'If FILE cannot be found as specified, your execution directory path\nis searched for a command of that name.\nNo arg means have no executable file.',
    completes: 'file',
    run: (args, context) => load(args, context, { symbols: false }),
  },
  {
    name: 'symbol-file',
    group: 'files',
    summary: 'Load symbol table from executable file FILE.',
    help: "Usage: symbol-file [-readnow | -readnever] [-o OFF] FILE\nThe `file' command can also load symbol tables, as well as setting the file\nto execute.",
    completes: 'file',
    run: (args, context) => load(args, context, {}),
  },
];

/** gdb's words for a file that is read: `Reading symbols from PATH...`. */
function load(args: string, context: CommandContext, options: { symbols?: boolean }): void {
  const { session } = context;
  if (args === '') {
    session.loadProgram(undefined);
    if (context.fromTerminal) context.emit(textResult('No executable file now.\nNo symbol file now.\n'));
    return;
  }
  const name = unquote(args.replace(/^-(readnow|readnever)\s+/, ''));
  const path = absolute(name);
  try {
    session.loadProgram(path, options);
  } catch (error) {
    if (error instanceof WrongFileError) throw new SondeError(`"${path}": ${error.message}`);
    if (error instanceof FormatError) throw new SondeError(`"${path}": not in executable format: ${error.message}`);
    if (error instanceof SondeError && error.message.startsWith(path)) throw new SondeError(name + error.message.slice(path.length));
    throw error;
  }
  if (!context.fromTerminal || options.symbols === false) return;
  const { main } = session.program;
  if (main) context.emit(textResult(readingText(main, name), 'file'));
}

/** What gdb says when it reads a file's symbols. */
export function readingText({ path, debugPath, debug }: Module, name = path): string {
  const separate = debugPath !== undefined && debugPath !== path ? `Reading symbols from ${debugPath}...\n` : '';
  const none = debug ? '' : `(No debugging symbols found in ${name})\n`;
  return `Reading symbols from ${name}...\n${separate}${none}`;
}

const unquote = (word: string): string => (/^(['"]).*\1$/.test(word) ? word.slice(1, -1) : word);

/** `~` is the home directory; the rest is relative to the current one. */
export function absolute(name: string): string {
  const expanded = name === '~' || name.startsWith('~/') ? homedir() + name.slice(1) : name;
  return isAbsolute(expanded) ? expanded : resolve(expanded);
}
