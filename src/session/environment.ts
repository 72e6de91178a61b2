/** The environment that the next `run` gives the program: sonde's own at first, then what `set environment` made of it. */
export class Environment {
  readonly #values: Map<string, string>;

  constructor(inherited: NodeJS.ProcessEnv = process.env, screen: { rows?: number; columns?: number } = process.stdout) {
    this.#values = new Map(Object.entries(inherited) as [string, string][]);
    // gdb's line editor sets these before the program can inherit them; without them the stack would begin elsewhere than under gdb.
    this.#values.set('LINES', String(screen.rows ?? inherited.LINES ?? 24));
    this.#values.set('COLUMNS', String(screen.columns ?? inherited.COLUMNS ?? 80));
  }

  get(name: string): string | undefined {
    return this.#values.get(name);
  }

  set(name: string, value: string): void {
    this.#values.set(name, value);
  }

  unset(name: string): void {
    this.#values.delete(name);
  }

  clear(): void {
    this.#values.clear();
  }

  entries(): Record<string, string> {
    return Object.fromEntries(this.#values);
  }
}
