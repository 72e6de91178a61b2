import { SondeError } from '../../base/errors.ts';
import type { KernelSession } from '../../session/kernelSession.ts';
import type { Result } from '../command.ts';

/** A command of crash's vocabulary: declaration, function and renderer side by side. It is given words and emits results; it never prints. */
export interface CrashCommand {
  readonly name: string;
  /** What follows the name in `help NAME`: a few words. */
  readonly summary: string;
  /** What follows the name in usage lines, as crash writes it: a line for each form; a line that begins with a blank goes on with the one before. */
  readonly synopsis: string;
  /** The rest of `help NAME`. */
  readonly help?: string;
  /** Arguments are one text, as typed: for expressions. */
  readonly raw?: true;
  /** Throws SondeError for the user's mistakes; the surface puts the command's name before it. */
  run(args: readonly string[], context: CrashContext): void | Promise<void>;
}

export interface CrashContext {
  readonly session: KernelSession;
  /** The name that the command was called by: `struct` and `union` are one command. */
  readonly calledAs: string;
  /** Hands a result to the surface, at once. */
  emit(result: Result): void;
  /** Executes another line, as if typed. */
  execute(line: string): Promise<void>;
  /** Executes a line of gdb's language on the selected task's user process. */
  executeInProcess(line: string): Promise<void>;
  /** Waits; true if ^C came meanwhile. */
  interrupted(milliseconds: number): Promise<boolean>;
  readonly commands: readonly CrashCommand[];
}

/** The command was called wrongly: its usage is shown. */
export class UsageError extends SondeError {
  override name = 'UsageError';
}

/** A result whose data is only made when someone wants it: lists of pages are long. */
export const crashResult = (kind: string, data: () => unknown, text: () => string): Result => ({
  kind,
  get data() {
    return data();
  },
  text,
});

/** Usage lines, indented by two. */
export const synopsisText = ({ name, synopsis }: CrashCommand): string =>
  synopsis
    .split('\n')
    .map((line) => `  ${line.startsWith(' ') ? '' : `${name} `}${line}`.trimEnd())
    .join('\n');
