import { closeSync, constants, openSync } from 'node:fs';
import { SondeError } from '../../base/errors.ts';
import { fileErrorText } from '../../linux/errno.ts';
import { interruptThread, resumeThread, seize, setOptions, traceEvent, traceOption } from '../../linux/ptrace.ts';
import { sendSignal } from '../../linux/signal.ts';
import { SIG, signalDescription, signalName } from '../../linux/signals.ts';
import { makeStandardStreamsBlocking, spawn } from '../../linux/spawn.ts';
import { type WaitStatus, waitChild, waitUntracedChild } from '../../linux/wait.ts';
import { LiveProcess } from './process.ts';
import { TerminalOwner } from './terminalOwner.ts';

export interface LaunchOptions {
  /** Absolute path of the program. */
  readonly program: string;
  /** What `set args` says: the shell sees it as it is, redirections and globs included. */
  readonly args: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** `set cwd`. */
  readonly directory?: string;
  /** `tty FILE`. */
  readonly terminal?: string;
  /** `set startup-with-shell`. */
  readonly withShell: boolean;
  /** `set exec-wrapper`. */
  readonly wrapper?: string;
  readonly disableRandomization: boolean;
}

/**
 * Starts the program and returns when it is about to execute its first instruction. Throws what gdb says if it doesn't get there.
 *
 * posix_spawn can't call PTRACE_TRACEME in the child, so a small shell stops itself first, is seized, and becomes the
 * user's shell, which becomes the program.
 */
export function launch(options: LaunchOptions): LiveProcess {
  makeStandardStreamsBlocking();
  if (options.terminal !== undefined) checkTerminal(options.terminal);
  const command = shellCommand(options);
  const pid = spawn({
    path: '/bin/sh',
    argv: ['sh', '-c', 'kill -STOP $$; exec "$@"', 'sh', processShell(), '-c', command],
    environment: options.environment,
    directory: options.directory,
    group: options.terminal === undefined ? 'own' : 'session',
    terminal: options.terminal,
    randomize: !options.disableRandomization,
  });
  const first = waitUntracedChild(pid);
  if (first?.kind !== 'stopped') throw startupFailure(first);
  seize(pid, traceOption.exec | traceOption.exitKill);
  sendSignal(pid, SIG.CONT);
  // The shell, the wrapper, the program.
  runToExec(pid, options.wrapper ? 3 : 2);

  const target = new LiveProcess(pid, false, new TerminalOwner(options.terminal === undefined));
  target.addThread(pid);
  setOptions(pid, traceOptions | traceOption.exitKill);
  return target;
}

/** The child opens it; only here can be said that it was not the shell that is missing. */
function checkTerminal(path: string): void {
  try {
    closeSync(openSync(path, constants.O_RDWR | constants.O_NOCTTY));
  } catch (error) {
    throw new SondeError(`${path}: ${fileErrorText(error)}.\nDuring startup program exited with code 1.`);
  }
}

/** The user's shell: sonde's `$SHELL`, not the program's. */
const processShell = (): string => process.env.SHELL || '/bin/sh';

/** What every traced process has; new threads and children inherit it. */
export const traceOptions =
  traceOption.sysgood | traceOption.fork | traceOption.vfork | traceOption.clone | traceOption.exec | traceOption.vforkDone;

function shellCommand({ program, args, wrapper, withShell }: LaunchOptions): string {
  const words = withShell ? args : splitWords(args).map(quote).join(' ');
  return `exec ${wrapper ? `${wrapper} ` : ''}${quote(program)}${words ? ` ${words}` : ''}`;
}

/** A word that the shell takes literally. */
const quote = (word: string): string => (/^[\w/.,:=@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`);

/** Without a shell, arguments are split at blanks; quotes and backslashes protect (gdb_argv). */
function splitWords(text: string): string[] {
  const words: string[] = [];
  for (const match of text.matchAll(/(?:[^\s"'\\]|\\.|"(?:[^"\\]|\\.)*"|'[^']*')+/g)) {
    words.push(
      match[0].replace(
        /\\(.)|"((?:[^"\\]|\\.)*)"|'([^']*)'/g,
        (_, escaped, double, single) => escaped ?? double?.replace(/\\(.)/g, '$1') ?? single,
      ),
    );
  }
  return words;
}

function runToExec(pid: number, execs: number): void {
  let left = execs;
  for (;;) {
    const status = waitChild(pid)?.status;
    if (status?.kind !== 'stopped') {
      if (status) throw startupFailure(status);
      continue;
    }
    if (status.event === traceEvent.exec && --left === 0) break;
    resumeThread(pid, 'continue', status.event === 0 ? status.signal : 0);
  }
  // The exec event comes from inside the system call. One more stop at its very end, so that the registers are the program's.
  interruptThread(pid);
  resumeThread(pid, 'continue', 0);
  while (waitChild(pid)?.status.kind === undefined);
}

function startupFailure(status: WaitStatus | undefined): SondeError {
  if (status?.kind === 'killed') {
    return new SondeError(
      `During startup program terminated with signal ${signalName(status.signal)}, ${signalDescription(status.signal)}.`,
    );
  }
  return new SondeError(
    `During startup program exited${status?.kind === 'exited' && status.code !== 0 ? ` with code ${status.code}` : ' normally'}.`,
  );
}
