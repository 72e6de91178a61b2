import { errnoNumber } from './errno.ts';
import { errno, libc, PinnedBuffer } from './ffi.ts';
import { SIG } from './signals.ts';

const termiosSize = 60; // struct termios of glibc, x86-64
const TCSADRAIN = 1;
/** Offsets in struct termios: c_lflag, c_cc. */
const localModes = 12;
const controlCharacters = 17;
const ISIG = 1;
const VEOL = 11;
export const interruptCharacter = 3;
const SIG_BLOCK = 0;
const SIG_SETMASK = 2;

/** Everything a program can change about the terminal that another must find restored. */
export interface TerminalState {
  readonly termios: PinnedBuffer;
  /** Foreground process group. */
  readonly group: number;
}

/** The terminal on sonde's standard input, if that is one and is sonde's controlling terminal. */
export class Terminal {
  readonly #fd: number;

  static open(fd = 0): Terminal | undefined {
    return libc().isatty(fd) === 1 && libc().tcgetpgrp(fd) !== -1 ? new Terminal(fd) : undefined;
  }

  private constructor(fd: number) {
    this.#fd = fd;
  }

  state(): TerminalState {
    const termios = new PinnedBuffer(termiosSize);
    libc().tcgetattr(this.#fd, termios.address);
    return { termios, group: libc().tcgetpgrp(this.#fd) };
  }

  /**
   * A background process that touches the terminal gets SIGTTOU and stops; taking it back is done from the background, so the
   * signal is blocked meanwhile. Draining waits for output: bounded by the reader of the terminal.
   */
  restore(state: TerminalState): void {
    withSignalBlocked(SIG.TTOU, () => {
      libc().tcsetpgrp(this.#fd, state.group);
      retryInterrupted(() => libc().tcsetattr(this.#fd, TCSADRAIN, state.termios.address));
    });
  }

  setForeground(group: number): boolean {
    return withSignalBlocked(SIG.TTOU, () => libc().tcsetpgrp(this.#fd, group) !== -1);
  }
}

export const ownProcessGroup = (): number => libc().getpgrp();
export const processGroupOf = (pid: number): number => libc().getpgid(pid);

/** While a question is asked in place nobody handles signals: ^C ends the line that is being typed and is the last character of it. */
export function withInterruptAsText<T>(action: () => T): T {
  const usual = new PinnedBuffer(termiosSize);
  if (libc().tcgetattr(0, usual.address) === -1) return action();
  const asking = new PinnedBuffer(termiosSize);
  asking.bytes.set(usual.bytes);
  asking.view.setUint32(localModes, usual.view.getUint32(localModes, true) & ~ISIG, true);
  asking.bytes[controlCharacters + VEOL] = interruptCharacter;
  libc().tcsetattr(0, TCSADRAIN, asking.address);
  try {
    return action();
  } finally {
    libc().tcsetattr(0, TCSADRAIN, usual.address);
  }
}

function retryInterrupted(call: () => number): void {
  while (call() === -1 && errno() === errnoNumber('EINTR'));
}

function withSignalBlocked<T>(signal: number, action: () => T): T {
  const set = new PinnedBuffer(128);
  const old = new PinnedBuffer(128);
  set.bytes[(signal - 1) >> 3] = 1 << ((signal - 1) & 7);
  libc().pthread_sigmask(SIG_BLOCK, set.address, old.address);
  try {
    return action();
  } finally {
    libc().pthread_sigmask(SIG_SETMASK, old.address, 0);
  }
}
