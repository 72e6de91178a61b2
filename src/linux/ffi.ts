import { createRequire } from 'node:module';
import type { KoffiFunc } from 'koffi';
import { SondeError } from '../base/errors.ts';
import { errnoText } from './errno.ts';

/**
 * The C library as sonde uses it. koffi is loaded at the first call, so that commands which only read files
 * do not pay for it. Addresses are passed as integers (`uintptr_t`): V8 must not guess what a pointer means.
 */
const prototypes = {
  ptrace: 'long ptrace(long request, int pid, uintptr_t address, uintptr_t data)',
  waitpid: 'int waitpid(int pid, uintptr_t status, int options)',
  kill: 'int kill(int pid, int signal)',
  personality: 'int personality(unsigned long persona)',
  pread: 'long pread64(int fd, uintptr_t buffer, size_t count, int64_t offset)',
  pwrite: 'long pwrite64(int fd, uintptr_t buffer, size_t count, int64_t offset)',
  open: 'int open(const char *path, int flags, int mode)',
  close: 'int close(int fd)',
  syscall: 'long syscall(long number, long a, long b, long c, long d, long e)',
  lseek: 'long lseek(int fd, long offset, int whence)',
  fcntl: 'int fcntl(int fd, int command, long argument)',
  mmap: 'uintptr_t mmap(uintptr_t address, size_t length, int protection, int flags, int fd, int64_t offset)',
  setitimer: 'int setitimer(int which, uintptr_t new_value, uintptr_t old_value)',
  siginterrupt: 'int siginterrupt(int signal, int flag)',
  signal: 'uintptr_t signal(int signal, uintptr_t handler)',
  pthread_sigmask: 'int pthread_sigmask(int how, uintptr_t set, uintptr_t old)',
  sched_yield: 'int sched_yield()',
  getpgrp: 'int getpgrp()',
  getpgid: 'int getpgid(int pid)',
  isatty: 'int isatty(int fd)',
  tcgetpgrp: 'int tcgetpgrp(int fd)',
  tcsetpgrp: 'int tcsetpgrp(int fd, int group)',
  tcgetattr: 'int tcgetattr(int fd, uintptr_t termios)',
  tcsetattr: 'int tcsetattr(int fd, int when, uintptr_t termios)',
  posix_spawn:
    'int posix_spawn(uintptr_t pid, const char *path, uintptr_t actions, uintptr_t attributes, const char **argv, const char **envp)',
  posix_spawnattr_init: 'int posix_spawnattr_init(uintptr_t attributes)',
  posix_spawnattr_destroy: 'int posix_spawnattr_destroy(uintptr_t attributes)',
  posix_spawnattr_setflags: 'int posix_spawnattr_setflags(uintptr_t attributes, short flags)',
  posix_spawnattr_setpgroup: 'int posix_spawnattr_setpgroup(uintptr_t attributes, int group)',
  posix_spawnattr_setsigmask: 'int posix_spawnattr_setsigmask(uintptr_t attributes, uintptr_t set)',
  posix_spawnattr_setsigdefault: 'int posix_spawnattr_setsigdefault(uintptr_t attributes, uintptr_t set)',
  posix_spawn_file_actions_init: 'int posix_spawn_file_actions_init(uintptr_t actions)',
  posix_spawn_file_actions_destroy: 'int posix_spawn_file_actions_destroy(uintptr_t actions)',
  posix_spawn_file_actions_adddup2: 'int posix_spawn_file_actions_adddup2(uintptr_t actions, int from, int to)',
  posix_spawn_file_actions_addopen:
    'int posix_spawn_file_actions_addopen(uintptr_t actions, int fd, const char *path, int flags, int mode)',
  posix_spawn_file_actions_addchdir: 'int posix_spawn_file_actions_addchdir_np(uintptr_t actions, const char *path)',
} as const;

/** All arguments are integers or strings; all results but mmap's are integers. */
type ForeignFunction = KoffiFunc<(...args: (number | bigint | string | readonly (string | null)[])[]) => number>;
type Libc = { readonly [name in keyof typeof prototypes]: ForeignFunction };
type Koffi = typeof import('koffi');

let koffi: Koffi | undefined;
let table: Libc | undefined;

/** koffi itself: for `errno`, `address` and `view`. */
export function loadKoffi(): Koffi {
  koffi ??= createRequire(import.meta.url)('koffi') as Koffi;
  return koffi;
}

/** The functions, each bound when first used. */
export function libc(): Libc {
  if (table) return table;
  const library = loadKoffi().load('libc.so.6');
  const bound = {};
  for (const [name, prototype] of Object.entries(prototypes)) {
    Object.defineProperty(bound, name, {
      configurable: true,
      get: () => {
        const value = library.func(prototype);
        Object.defineProperty(bound, name, { value });
        return value;
      },
    });
  }
  table = bound as Libc;
  return table;
}

/** errno of the last failed call. */
export const errno = (): number => loadKoffi().errno();

/** A system call that failed. The message is `WHAT: Text of errno.` as gdb's perror_with_name writes it. */
export class SystemError extends SondeError {
  override name = 'SystemError';
  constructor(
    what: string,
    readonly errno: number,
  ) {
    super(`${what}: ${errnoText(errno)}.`);
  }
}

/** Passes a result on, or throws SystemError if it is −1. */
export function check(what: string, result: number): number {
  if (result === -1) throw new SystemError(what, errno());
  return result;
}

/**
 * Memory whose address the kernel may be given: an ArrayBuffer is never moved, and this object keeps it alive.
 * Hold on to the PinnedBuffer for as long as the address is in use.
 */
export class PinnedBuffer {
  readonly buffer: ArrayBuffer;
  readonly bytes: Uint8Array;
  readonly view: DataView;
  /** Exact as a number: user addresses have 47 bits. */
  readonly address: number;

  constructor(size: number) {
    this.buffer = new ArrayBuffer(Math.max(size, 1));
    this.bytes = new Uint8Array(this.buffer);
    this.view = new DataView(this.buffer);
    this.address = Number(loadKoffi().address(this.buffer));
  }
}
