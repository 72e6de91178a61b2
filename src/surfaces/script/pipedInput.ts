import { readSync } from 'node:fs';
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
      this.#fill();
      // Signals and timers get their turn between lines.
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  #fill(): void {
    const chunk = Buffer.alloc(4096);
    try {
      const length = readSync(0, chunk);
      if (length === 0) this.#ended = true;
      else this.#buffer = Buffer.concat([this.#buffer, chunk.subarray(0, length)]);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EOF' || code === 'EBADF' || code === 'EIO') this.#ended = true;
      else if (code === 'EAGAIN') Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);
      else throw error;
    }
  }
}
