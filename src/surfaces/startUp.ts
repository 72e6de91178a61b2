import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { SondeError } from '../base/errors.ts';
import { mayAutoLoad } from '../session/autoLoad.ts';
import type { KernelSource } from '../session/openKernel.ts';
import { ListedLines } from './lineSource.ts';
import type { Options } from './options.ts';
import type { Runner } from './runner.ts';

const initFile = '.sondeinit';

/** Everything before the first prompt, in gdb's order: the user's file, -iex and -ix, files and processes, the folder's file, -ex and -x. */
export async function startUp(runner: Runner, options: Options): Promise<void> {
  const { session } = runner;
  // Both are meant as of now: -cd comes later.
  const home = join(homedir(), initFile);
  const local = resolve(initFile);
  if (!options.noInit && !options.noHomeInit) await sourceInit(runner, home);
  await execute(runner, options.earlyCommands, options);
  if (options.changeDirectory !== undefined) await silently(runner, `cd ${options.changeDirectory}`);
  if (options.terminal !== undefined) session.settings.set('inferior-tty', options.terminal);
  for (const directory of options.directories) await silently(runner, `directory ${directory}`);
  await loadFiles(runner, options);
  if (!options.noInit && local !== home) await sourceLocalInit(runner, local, home);
  await execute(runner, options.commands, options);
}

async function loadFiles(runner: Runner, options: Options): Promise<void> {
  const { session } = runner;
  if (options.program !== undefined) await command(runner, `file ${options.program}`, options);
  if (options.executable !== undefined) await command(runner, `exec-file ${options.executable}`, options);
  if (options.symbols !== undefined) await command(runner, `symbol-file ${options.symbols}`, options);
  if (options.args) session.settings.set('args', options.args.map(quoteArgument).join(' '));
  if (options.core !== undefined) await command(runner, `core-file ${options.core}`, options);
  if (options.kernel) await openProcessIn(options.kernel, runner, options);
  else if (options.pid !== undefined) await command(runner, `attach ${options.pid}`, options);
  const second = options.coreOrPid;
  if (second === undefined) return;
  // What may be a process id is tried as one first, even where a file is called so.
  const attached = /^\d/.test(second) && (await command(runner, `attach ${second}`, options));
  if (!attached) await command(runner, `core-file ${second}`, options);
}

/** A process of a kernel. Throws SondeError where there is none: there is nothing else to look at. */
async function openProcessIn(kernel: KernelSource, { session, output }: Runner, { pid }: Options): Promise<void> {
  if (!/^\d+$/.test(pid ?? '')) throw new SondeError(`Illegal process-id: ${pid}.`);
  const { kernelProcessResults } = await import('../commands/gdb/kernelProcess.ts');
  for (const result of await kernelProcessResults(session, kernel, Number(pid))) output.result(result);
}

/** As the shell that will start the program must see it. */
const quoteArgument = (word: string): string => (word === '' ? "''" : word.replace(/[^\w/.,:=@%+-]/g, (letter) => `\\${letter}`));

async function execute(runner: Runner, commands: Options['commands'], options: Options): Promise<void> {
  for (const { kind, text } of commands) await command(runner, kind === 'file' ? `source ${text}` : text, options);
}

/** It says nothing unless it fails. */
const silently = (runner: Runner, line: string): Promise<boolean> => runner.executeShowingErrors(line, new ListedLines([]));

/** As if typed, but not repeated by an empty line. False if it failed. */
function command(runner: Runner, line: string, options: Options): Promise<boolean> {
  const source = new ListedLines([]);
  return runner.executeShowingErrors(line, { isInput: !options.batch, isTerminal: false, next: () => source.next() });
}

/** A file in the folder that sonde happens to be started in may be anybody's: it is read only where the user said so. */
async function sourceLocalInit(runner: Runner, path: string, home: string): Promise<void> {
  const { settings } = runner.session;
  if (!existsSync(path) || !settings.boolean('auto-load local-gdbinit')) return;
  if (mayAutoLoad(path, settings)) await sourceInit(runner, path);
  else runner.output.write(declinedText(path, settings.text('auto-load safe-path'), home), 'stderr');
}

const declinedText = (path: string, safePath: string, home: string): string =>
  `warning: File "${path}" auto-loading has been declined by your \`auto-load safe-path' set to "${safePath}".
To enable execution of this file add
\tadd-auto-load-safe-path ${path}
line to your configuration file "${home}".
To completely disable this security protection add
\tset auto-load safe-path /
line to your configuration file "${home}".
`;

async function sourceInit(runner: Runner, path: string): Promise<void> {
  if (!existsSync(path)) return;
  try {
    await runner.runAll(new ListedLines(readFileSync(path, 'utf8').split('\n'), path), { stopAtError: true });
  } catch (error) {
    if (!(error instanceof SondeError)) throw error;
    runner.output.error(error.message);
  }
}
