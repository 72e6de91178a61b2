import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, resolve } from 'node:path';
import { FormatError, SondeError } from '../../base/errors.ts';
import { WrongFileError } from '../../formats/elf/elf.ts';
import type { Module } from '../../program/module.ts';
import type { ProgramUse } from '../../session/session.ts';
import { type Command, type CommandContext, textResult } from '../command.ts';

/** Which program is debugged. */
export const fileCommands: readonly Command[] = [
  {
    name: 'file',
    group: 'files',
    summary: 'Use FILE as program to be debugged.',
    help: "It is read for its symbols, for getting the contents of pure memory,\nand it is the program executed when you use the `run' command.\nIf FILE cannot be found as specified, your execution directory path\n($PATH) is searched for a command of that name.\nNo arg means to have no executable file and no symbols.",
    completes: 'file',
    run: (args, context) => load(args, context, 'executable and symbols'),
  },
  {
    name: 'exec-file',
    group: 'files',
    summary: 'Use FILE as program for getting contents of pure memory.',
    help: 'If FILE cannot be found as specified, your execution directory path\nis searched for a command of that name.\nNo arg means have no executable file.',
    completes: 'file',
    run: (args, context) => load(args, context, 'executable'),
  },
  {
    name: 'symbol-file',
    group: 'files',
    summary: 'Load symbol table from executable file FILE.',
    help: "Usage: symbol-file [-readnow | -readnever] FILE\nThe `file' command can also load symbol tables, as well as setting the file\nto execute.",
    completes: 'file',
    run: (args, context) => load(args, context, 'symbols'),
  },
];

async function load(args: string, context: CommandContext, use: ProgramUse): Promise<void> {
  const { session, fromTerminal } = context;
  const ask = async (question: string, refusal: string): Promise<void> => {
    if (fromTerminal && !(await context.query(question))) throw new SondeError(refusal);
  };
  if (use !== 'symbols') {
    if (session.live) await ask('A program is being debugged already.\nAre you sure you want to change the file? ', 'File not changed.');
    loadExecutable(args, context);
  }
  if (use === 'executable') return;
  const symbolsKnown = session.program.modules.some(({ debug }) => debug !== undefined);
  if (args === '') {
    const { symbolFile } = session.program;
    if (symbolsKnown)
      await ask(symbolFile ? `Discard symbol table from \`${symbolFile.path}'? ` : 'Discard symbol table? ', 'Not confirmed.');
    session.loadProgram(undefined, 'symbols');
    if (fromTerminal) context.emit(textResult('No symbol file now.\n'));
    return;
  }
  const name = fileName(args);
  if (symbolsKnown && existsSync(absolute(name))) await ask(`Load new symbol table from "${name}"? `, 'Not confirmed.');
  open(name, context, 'symbols');
  const { symbolFile } = session.program;
  if (fromTerminal && symbolFile) context.emit(textResult(readingText(symbolFile, name), 'file'));
}

function loadExecutable(args: string, context: CommandContext): void {
  if (args !== '') return open(fileName(args), context, 'executable');
  context.session.loadProgram(undefined, 'executable');
  if (context.fromTerminal) context.emit(textResult('No executable file now.\n'));
}

/** Throws gdb's words for what can't be read. */
function open(name: string, { session }: CommandContext, use: ProgramUse): void {
  const path = absolute(name);
  try {
    session.loadProgram(path, use);
  } catch (error) {
    if (error instanceof WrongFileError) throw new SondeError(`"${path}": ${error.message}`);
    if (error instanceof FormatError) throw new SondeError(`"${path}": not in executable format: ${error.message}`);
    if (error instanceof SondeError && error.message.startsWith(path)) throw new SondeError(name + error.message.slice(path.length));
    throw error;
  }
}

const fileName = (args: string): string => unquote(args.replace(/^-(readnow|readnever)\s+/, ''));

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
