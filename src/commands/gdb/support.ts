import { existsSync, readFileSync } from 'node:fs';
import { SondeError } from '../../base/errors.ts';
import { fileErrorText } from '../../linux/errno.ts';
import type { Session } from '../../session/session.ts';
import { defaultSourcePath } from '../../session/sources.ts';
import { type Command, type CommandContext, textResult } from '../command.ts';
import { absolute } from './files.ts';

/** pwd, cd, directory: where things are looked for. */
export const directoryCommands: readonly Command[] = [
  {
    name: 'pwd',
    group: 'files',
    summary: 'Print working directory.',
    help: 'Usage: pwd\nThis is used for your program as well.',
    completes: 'none',
    run: (_, { emit }) => emit(textResult(`Working directory ${process.cwd()}.\n`)),
  },
  {
    name: 'cd',
    group: 'files',
    summary: 'Set working directory to DIR for debugger.',
    completes: 'file',
    run: (args, context) => changeDirectory(args, context),
  },
  {
    name: 'directory',
    aliases: ['dir'],
    group: 'files',
    summary: 'Add directory DIR to beginning of search path for source files.',
    help: 'Forget cached info on source file locations and line positions.\nDIR can also be $cwd for the current working directory, or $cdir for the\ndirectory in which the source file was compiled into object code.\nWith no argument, reset the search path to $cdir:$cwd, the default.',
    completes: 'file',
    run: addDirectories,
  },
  {
    name: 'set directories',
    group: 'support',
    summary: 'Set the search path for finding source files.',
    help: '$cwd in the path means the current working directory.\nThis path is equivalent to the $cdir shell variable.',
    completes: 'file',
    run: setDirectories,
  },
  {
    name: 'show directories',
    group: 'status',
    summary: 'Show the search path for finding source files.',
    completes: 'none',
    run: (_, { session, emit }) => emit(searchPathResult(session)),
  },
];

function changeDirectory(args: string, { emit, fromTerminal }: CommandContext): void {
  const path = absolute(args === '' ? '~' : args);
  try {
    process.chdir(path);
  } catch (error) {
    throw new SondeError(`${args === '' ? path : args}: ${fileErrorText(error)}.`);
  }
  if (fromTerminal) emit(textResult(`Working directory ${process.cwd()}.\n`));
}

async function addDirectories(args: string, { session, emit, query, fromTerminal }: CommandContext): Promise<void> {
  if (args === '') {
    if (fromTerminal && !(await query('Reinitialize source path to empty? '))) throw new SondeError('Not confirmed.');
    session.sources.path = defaultSourcePath;
  } else {
    const added = sourcePath(args, emit);
    session.sources.path = [...added, ...session.sources.path.filter((known) => !added.includes(known))];
  }
  if (fromTerminal) emit(searchPathResult(session));
}

/** `set directories` replaces the path; what follows `$cdir` and `$cwd` are never without. */
function setDirectories(args: string, { session, emit }: CommandContext): void {
  const path = sourcePath(args, emit);
  session.sources.path = [...path, ...defaultSourcePath.filter((place) => !path.includes(place))];
}

/** Folders between colons or blanks; those that don't exist get a warning and are kept. */
function sourcePath(text: string, emit: CommandContext['emit']): string[] {
  const words = text.split(/[\s:]+/).filter((word) => word !== '');
  return words.map((word) => {
    if (/^\$c(dir|wd)(\/|$)/.test(word)) return word;
    const path = absolute(word).replace(/(?<=.)\/+$/, '');
    if (!existsSync(path)) emit({ ...textResult(`Warning: ${path}: No such file or directory.\n`), stream: 'stderr' });
    return path;
  });
}

const searchPathResult = ({ sources }: Session) => textResult(`Source directories searched: ${sources.path.join(':')}\n`);

/** The lines of a script, or why they can't be had. */
export function readScript(path: string): { readonly lines: readonly string[] } | { readonly problem: string } {
  try {
    return { lines: readFileSync(absolute(path), 'utf8').split('\n') };
  } catch (error) {
    return { problem: fileErrorText(error) };
  }
}
