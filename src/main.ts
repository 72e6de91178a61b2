import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, join } from 'node:path';
import { SondeError } from './base/errors.ts';
import { QuitRequest } from './commands/command.ts';
import { gdbCommands } from './commands/gdb/index.ts';
import { Registry } from './commands/registry.ts';
import { DebugSession } from './session/debugSession.ts';
import type { KernelSource } from './session/openKernel.ts';
import { helpText, versionText } from './surfaces/aboutText.ts';
import { kernelSource } from './surfaces/crash/kernelSource.ts';
import { onEveryEnd } from './surfaces/ends.ts';
import { ListedLines } from './surfaces/lineSource.ts';
import { type Options, parseOptions } from './surfaces/options.ts';
import { Output } from './surfaces/output.ts';
import { Runner } from './surfaces/runner.ts';
import { PipedInput } from './surfaces/script/pipedInput.ts';

const initFile = '.sondeinit';

async function main(): Promise<number> {
  const words = process.argv.slice(2);
  // `sonde crash …`: kernels, the running one when none is named.
  const asCrash = words[0] === 'crash';
  const options = parseOptions(asCrash ? words.slice(1) : words);
  if (/gdb$/.test(basename(process.argv[1] ?? ''))) options.gdb = true;
  const session = new DebugSession();
  const output = new Output(session.settings, options);
  if (options.action) {
    output.write(options.action === 'help' ? helpText : versionText(options.gdb));
    return 0;
  }
  const kernel = kernelSource(options, asCrash);
  if (kernel) return runKernel(kernel, options);
  if (!options.args && options.files.length > 2)
    process.stderr.write(`Excess command line arguments ignored. (${options.files[2]}${options.files.length > 3 ? ' ...' : ''})\n`);
  onEveryEnd(() => session.close());
  if (options.gdb) session.settings.set('prompt', '(gdb) ');
  if (options.batch) {
    session.settings.set('width', Number.POSITIVE_INFINITY);
    session.settings.set('height', Number.POSITIVE_INFINITY);
  }
  if (options.changeDirectory !== undefined) process.chdir(options.changeDirectory);
  const runner = new Runner(session, new Registry(gdbCommands), output, options);
  const isTerminal = process.stdin.isTTY === true && !options.batch;
  if (!options.batch && !options.quiet) output.write(versionText(options.gdb));
  try {
    await startUp(runner, options);
    if (options.batch) return await leave(runner, options);
    const input = isTerminal ? await terminal(runner) : new PipedInput((text) => output.write(text));
    // The end of input means quit, which a person may think better of.
    for (;;) {
      await runner.runAll(input, { stopAtError: false });
      await runner.executeShowingErrors('quit', input);
    }
  } catch (error) {
    if (error instanceof QuitRequest) {
      if (session.live?.attached && !options.batch)
        output.write(`Detaching from program: ${session.program.executable?.path ?? ''}, process ${session.live.pid}\n`);
      end(session);
      return error.status;
    }
    throw error;
  }
}

async function runKernel(source: KernelSource, options: Options): Promise<number> {
  const [{ openKernel }, { runKernelSession }] = await Promise.all([
    import('./session/openKernel.ts'),
    import('./surfaces/crash/kernelMain.ts'),
  ]);
  return runKernelSession(openKernel(source), options);
}

async function terminal({ session, registry, output }: Runner) {
  const [{ TerminalInput }, { complete }] = await Promise.all([import('./surfaces/repl/terminal.ts'), import('./commands/completion.ts')]);
  return new TerminalInput({
    settings: session.settings,
    output,
    interrupt: () => session.live && session.control.interrupt(),
    complete: (line) => complete(session, registry, line),
  });
}

/** Everything before the first prompt, in gdb's order. */
async function startUp(runner: Runner, options: Options): Promise<void> {
  const { session } = runner;
  await execute(runner, options.earlyCommands, options);
  if (!options.noInit && !options.noHomeInit) await sourceInit(runner, join(homedir(), initFile));
  if (options.terminal !== undefined) session.settings.set('inferior-tty', options.terminal);
  for (const directory of options.directories) await command(runner, `directory ${directory}`, options);
  await loadFiles(runner, options);
  if (!options.noInit && process.cwd() !== homedir()) await sourceInit(runner, join(process.cwd(), initFile));
  await execute(runner, options.commands, options);
}

async function loadFiles(runner: Runner, options: Options): Promise<void> {
  const { session } = runner;
  if (options.program !== undefined) await command(runner, `file ${options.program}`, options);
  if (options.executable !== undefined) await command(runner, `exec-file ${options.executable}`, options);
  if (options.symbols !== undefined) await command(runner, `symbol-file ${options.symbols}`, options);
  if (options.args) session.settings.set('args', options.args.map(quoteArgument).join(' '));
  if (options.core !== undefined) await command(runner, `core-file ${options.core}`, options);
  if (options.pid !== undefined) await command(runner, `attach ${options.pid}`, options);
  if (options.coreOrPid === undefined) return;
  const isPid = /^\d+$/.test(options.coreOrPid) && !existsSync(options.coreOrPid);
  await command(runner, isPid ? `attach ${options.coreOrPid}` : `core-file ${options.coreOrPid}`, options);
}

/** As the shell that will start the program must see it. */
const quoteArgument = (word: string): string => (word === '' ? "''" : word.replace(/[^\w/.,:=@%+-]/g, (letter) => `\\${letter}`));

async function execute(runner: Runner, commands: Options['commands'], options: Options): Promise<void> {
  for (const { kind, text } of commands) await command(runner, kind === 'file' ? `source ${text}` : text, options);
}

/** As if typed, but not repeated by an empty line. */
async function command(runner: Runner, line: string, options: Options): Promise<void> {
  const source = new ListedLines([]);
  await runner.executeShowingErrors(line, { isInput: !options.batch, isTerminal: false, next: () => source.next() });
}

async function sourceInit(runner: Runner, path: string): Promise<void> {
  if (!existsSync(path)) return;
  try {
    await runner.runAll(new ListedLines(readFileSync(path, 'utf8').split('\n'), path), { stopAtError: true });
  } catch (error) {
    if (!(error instanceof SondeError)) throw error;
    runner.output.error(error.message);
  }
}

/** The end of `-batch`: 1 if the last command failed, or what the program returned with `--return-child-result`. */
async function leave({ session, failed }: Runner, options: Options): Promise<number> {
  const stop = session.control.lastStop?.reason;
  end(session);
  if (options.returnChildResult && stop?.kind === 'exited') return stop.code;
  return failed ? 1 : 0;
}

/** An orderly end says what becomes of a process that was attached to. */
function end(session: DebugSession): void {
  if (session.live?.attached) session.control.detach();
  session.close();
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    if (!(error instanceof SondeError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  },
);
