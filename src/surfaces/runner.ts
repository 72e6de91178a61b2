import { SondeError } from '../base/errors.ts';
import { type CommandContext, QuitRequest } from '../commands/command.ts';
import { eventResults } from '../commands/gdb/eventText.ts';
import { checkNeeds, type Found, type Registry } from '../commands/registry.ts';
import type { DebugSession } from '../session/debugSession.ts';
import { type LineSource, ListedLines, nextLogicalLine } from './lineSource.ts';
import type { Output } from './output.ts';

/** Executes command lines on a session and shows what they find. */
export class Runner {
  readonly session: DebugSession;
  readonly registry: Registry;
  readonly output: Output;
  readonly #batch: boolean;
  /** Inner sources last: a script that a script sourced. */
  readonly #sources: LineSource[] = [];
  #repeatable: string | undefined;
  #previous: string | undefined;
  /** Did the last command fail? `-batch` ends with it. */
  failed = false;

  constructor(session: DebugSession, registry: Registry, output: Output, options: { batch: boolean }) {
    this.session = session;
    this.registry = registry;
    this.output = output;
    this.#batch = options.batch;
    session.onEvent((event) => {
      for (const result of eventResults(session, event)) output.result(result);
    });
  }

  /** Reads and executes until the source ends; errors are shown and do not end it, except in scripts. Throws QuitRequest. */
  async runAll(source: LineSource, options: { stopAtError: boolean }): Promise<void> {
    this.#sources.push(source);
    try {
      for (;;) {
        const line = await nextLogicalLine(source, source.isInput ? this.session.settings.text('prompt') : '');
        if (line === undefined) return;
        if (source.isInput) this.output.lineRead();
        if (source.isInput) await this.executeShowingErrors(line, source);
        else if (options.stopAtError) await this.#executeInScript(line, source);
        else await this.execute(line, source);
      }
    } finally {
      this.#sources.pop();
    }
  }

  async #executeInScript(line: string, source: LineSource): Promise<void> {
    const where = source.where?.();
    try {
      await this.execute(line, source);
    } catch (error) {
      if (!(error instanceof SondeError) || where === undefined) throw error;
      throw new SondeError(`${where}: Error in sourced command file:\n${error.message}`);
    }
  }

  /** False if it failed. */
  async executeShowingErrors(line: string, source: LineSource): Promise<boolean> {
    try {
      await this.execute(line, source);
      this.failed = false;
      return true;
    } catch (error) {
      this.#show(error);
      this.failed = true;
      return false;
    }
  }

  #show(error: unknown): void {
    if (error instanceof SondeError) this.output.error(error.message);
    else if (error instanceof QuitRequest) throw error;
    else if (error instanceof RangeError && /call stack/i.test(error.message)) this.output.error('Command nested too deeply.');
    else throw error;
  }

  /** One line as typed. An empty one from input repeats the last command. Throws SondeError, QuitRequest. */
  async execute(line: string, source: LineSource): Promise<void> {
    const isRepetition = line.trim() === '' && source.isInput;
    const text = isRepetition ? (this.#repeatable ?? '') : line;
    const found = this.registry.find(text);
    if (!found) return;
    if (this.session.settings.boolean('trace-commands')) this.output.write(`+${text}\n`);
    this.#previous = this.#repeatable;
    if (source.isInput) this.#remember(text, found);
    await this.#run(found, source, isRepetition);
    await this.#breakpointCommands();
  }

  #remember(text: string, { command }: Found): void {
    if (command.repeats === false) this.#repeatable = undefined;
    else this.#repeatable = command.repeats === 'without arguments' ? (/^\s*[A-Za-z_]+/.exec(text)?.[0] ?? text) : text;
  }

  async #run({ command, args }: Found, source: LineSource, repeated: boolean): Promise<void> {
    checkNeeds(command.needs, this.session);
    await command.run(args, this.#context(source, repeated));
  }

  /** What the breakpoints that were hit are to do. */
  async #breakpointCommands(): Promise<void> {
    const lines = this.session.control.takeBreakpointCommands();
    if (lines.length === 0) return;
    await this.runAll(new ListedLines(lines), { stopAtError: false });
  }

  /** Part of another command: it says as much as that one does. */
  async #captured(line: string, source: LineSource): Promise<void> {
    const found = this.registry.find(line);
    if (!found) return;
    checkNeeds(found.command.needs, this.session);
    await found.command.run(found.args, { ...this.#context(new ListedLines([]), false), fromTerminal: source.isInput && !this.#batch });
  }

  #context(source: LineSource, repeated: boolean): CommandContext {
    return {
      session: this.session,
      emit: (result) => this.output.result(result),
      query: (question, asked) => this.query(question, source, asked?.otherwise ?? 'yes'),
      execute: (line) => this.execute(line, new ListedLines([])),
      readLine: (prompt) => (this.#sources.at(-1) ?? source).next(prompt),
      runScript: (lines, name) => this.runAll(new ListedLines(lines, name), { stopAtError: true }),
      capture: (line) => this.output.captured(() => this.#captured(line, source)),
      forget: () => {
        this.#repeatable = undefined;
      },
      previousLine: this.#previous,
      typedLines: this.#sources[0]?.typed?.() ?? [],
      registry: this.registry,
      fromTerminal: source.isInput && !this.#batch,
      repeated,
    };
  }

  /** y or n; without a terminal, or with `set confirm off`, the answer is `otherwise`, as gdb says; an empty answer means it only where that is no. */
  async query(question: string, source: LineSource, otherwise: 'yes' | 'no'): Promise<boolean> {
    const byDefault = otherwise === 'yes';
    if (byDefault && !this.session.settings.boolean('confirm')) return true;
    const choices = byDefault ? '(y or n) ' : '(y or [n]) ';
    const letter = byDefault ? 'Y' : 'N';
    if (!source.isTerminal) {
      this.output.write(`${question}${choices}[answered ${letter}; input not from terminal]\n`);
      return byDefault;
    }
    for (;;) {
      const answer = (await source.next(`${question}${choices}`))?.trim().toLowerCase();
      if (answer === undefined) {
        this.output.write(`EOF [assumed ${letter}]\n`);
        return byDefault;
      }
      if (answer.startsWith('y')) return true;
      if (answer.startsWith('n') || (answer === '' && !byDefault)) return false;
      this.output.write(byDefault ? 'Please answer y or n.\n' : 'Please answer y or [n].\n');
    }
  }
}
