import { spawnSync } from 'node:child_process';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { SondeError } from '../../base/errors.ts';
import { QuitRequest } from '../../commands/command.ts';
import { type CrashCommand, type CrashContext, synopsisText, UsageError } from '../../commands/crash/command.ts';
import { findCrashCommand } from '../../commands/crash/index.ts';
import type { DebugSession } from '../../session/debugSession.ts';
import type { KernelSession } from '../../session/kernelSession.ts';
import { type LineSource, ListedLines } from '../lineSource.ts';
import type { Output } from '../output.ts';
import type { Runner as ProcessRunner } from '../runner.ts';
import { type CommandLine, parseCommandLine } from './commandLine.ts';

/** Executes lines of crash's language on a kernel: commands, aliases, pipes, files, the shell. */
export class CrashRunner {
  readonly session: KernelSession;
  readonly output: Output;
  readonly #commands: readonly CrashCommand[];
  /** Did the last command fail? */
  failed = false;
  #depth = 0;
  readonly #processRunners = new WeakMap<DebugSession, ProcessRunner>();

  constructor(session: KernelSession, commands: readonly CrashCommand[], output: Output) {
    this.session = session;
    this.output = output;
    this.#commands = commands;
  }

  /** Reads and executes until the source ends. An error is shown and does not end it. Throws QuitRequest. */
  async runAll(source: LineSource, prompt = ''): Promise<void> {
    for (;;) {
      const line = await source.next(prompt);
      if (line === undefined) return;
      if (source.isInput) this.output.lineRead();
      await this.executeShowingErrors(line);
    }
  }

  async executeShowingErrors(line: string): Promise<void> {
    this.failed = false;
    try {
      await this.execute(line);
    } catch (error) {
      if (!(error instanceof SondeError)) throw error;
      this.failed = true;
      this.output.error(error.message);
    }
  }

  /** Throws SondeError with the whole line to show: the command's name and what is wrong. */
  async execute(line: string): Promise<void> {
    const text = line.trim();
    if (text === '' || text.startsWith('#')) return;
    if (text.startsWith('!')) return this.#shell(text.slice(1));
    if (text.startsWith('<')) return this.#runFile(text.slice(1).trim());
    const parsed = parseCommandLine(text);
    const alias = this.session.aliases.get(parsed.command)?.line;
    if (alias !== undefined && this.#depth < 16) return this.#nested(() => this.execute(`${alias} ${text.slice(parsed.command.length)}`));
    if (!parsed.destination) return this.#run(parsed);
    let failure: unknown;
    const collected = await this.output.captured(() => this.#run(parsed).catch((error) => (failure = error)));
    this.#deliver(collected, parsed.destination);
    if (failure) throw failure;
  }

  async #run(typed: CommandLine): Promise<void> {
    const line = this.#asStructure(typed);
    const command = findCrashCommand(this.#commands, line.command);
    if (!command) throw new SondeError(`crash: command not found: ${line.command}`);
    const asJson = line.args.includes('--json');
    const args = line.args.filter((word) => word !== '--json');
    const context: CrashContext = {
      session: this.session,
      calledAs: line.command,
      emit: (result) => this.output.result(result, asJson),
      execute: (other) => this.#nested(() => this.execute(other)),
      executeInProcess: (other) => this.#executeInProcess(other),
      interrupted,
      commands: this.#commands,
    };
    this.session.refresh();
    try {
      await command.run(command.raw ? [line.argumentText.replace(/\s*--json\b/, '')] : args, context);
    } catch (error) {
      throw inCrashWords(error, command, line.command);
    }
  }

  /** `list_head init_task` is `struct list_head init_task`. */
  #asStructure(line: CommandLine): CommandLine {
    const { command, args, argumentText } = line;
    const tag = command.replace(/\..*$/s, '');
    if (findCrashCommand(this.#commands, command) || !/^[a-z_]\w*$/i.test(tag)) return line;
    const keyword = this.session.kernel.types.struct(tag)?.keyword;
    return keyword === undefined
      ? line
      : { ...line, command: keyword, args: [command, ...args], argumentText: `${command} ${argumentText}` };
  }

  /** Each process has gdb's vocabulary of its own: convenience variables, the selected frame. */
  async #executeInProcess(line: string): Promise<void> {
    const { session } = this.session.process(this.session.context);
    const [{ Runner }, { Registry }, { gdbCommands }] = await Promise.all([
      import('../runner.ts'),
      import('../../commands/registry.ts'),
      import('../../commands/gdb/index.ts'),
    ]);
    let runner = this.#processRunners.get(session);
    if (!runner) {
      runner = new Runner(session, new Registry(gdbCommands), this.output, { batch: false });
      this.#processRunners.set(session, runner);
    }
    await runner.execute(line, new ListedLines([]));
  }

  /** Commands that execute others: an alias of itself must end. */
  async #nested(work: () => Promise<void>): Promise<void> {
    if (this.#depth >= 32) throw new SondeError('crash: commands are nested too deeply');
    this.#depth++;
    try {
      await work();
    } finally {
      this.#depth--;
    }
  }

  #shell(command: string): void {
    spawnSync(process.env.SHELL || '/bin/sh', command.trim() === '' ? [] : ['-c', command], { stdio: 'inherit' });
  }

  #deliver(text: string, { kind, target }: NonNullable<CommandLine['destination']>): void {
    if (target === '') throw new SondeError(`crash: ${kind === 'pipe' ? 'pipe' : 'redirection'} has no target`);
    try {
      if (kind === 'pipe') spawnSync('/bin/sh', ['-c', target], { input: text, stdio: ['pipe', 'inherit', 'inherit'] });
      else if (kind === 'append') appendFileSync(target, text);
      else writeFileSync(target, text);
    } catch (error) {
      throw new SondeError(`crash: cannot write to ${target}: ${(error as Error).message}`);
    }
  }

  async #runFile(path: string): Promise<void> {
    let text: string;
    try {
      text = readFileSync(path, 'utf8');
    } catch {
      throw new SondeError(`crash: cannot open input file: ${path}`);
    }
    await this.#nested(() => this.runAll(new ListedLines(text.split('\n'))));
  }
}

function interrupted(milliseconds: number): Promise<boolean> {
  return new Promise((resolve) => {
    const end = (byUser: boolean) => {
      clearTimeout(timer);
      process.off('SIGINT', onInterrupt);
      resolve(byUser);
    };
    const onInterrupt = () => end(true);
    const timer = setTimeout(() => end(false), milliseconds);
    process.once('SIGINT', onInterrupt);
  });
}

/** crash puts the command's name before what is wrong, and shows the usage of one that was called wrongly. */
function inCrashWords(error: unknown, command: CrashCommand, calledAs: string): unknown {
  if (error instanceof QuitRequest || !(error instanceof SondeError)) return error;
  if (!(error instanceof UsageError)) return new SondeError(`${calledAs}: ${error.message}`);
  const problem = error.message === '' ? '' : `${calledAs}: ${error.message}\n`;
  return new SondeError(`${problem}${usageText(command)}`);
}

const usageText = (command: CrashCommand): string => `Usage:\n${synopsisText(command)}\nEnter "help ${command.name}" for details.`;
