import { read } from 'node:fs';
import type { LineSource } from '../lineSource.ts';

/**
 * Standard input that is no terminal: prompts are printed, as gdb does, lines are not echoed. Read no further than the next line, because the
 * inferior may want the rest.
 */
export class PipedInput implements LineSource {
  readonly isInput = true;
  readonly isTerminal = false;
  readonly #write: (text: string) => void;
  #buffer = Buffer.alloc(0);
  #ended = false;

  constructor(write: (text: string) => void) {
    this.#write = write;
  }

  async next(prompt: string): Promise<string | undefined> {
    this.#write(prompt);
    for (;;) {
      const end = this.#buffer.indexOf(10);
      if (end >= 0) {
        const line = this.#buffer.subarray(0, end).toString();
        this.#buffer = this.#buffer.subarray(end + 1);
        return line;
      }
      if (this.#ended) {
        const rest = this.#buffer.toString();
        this.#buffer = Buffer.alloc(0);
        return rest === '' ? undefined : rest;
      }
      await this.#fill();
    }
  }

  /** On a pool thread: a signal that ends sonde must be heard while nothing comes. */
  #fill(): Promise<void> {
    const chunk = Buffer.alloc(4096);
    return new Promise((resolve, reject) => {
      read(0, chunk, 0, chunk.length, null, (error, length) => {
        if (!error && length > 0) this.#buffer = Buffer.concat([this.#buffer, chunk.subarray(0, length)]);
        else if (!error || error.code === 'EOF' || error.code === 'EBADF' || error.code === 'EIO') this.#ended = true;
        else if (error.code === 'EAGAIN') return void setTimeout(resolve, 10);
        else return reject(error);
        resolve();
      });
    });
  }
}
