/**
 * Signals in gdb's own order (`info signals`) with gdb's descriptions and its default treatment. Numbers are Linux's (x86-64);
 * 0 stands for signals of other systems, which gdb lists as well.
 */
export interface SignalInfo {
  readonly name: string;
  readonly number: number;
  readonly description: string;
  /** What `handle` starts from. */
  readonly stop: boolean;
  readonly print: boolean;
  readonly pass: boolean;
}

/** Name, number, treatment (s stop, p print, P pass), description. */
type Row = readonly [string, number, string, string];

const classic: readonly Row[] = [
  ['SIGHUP', 1, 'spP', 'Hangup'],
  ['SIGINT', 2, 'sp-', 'Interrupt'],
  ['SIGQUIT', 3, 'spP', 'Quit'],
  ['SIGILL', 4, 'spP', 'Illegal instruction'],
  ['SIGTRAP', 5, 'sp-', 'Trace/breakpoint trap'],
  ['SIGABRT', 6, 'spP', 'Aborted'],
  ['SIGEMT', 0, 'spP', 'Emulation trap'],
  ['SIGFPE', 8, 'spP', 'Arithmetic exception'],
  ['SIGKILL', 9, 'spP', 'Killed'],
  ['SIGBUS', 7, 'spP', 'Bus error'],
  ['SIGSEGV', 11, 'spP', 'Segmentation fault'],
  ['SIGSYS', 31, 'spP', 'Bad system call'],
  ['SIGPIPE', 13, 'spP', 'Broken pipe'],
  ['SIGALRM', 14, '--P', 'Alarm clock'],
  ['SIGTERM', 15, 'spP', 'Terminated'],
  ['SIGURG', 23, '--P', 'Urgent I/O condition'],
  ['SIGSTOP', 19, 'spP', 'Stopped (signal)'],
  ['SIGTSTP', 20, 'spP', 'Stopped (user)'],
  ['SIGCONT', 18, 'spP', 'Continued'],
  ['SIGCHLD', 17, '--P', 'Child status changed'],
  ['SIGTTIN', 21, 'spP', 'Stopped (tty input)'],
  ['SIGTTOU', 22, 'spP', 'Stopped (tty output)'],
  ['SIGIO', 29, '--P', 'I/O possible'],
  ['SIGXCPU', 24, 'spP', 'CPU time limit exceeded'],
  ['SIGXFSZ', 25, 'spP', 'File size limit exceeded'],
  ['SIGVTALRM', 26, '--P', 'Virtual timer expired'],
  ['SIGPROF', 27, '--P', 'Profiling timer expired'],
  ['SIGWINCH', 28, '--P', 'Window size changed'],
  ['SIGLOST', 0, 'spP', 'Resource lost'],
  ['SIGUSR1', 10, 'spP', 'User defined signal 1'],
  ['SIGUSR2', 12, 'spP', 'User defined signal 2'],
  ['SIGPWR', 30, 'spP', 'Power fail/restart'],
  ['SIGPOLL', 0, '--P', 'Pollable event occurred'],
  ['SIGWIND', 0, 'spP', 'SIGWIND'],
  ['SIGPHONE', 0, 'spP', 'SIGPHONE'],
  ['SIGWAITING', 0, '--P', "Process's LWPs are blocked"],
  ['SIGLWP', 0, '--P', 'Signal LWP'],
  ['SIGDANGER', 0, 'spP', 'Swap space dangerously low'],
  ['SIGGRANT', 0, 'spP', 'Monitor mode granted'],
  ['SIGRETRACT', 0, 'spP', 'Need to relinquish monitor mode'],
  ['SIGMSG', 0, 'spP', 'Monitor mode data available'],
  ['SIGSOUND', 0, 'spP', 'Sound completed'],
  ['SIGSAK', 0, 'spP', 'Secure attention'],
  ['SIGPRIO', 0, '--P', 'SIGPRIO'],
];

const afterRealTime: readonly Row[] = [['SIGCANCEL', 0, '--P', 'LWP internal signal']];

const last: readonly Row[] = [
  ['SIGINFO', 0, 'spP', 'Information request'],
  ['EXC_BAD_ACCESS', 0, 'spP', 'Could not access memory'],
  ['EXC_BAD_INSTRUCTION', 0, 'spP', 'Illegal instruction/operand'],
  ['EXC_ARITHMETIC', 0, 'spP', 'Arithmetic exception'],
  ['EXC_EMULATION', 0, 'spP', 'Emulation instruction'],
  ['EXC_SOFTWARE', 0, 'spP', 'Software generated exception'],
  ['EXC_BREAKPOINT', 0, 'spP', 'Breakpoint'],
  ['SIGLIBRT', 0, '--P', 'librt internal signal'],
];

/** SIGRTMIN and up, as the kernel counts them; 65-127 exist only in gdb's table. */
const realTime = (from: number, to: number): Row[] =>
  Array.from({ length: to - from + 1 }, (_, i) => [`SIG${from + i}`, from + i <= 64 ? from + i : 0, 'spP', `Real-time event ${from + i}`]);

export const signals: readonly SignalInfo[] = [
  ...classic,
  ...realTime(33, 63),
  ...afterRealTime,
  ...realTime(32, 32),
  ...realTime(64, 127),
  ...last,
].map(([name, number, treatment, description]) => ({
  name,
  number,
  description,
  stop: treatment[0] === 's',
  print: treatment[1] === 'p',
  pass: treatment[2] === 'P',
}));

const byNumber = new Map(signals.filter((signal) => signal.number !== 0).map((signal) => [signal.number, signal]));
const byName = new Map(signals.map((signal) => [signal.name, signal]));

/** A Linux signal number's entry; undefined for numbers that no signal has. */
export const signalInfo = (number: number): SignalInfo | undefined => byNumber.get(number);

/** `SIGSEGV` → its entry, those without a number on Linux included. */
export const signalByName = (name: string): SignalInfo | undefined => byName.get(name);

/** 11 → `SIGSEGV`; `?` as gdb says of numbers without a name. */
export const signalName = (number: number): string => byNumber.get(number)?.name ?? '?';

/** 11 → `Segmentation fault`. */
export const signalDescription = (number: number): string => byNumber.get(number)?.description ?? 'Unknown signal';

/** Linux numbers of the signals that sonde's own code speaks of (arch/x86/include/uapi/asm/signal.h). */
export const SIG = {
  HUP: 1,
  INT: 2,
  ILL: 4,
  TRAP: 5,
  BUS: 7,
  FPE: 8,
  KILL: 9,
  SEGV: 11,
  ALRM: 14,
  TERM: 15,
  CHLD: 17,
  CONT: 18,
  STOP: 19,
  TSTP: 20,
  TTIN: 21,
  TTOU: 22,
} as const;
