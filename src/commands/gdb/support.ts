import { existsSync, readFileSync } from 'node:fs';
import { SondeError } from '../../base/errors.ts';
import { fileErrorText } from '../../linux/errno.ts';
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
    name: 'show directories',
    group: 'status',
    summary: 'Show the search path for finding source files.',
    completes: 'none',
    run: (_, { session, emit }) => emit(textResult(`Source directories searched: ${session.sources.searchPath}\n`)),
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
    session.sources.directories = [];
  } else {
    const added = args
      .split(/[\s:]+/)
      .filter((word) => word !== '' && word !== '$cdir' && word !== '$cwd')
      .map(absolute);
    for (const directory of added.filter((path) => !existsSync(path))) {
      emit({ ...textResult(`Warning: ${directory}: No such file or directory.\n`), stream: 'stderr' });
    }
    session.sources.directories = [...added, ...session.sources.directories.filter((known) => !added.includes(known))];
  }
  if (fromTerminal) emit(textResult(`Source directories searched: ${session.sources.searchPath}\n`));
}

/** The lines of a script. */
export function readScript(path: string): string[] {
  try {
    return readFileSync(absolute(path), 'utf8').split('\n');
  } catch (error) {
    throw new SondeError(`${path}: ${fileErrorText(error)}.`);
  }
}
