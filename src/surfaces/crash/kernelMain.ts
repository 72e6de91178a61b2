import { QuitRequest } from '../../commands/command.ts';
import { builtinAliases } from '../../commands/crash/alias.ts';
import { crashCommands } from '../../commands/crash/index.ts';
import { banner } from '../../commands/crash/sys.ts';
import type { KernelSession } from '../../session/kernelSession.ts';
import { ListedLines } from '../lineSource.ts';
import type { Options } from '../options.ts';
import { Output } from '../output.ts';
import { PipedInput } from '../script/pipedInput.ts';
import { CrashRunner } from './crashRunner.ts';

const prompt = 'crash> ';

/** A whole session on a kernel: the banner, the command line's commands, then input until its end. Answers the exit status. */
export async function runKernelSession(session: KernelSession, options: Options): Promise<number> {
  const output = new Output(session.settings, options);
  const runner = new CrashRunner(session, crashCommands, output);
  for (const [name, line] of builtinAliases) session.aliases.set(name, line);
  const isTerminal = process.stdin.isTTY === true && !options.batch;
  try {
    if (!options.batch && !options.quiet) banner(session, { emit: (result) => output.result(result) });
    for (const { kind, text } of [...options.earlyCommands, ...options.commands]) {
      await runner.runAll(new ListedLines([kind === 'file' ? `< ${text}` : text]));
    }
    if (options.batch) return runner.failed ? 1 : 0;
    await (isTerminal ? runner.runAll(await terminal(runner), prompt) : runner.runAll(new PipedInput(() => {})));
    return 0;
  } catch (error) {
    if (error instanceof QuitRequest) return error.status ?? 0;
    throw error;
  }
}

async function terminal({ session, output }: CrashRunner) {
  const { TerminalInput } = await import('../repl/terminal.ts');
  return new TerminalInput({
    settings: session.settings,
    output,
    interrupt: () => {},
    complete: (line) => {
      const [, before, word] = /^(\s*)(\S*)$/.exec(line) ?? [];
      if (word === undefined) return { words: [], from: line.length };
      return { words: crashCommands.map(({ name }) => name).filter((name) => name.startsWith(word)), from: before.length };
    },
  });
}
