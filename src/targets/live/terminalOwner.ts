import { ownProcessGroup, processGroupOf, Terminal, type TerminalState } from '../../linux/terminal.ts';

/**
 * Who has the terminal: sonde at its prompt, or the inferior while it runs. Each finds its own settings (echo, line mode) and
 * is in the foreground, so that ^C reaches the inferior and not sonde.
 */
export class TerminalOwner {
  readonly #terminal: Terminal | undefined;
  #owner: 'sonde' | 'inferior' = 'sonde';
  #ours: TerminalState | undefined;
  #theirs: TerminalState | undefined;

  /** `own`: false when the inferior was given another terminal (`tty FILE`). */
  constructor(own = true) {
    this.#terminal = own ? Terminal.open() : undefined;
  }

  give(pid: number): void {
    if (!this.#terminal || this.#owner === 'inferior') return;
    this.#ours = this.#terminal.state();
    // In the background (`sonde &`) the terminal is not ours to give.
    if (this.#ours.group !== ownProcessGroup()) return;
    if (this.#theirs) this.#terminal.restore(this.#theirs);
    if (!this.#theirs || !this.#terminal.setForeground(this.#theirs.group)) this.#terminal.setForeground(processGroupOf(pid));
    this.#owner = 'inferior';
  }

  take(): void {
    if (!this.#terminal || this.#owner === 'sonde' || !this.#ours) return;
    this.#theirs = this.#terminal.state();
    this.#terminal.restore(this.#ours);
    this.#owner = 'sonde';
  }
}
