import { readSync } from 'node:fs';
import { interruptCharacter, withInterruptAsText } from '../linux/terminal.ts';

const question = '--Type <RET> for more, q to quit, c to continue without paging--';

/** Stops output after each screenful and asks whether to go on. What follows a `q` is dropped until the next command. */
export class Pager {
  #lines = 0;
  #state: 'paging' | 'open' | 'dropping' = 'paging';
  readonly #write: (text: string) => void;

  constructor(write: (text: string) => void) {
    this.#write = write;
  }

  /** A person typed a line: the screen counts from here. */
  restart(): void {
    this.#lines = 0;
    this.#state = 'paging';
  }

  show(text: string, height: number): void {
    for (const line of text.split(/(?<=\n)/)) {
      const isFull = this.#lines >= Math.max(height - 1, 1);
      if (this.#state === 'paging' && isFull) this.#state = this.#ask();
      if (this.#state === 'dropping') return;
      this.#write(line);
      if (line.endsWith('\n')) this.#lines++;
    }
  }

  #ask(): 'paging' | 'open' | 'dropping' {
    this.#write(question);
    const answer = withInterruptAsText(readAnswer);
    this.#lines = 0;
    if (!answer.startsWith('q')) return answer.startsWith('c') ? 'open' : 'paging';
    this.#write('Quit\n');
    return 'dropping';
  }
}

/** Output waits for it, so it is read in place. The end of input and ^C count as `q`. */
function readAnswer(): string {
  const chunk = Buffer.alloc(256);
  for (;;) {
    try {
      const length = readSync(0, chunk);
      return length === 0 || chunk[length - 1] === interruptCharacter ? 'q' : chunk.toString('utf8', 0, length).trimStart();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') return 'q';
      Atomics.wait(sleeper, 0, 0, 20);
    }
  }
}

const sleeper = new Int32Array(new SharedArrayBuffer(4));
