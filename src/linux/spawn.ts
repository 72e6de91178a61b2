import { libc, PinnedBuffer, SystemError } from './ffi.ts';
import { SIG } from './signals.ts';
import { type WaitStatus, waitUntracedChild } from './wait.ts';

export interface SpawnOptions {
  readonly path: string;
  readonly argv: readonly string[];
  /** Undefined: sonde's own environment. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  readonly directory?: string;
  /** `own`: a new process group; `session`: a new session whose terminal is `terminal`; `same`: sonde's group. */
  readonly group: 'own' | 'session' | 'same';
  /** A terminal (or any file) to open as the three standard streams. */
  readonly terminal?: string;
  /** File descriptors of sonde to use as standard streams instead of 0, 1, 2. */
  readonly streams?: readonly [number, number, number];
  /** personality(ADDR_NO_RANDOMIZE): the same addresses at every run. */
  readonly randomize: boolean;
}

const flag = { setGroup: 0x02, setSignalDefaults: 0x04, setSignalMask: 0x08, setSession: 0x80 };
const ADDR_NO_RANDOMIZE = 0x0004_0000;
const O_RDWR = 2;

/**
 * Starts a process and returns its pid. Not node:child_process, whose reaper would take the ptrace stops away. Signals are reset to
 * their defaults, none is blocked. Throws SystemError if the file can't be executed.
 */
export function spawn(options: SpawnOptions): number {
  const c = libc();
  const attributes = new PinnedBuffer(512);
  const actions = new PinnedBuffer(256);
  const noSignals = new PinnedBuffer(128);
  const allSignals = new PinnedBuffer(128);
  allSignals.bytes.fill(0xff);
  const pid = new PinnedBuffer(4);

  c.posix_spawnattr_init(attributes.address);
  c.posix_spawn_file_actions_init(actions.address);
  c.posix_spawnattr_setsigmask(attributes.address, noSignals.address);
  c.posix_spawnattr_setsigdefault(attributes.address, allSignals.address);
  c.posix_spawnattr_setpgroup(attributes.address, 0);
  const grouping = { own: flag.setGroup, session: flag.setSession, same: 0 }[options.group];
  c.posix_spawnattr_setflags(attributes.address, flag.setSignalDefaults | flag.setSignalMask | grouping);

  if (options.directory !== undefined) c.posix_spawn_file_actions_addchdir(actions.address, options.directory);
  for (const stream of [0, 1, 2]) {
    if (options.terminal !== undefined) {
      c.posix_spawn_file_actions_addopen(actions.address, stream, options.terminal, O_RDWR, 0);
    } else {
      // Node marks its standard streams close-on-exec; dup2(n, n) as a file action takes the mark off (glibc ≥ 2.29).
      const from = options.streams?.[stream] ?? stream;
      if (isOpen(from)) c.posix_spawn_file_actions_adddup2(actions.address, from, stream);
    }
  }

  const environment = Object.entries(options.environment ?? process.env).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${value}`],
  );
  const persona = c.personality(0xffff_ffff);
  try {
    c.personality(options.randomize ? persona & ~ADDR_NO_RANDOMIZE : persona | ADDR_NO_RANDOMIZE);
    const error = c.posix_spawn(
      pid.address,
      options.path,
      actions.address,
      attributes.address,
      [...options.argv, null],
      [...environment, null],
    );
    if (error !== 0) throw new SystemError(options.path, error);
  } finally {
    c.personality(persona);
    c.posix_spawn_file_actions_destroy(actions.address);
    c.posix_spawnattr_destroy(attributes.address);
  }
  return pid.view.getInt32(0, true);
}

/** Runs a program to its end, in the foreground and in sonde's own process group: `shell make`. */
export function runToEnd(argv: readonly string[], streams?: readonly [number, number, number]): WaitStatus | undefined {
  const c = libc();
  // As system(3): while the command runs, ^C is for the command.
  const handlers = [SIG.INT, 3].map((signal) => [signal, c.signal(signal, 1)]);
  try {
    const pid = spawn({ path: argv[0], argv, group: 'same', randomize: true, streams });
    let status = waitUntracedChild(pid);
    while (status?.kind === 'stopped') status = waitUntracedChild(pid);
    return status;
  } finally {
    for (const [signal, handler] of handlers) c.signal(signal, handler);
  }
}

const F_GETFD = 1;
const isOpen = (fd: number): boolean => libc().fcntl(fd, F_GETFD, 0) !== -1;

const F_GETFL = 3;
const F_SETFL = 4;
const O_NONBLOCK = 0o4000;

/**
 * Node makes pipes among its standard streams non-blocking, and the flag belongs to the pipe, not to the process: the inferior
 * would get EAGAIN from a plain read.
 */
export function makeStandardStreamsBlocking(): void {
  for (const fd of [0, 1, 2]) {
    const flags: number = libc().fcntl(fd, F_GETFL, 0);
    if (flags !== -1 && (flags & O_NONBLOCK) !== 0) libc().fcntl(fd, F_SETFL, flags & ~O_NONBLOCK);
  }
}
