/** Where command lines come from. */
export interface LineSource {
  /** The next line without its end; undefined at the end. `prompt` is shown where someone is asked. */
  next(prompt: string): Promise<string | undefined>;
  /** gdb's from_tty: commands say what they do. True for standard input even if it is a pipe. */
  readonly isInput: boolean;
  /** A person is typing. */
  readonly isTerminal: boolean;
  /** What has been typed so far, oldest first. */
  readonly typed?: () => readonly string[];
  /** For messages about a script: `x.gdb:3`. */
  readonly where?: () => string;
}

/** Lines that are at hand: a script file, the body of a user's command. */
export class ListedLines implements LineSource {
  readonly isInput = false;
  readonly isTerminal = false;
  readonly #lines: readonly string[];
  readonly #name: string | undefined;
  #next = 0;

  constructor(lines: readonly string[], name?: string) {
    this.#lines = lines;
    this.#name = name;
  }

  next(): Promise<string | undefined> {
    return Promise.resolve(this.#lines[this.#next++]);
  }

  get where(): (() => string) | undefined {
    return this.#name === undefined ? undefined : () => `${this.#name}:${this.#next}`;
  }
}

/** A line that ends in a backslash goes on in the next one. */
export async function nextLogicalLine(source: LineSource, prompt: string): Promise<string | undefined> {
  let line = await source.next(prompt);
  while (line?.endsWith('\\') && !line.endsWith('\\\\')) {
    const more = await source.next('');
    line = line.slice(0, -1) + (more ?? '');
    if (more === undefined) break;
  }
  return line;
}
