import { readFileSync, writeFileSync } from 'node:fs';
import { createInterface, type Interface } from 'node:readline';
import { SondeError } from '../../base/errors.ts';
import type { Settings } from '../../session/settings.ts';
import type { LineSource } from '../lineSource.ts';
import type { Output } from '../output.ts';

/** What a terminal needs of the session behind it. */
export interface TerminalHost {
  readonly settings: Settings;
  readonly output: Output;
  /** ^C while a command works. */
  interrupt(): void;
  /** What TAB offers for a partly typed line: words, and where in the line what they replace begins. Throws SondeError. */
  complete(line: string): { readonly words: readonly string[]; readonly from: number };
}

/** A person at a terminal: line editing, history, completion. The terminal is in raw mode only while a line is being typed. */
export class TerminalInput implements LineSource {
  readonly isInput = true;
  readonly isTerminal = true;
  readonly #host: TerminalHost;
  readonly #lines: string[] = [];
  #reader: Interface;
  #waiting: ((line: string | undefined) => void) | undefined;
  #ended = false;

  constructor(host: TerminalHost) {
    this.#host = host;
    this.#reader = this.#newReader(readHistory(historyFile(host.settings.text('history filename'))));
    this.#rest();
    this.#fitScreen();
    process.stdout.on('resize', () => this.#fitScreen());
    host.output.page();
    process.stdin.on('end', () => {
      this.#ended = true;
    });
    process.on('SIGINT', () => this.#waiting === undefined && host.interrupt());
    process.once('exit', () => this.#saveHistory());
  }

  #fitScreen(): void {
    const { rows, columns } = process.stdout;
    const { settings } = this.#host;
    if (rows > 0) settings.set('height', rows);
    if (columns > 0) settings.set('width', columns);
  }

  #newReader(history: string[]): Interface {
    const host = this.#host;
    const reader = createInterface({
      input: process.stdin,
      output: process.stdout,
      terminal: true,
      historySize: Math.min(host.settings.number('history size'), 100_000),
      history,
      removeHistoryDuplicates: false,
      completer: (line: string, done: (error: null, result: [string[], string]) => void) => {
        done(null, completions(host, line));
      },
    });
    reader.on('line', (line) => {
      dropRepeats(reader, host.settings.number('history remove-duplicates'));
      this.#arrived(line);
    });
    reader.on('close', () => {
      // ^D ends the line editor, not the terminal: what is asked now can still be answered.
      if (!this.#ended) this.#reader = this.#newReader((reader as Interface & { history?: string[] }).history ?? []);
      this.#answer(undefined);
    });
    reader.on('SIGINT', () => {
      // What was typed is wiped, as gdb's line editor does.
      host.output.write(`\r\x1b[K${reader.getPrompt()}Quit\n`);
      (reader as Interface & { line: string; cursor: number }).line = '';
      (reader as Interface & { cursor: number }).cursor = 0;
      reader.prompt();
    });
    // ^Z and fg: node:readline rests until it is asked to go on.
    reader.on('SIGCONT', () => reader.prompt(true));
    return reader;
  }

  next(prompt: string): Promise<string | undefined> {
    const ready = this.#lines.shift();
    if (ready !== undefined) return Promise.resolve(ready);
    if (this.#ended) return Promise.resolve(undefined);
    return new Promise((resolve) => {
      this.#waiting = resolve;
      process.stdin.setRawMode?.(true);
      this.#reader.resume();
      this.#reader.setPrompt(prompt);
      this.#reader.prompt();
    });
  }

  /** The line editor's history, which begins with what earlier sessions left. */
  typed(): readonly string[] {
    return [...((this.#reader as Interface & { history?: string[] }).history ?? [])].reverse();
  }

  #arrived(line: string): void {
    if (this.#waiting) this.#answer(line);
    else this.#lines.push(line);
  }

  #answer(line: string | undefined): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    this.#rest();
    if (line === undefined && waiting) this.#host.output.write('quit\n');
    waiting?.(line);
  }

  /** While a command works the terminal is as the user had it, and may be the inferior's. */
  #rest(): void {
    if (!this.#ended) this.#reader.pause();
    process.stdin.setRawMode?.(false);
  }

  #saveHistory(): void {
    const { settings } = this.#host;
    if (!settings.boolean('history save')) return;
    const history = (this.#reader as Interface & { history?: string[] }).history ?? [];
    try {
      writeFileSync(historyFile(settings.text('history filename')), `${[...history].reverse().join('\n')}\n`);
    } catch {
      // A history that can't be kept is no reason not to end.
    }
  }
}

/** As node:readline wants it: candidates, and the text that they replace. */
function completions(host: TerminalHost, line: string): [string[], string] {
  try {
    const { words, from } = host.complete(line);
    return [words.slice(0, Math.min(host.settings.number('max-completions'), 10_000)), line.slice(from)];
  } catch (error) {
    if (error instanceof SondeError) return [[], line];
    throw error;
  }
}

/** The newest line is taken out of as many before it as are looked at. */
function dropRepeats(reader: Interface, lookBack: number): void {
  const { history = [] } = reader as Interface & { history?: string[] };
  for (let at = Math.min(lookBack, history.length - 1); at > 0; at--) if (history[at] === history[0]) history.splice(at, 1);
}

const historyFile = (setting: string): string => setting || process.env.SONDE_HISTFILE || '.sonde_history';

/** Newest first, as node:readline wants it. */
function readHistory(path: string): string[] {
  try {
    return readFileSync(path, 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .reverse();
  } catch {
    return [];
  }
}
