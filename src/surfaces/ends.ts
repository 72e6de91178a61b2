/** Ends that a program does not choose: hang-up, a request to terminate, a bug of its own. */
const signals = ['SIGHUP', 'SIGTERM'] as const;

/**
 * However sonde ends, `close` runs first: it kills what sonde started and lets go, unharmed, what it attached to. SIGKILL can't be
 * helped from here; then the kernel kills the started ones (PTRACE_O_EXITKILL, see docs/robustness.md).
 */
export function onEveryEnd(close: () => void): void {
  process.once('exit', close);
  for (const signal of signals) {
    process.once(signal, () => {
      close();
      // The default action now: our parent shall see which signal ended us.
      process.kill(process.pid, signal);
    });
  }
  for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
    process.on(event, (error: unknown) => {
      close();
      process.stderr.write(`sonde: internal error: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
      process.exit(1);
    });
  }
}
