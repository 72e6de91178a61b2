import { appendFileSync, writeFileSync, writeSync } from 'node:fs';
import { unwrapped, wrapped } from '../base/wrap.ts';
import type { Result } from '../commands/command.ts';
import type { Settings } from '../session/settings.ts';
import { Pager } from './pager.ts';

/**
 * Where results go: standard output and error, written at once so that they stay in order with what the inferior prints, and the log
 * that `set logging` keeps. With `json` every result is one line of JSON; with
 * `batchSilent` nothing comes on standard output.
 */
export class Output {
  readonly #settings: Settings;
  readonly #json: boolean;
  readonly #silent: boolean;
  /** What is being logged to: `set logging file` is for the next time. */
  #logFile: string | undefined;
  /** Set while a command's output is collected instead: `pipe`, `$(…)`. */
  #capture: string[] | undefined;
  /** Where the next thing will be written. */
  #column = 0;

  constructor(settings: Settings, options: { json: boolean; batchSilent: boolean }) {
    this.#settings = settings;
    this.#json = options.json;
    this.#silent = options.batchSilent;
    settings.onChange('logging enabled', () => {
      this.#logFile = undefined;
    });
  }

  result(result: Result, asJson = this.#json): void {
    if (asJson) this.write(`${JSON.stringify({ kind: result.kind, data: result.data }, plain)}\n`);
    else this.write(result.text(), result.stream);
  }

  error(message: string): void {
    if (this.#json) this.write(`${JSON.stringify({ kind: 'error', data: message })}\n`);
    else this.write(`${message}\n`, 'stderr');
  }

  write(text: string, stream: 'stdout' | 'stderr' = 'stdout'): void {
    if (text === '') return;
    if (this.#capture) {
      this.#capture.push(unwrapped(text));
      return;
    }
    if (this.#silent && stream === 'stdout') return;
    this.#show(wrapped(text, this.#settings.number('width'), this.#column), stream);
  }

  #show(text: string, stream: 'stdout' | 'stderr'): void {
    const lineStart = text.lastIndexOf('\n') + 1;
    this.#column = lineStart > 0 ? text.length - lineStart : this.#column + text.length;
    if (this.#settings.boolean('logging enabled')) {
      this.#log(text);
      if (this.#settings.boolean('logging redirect')) return;
    }
    if (this.#pager && this.#settings.boolean('pagination') && Number.isFinite(this.#settings.number('height')))
      this.#pager.show(text, this.#settings.number('height'));
    else writeAll(stream === 'stderr' ? 2 : 1, text);
  }

  /** For a person at a terminal: a screenful at a time. */
  page(): void {
    this.#pager = new Pager((text) => writeAll(1, text));
  }
  #pager: Pager | undefined;

  /** A line was typed: the next output begins a line of its own. */
  lineRead(): void {
    this.#column = 0;
    this.#pager?.restart();
  }

  /** Runs something and answers what it wrote. */
  async captured(work: () => Promise<void>): Promise<string> {
    const outer = this.#capture;
    const parts: string[] = [];
    this.#capture = parts;
    try {
      await work();
    } finally {
      this.#capture = outer;
    }
    return parts.join('');
  }

  #log(text: string): void {
    if (this.#logFile === undefined) {
      this.#logFile = this.#settings.text('logging file');
      if (this.#settings.boolean('logging overwrite')) writeFileSync(this.#logFile, '');
    }
    appendFileSync(this.#logFile, text);
  }
}

/** A pipe or terminal that is full makes a non-blocking write fail: it is tried again. A reader that is gone ends sonde. */
function writeAll(fd: number, text: string): void {
  const bytes = Buffer.from(text);
  for (let done = 0; done < bytes.length; ) {
    try {
      done += writeSync(fd, bytes, done);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EAGAIN') Atomics.wait(sleeper, 0, 0, 2);
      else if (code === 'EPIPE' || code === 'EIO') process.exit(1);
      else throw error;
    }
  }
}

/** Strings in JSON have no places to be broken at. */
const plain = (_key: string, value: unknown): unknown => (typeof value === 'string' ? unwrapped(value) : value);

const sleeper = new Int32Array(new SharedArrayBuffer(4));
