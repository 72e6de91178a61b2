import { writeSync } from 'node:fs';
import { ReadStream } from 'node:tty';
import koffi from 'koffi';
import { parseStatus, procText } from '../src/linux/procfs.ts';
import { sendSignal } from '../src/linux/signal.ts';
import { spawn } from '../src/linux/spawn.ts';
import { pollChild, type WaitStatus } from '../src/linux/wait.ts';

const libc = koffi.load('libc.so.6');
const posix_openpt = libc.func('int posix_openpt(int flags)');
const grantpt = libc.func('int grantpt(int fd)');
const unlockpt = libc.func('int unlockpt(int fd)');
const ptsname = libc.func('const char *ptsname(int fd)');
const O_RDWR_NOCTTY_CLOEXEC = 0o2000402;

/** A program in a terminal of its own, as a person would have it: keys go in, the screen's text comes out. */
export class Pty {
  readonly pid: number;
  /** Everything it has written, line ends as the terminal makes them (\r\n) turned back. */
  output = '';
  status: WaitStatus | undefined;
  readonly #master: number;
  readonly #reader: ReadStream;
  #read = 0;

  constructor(argv: readonly string[], environment: NodeJS.ProcessEnv = process.env) {
    this.#master = posix_openpt(O_RDWR_NOCTTY_CLOEXEC);
    grantpt(this.#master);
    unlockpt(this.#master);
    this.pid = spawn({ path: argv[0], argv, environment, group: 'session', terminal: ptsname(this.#master), randomize: true });
    this.#reader = new ReadStream(this.#master);
    this.#reader.on('data', (data) => {
      this.output += data.toString().replaceAll('\r\n', '\n');
    });
    this.#reader.on('error', () => undefined); // EIO: the last program on the terminal is gone
  }

  /** Types. `\x03` is ^C. */
  type(keys: string): void {
    writeSync(this.#master, keys);
  }

  /** Waits for text that was not waited for before; throws with what came instead. */
  async expect(pattern: RegExp, milliseconds = 10_000): Promise<RegExpExecArray> {
    const deadline = Date.now() + milliseconds;
    for (;;) {
      const match = pattern.exec(this.output.slice(this.#read));
      if (match) {
        this.#read += match.index + match[0].length;
        return match;
      }
      if (Date.now() > deadline) throw new Error(`${pattern} did not come; instead:\n${this.output.slice(this.#read)}`);
      await pause(10);
    }
  }

  /** How it ended. */
  async ended(milliseconds = 10_000): Promise<WaitStatus> {
    const deadline = Date.now() + milliseconds;
    while (!this.status) {
      this.status = pollChild(this.pid)?.status;
      if (Date.now() > deadline) throw new Error(`it did not end; so far:\n${this.output}`);
      if (!this.status) await pause(10);
    }
    return this.status;
  }

  /** Hang-up: the terminal is gone. */
  hangUp(): void {
    this.#reader.destroy();
  }

  close(): void {
    sendSignal(this.pid, 9);
    this.hangUp();
  }
}

export const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** A field of /proc/PID/status, `gone` if there is no such process. */
export const statusOf = (pid: number, field: string): string => parseStatus(procText(pid, 'status') ?? '').get(field) ?? 'gone';
