import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import { SondeError } from './base/errors.ts';
import { QuitRequest } from './commands/command.ts';
import { gdbCommands } from './commands/gdb/index.ts';
import { memoryWords } from './commands/memory/index.ts';
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
import { startUp } from './surfaces/startUp.ts';

async function main(): Promise<number> {
  const [word, ...words] = process.argv.slice(2);
  if (memoryWords.has(word) && !existsSync(word)) return runMemoryCommand(word, words);
  const options = parseOptions(process.argv.slice(2));
  if (/gdb$/.test(basename(process.argv[1] ?? ''))) options.gdb = true;
  const session = new DebugSession();
  const output = new Output(session.settings, options);
  if (options.action) {
    output.write(options.action === 'help' ? helpText : versionText(options.gdb));
    return 0;
  }
  const kernel = kernelSource(options);
  if (kernel && options.pid === undefined) return runKernel(kernel, options);
  if (kernel) Object.assign(options, processIn(kernel));
  if (!options.args && options.files.length > 2)
    process.stderr.write(`Excess command line arguments ignored. (${options.files[2]}${options.files.length > 3 ? ' ...' : ''})\n`);
  onEveryEnd(() => session.close());
  if (options.gdb) session.settings.set('prompt', '(gdb) ');
  if (options.batch) session.settings.set('width', Number.POSITIVE_INFINITY);
  if (options.batch || !process.stdout.isTTY) session.settings.set('height', Number.POSITIVE_INFINITY);
  if (!process.stdin.isTTY) session.settings.set('editing', false);
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
      return endStatus(session, options, error.status);
    }
    throw error;
  }
}

/** A process inside a kernel is asked for: a program beside the dump is that process's. */
const processIn = ({ debugKernel, ...kernel }: KernelSource): Partial<Options> => ({
  kernel,
  program: debugKernel,
  core: undefined,
  coreOrPid: undefined,
  files: [],
});

/** `sonde vm -p 115`: one command, no session. */
async function runMemoryCommand(word: string, words: readonly string[]): Promise<number> {
  const session = new DebugSession();
  for (const edge of ['width', 'height']) session.settings.set(edge, Number.POSITIVE_INFINITY);
  const output = new Output(session.settings, { json: words.includes('--json'), batchSilent: false });
  const runner = new Runner(session, new Registry(gdbCommands), output, { batch: true });
  const line = [word, ...words.filter((other) => other !== '--json')].join(' ');
  return (await runner.executeShowingErrors(line, new ListedLines([]))) ? 0 : 1;
}

async function runKernel(source: KernelSource, options: Options): Promise<number> {
  const [{ openKernel }, { runKernelSession }] = await Promise.all([
    import('./session/openKernel.ts'),
    import('./surfaces/crash/kernelMain.ts'),
  ]);
  return runKernelSession(await openKernel(source), options);
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

/** The end of `-batch`: 1 if the last command failed, or what the program returned with `--return-child-result`. */
async function leave({ session, failed }: Runner, options: Options): Promise<number> {
  const status = endStatus(session, options, failed ? 1 : undefined);
  end(session);
  return status;
}

/** With `--return-child-result` it is the program's unless sonde was told one; −1 stands for a program that did not exit. */
function endStatus(session: DebugSession, { returnChildResult }: Options, told: number | undefined): number {
  if (told !== undefined || !returnChildResult) return told ?? 0;
  const stop = session.control.lastStop?.reason;
  return stop?.kind === 'exited' ? stop.code : 255;
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
