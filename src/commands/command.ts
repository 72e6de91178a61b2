import type { Session } from '../session/session.ts';
import type { Registry } from './registry.ts';

/**
 * A command of the vocabulary: declaration, function and renderer side by side. It is given the text after its
 * name and emits results; it never prints. gdb's unambiguous-prefix rule lives once, in the registry.
 */
export interface Command {
  /** Full name; sub-commands are written with their prefix: `info registers`. */
  readonly name: string;
  /** Other names and the short forms gdb reserves although they are ambiguous: `b`, `n`, `s`, `c`. */
  readonly aliases?: readonly string[];
  readonly group: CommandGroup;
  /** One sentence, ended with a full stop: the first line of `help NAME`, and what `help GROUP` lists. */
  readonly summary: string;
  /** The rest of `help NAME`. */
  readonly help?: string;
  /** What TAB offers for its arguments. */
  readonly completes?: 'symbol' | 'location' | 'expression' | 'file' | 'command' | 'none' | readonly string[];
  /** What must be there, checked before `run`; yields the peer's error text. */
  readonly needs?: readonly Need[];
  /** Nothing but a sub-command may follow: `info`, `set print`. */
  readonly prefixOnly?: true;
  /** True: an empty line repeats it. `without arguments` repeats only the name: `list`, `x`. */
  readonly repeats?: boolean | 'without arguments';
  /** Throws SondeError for the user's mistakes. */
  run(args: string, context: CommandContext): void | Promise<void>;
}

export type CommandGroup =
  | 'aliases'
  | 'breakpoints'
  | 'data'
  | 'files'
  | 'internals'
  | 'obscure'
  | 'running'
  | 'stack'
  | 'status'
  | 'support'
  | 'text-user-interface'
  | 'user-defined';

/**
 * - process: `The program is not being run.`
 * - registers: `The program has no registers now.`
 * - stack: `No stack.`
 * - frame: `No frame selected.`
 * - thread: `No thread selected` / `No threads.`
 */
export type Need = 'process' | 'registers' | 'stack' | 'frame' | 'thread';

export interface CommandContext {
  readonly session: Session;
  /** Hands a result to the surface, at once: the inferior may print between two of them. */
  emit(result: Result): void;
  /** Asks y/n; true without asking when confirm is off or input is no terminal (then says so as gdb does). `otherwise: 'no'`: no answer means no. */
  query(question: string, options?: { otherwise: 'no' }): Promise<boolean>;
  /** Executes another command line, as if typed. */
  execute(line: string): Promise<void>;
  /** The next line of input for a command with a body (`commands`, `define`): from the terminal, script or file that the command came from. Undefined at its end. */
  readLine(prompt: string): Promise<string | undefined>;
  /** Executes lines as a script does: the first error ends it. `name` is the file's, for messages. */
  runScript(lines: readonly string[], name?: string): Promise<void>;
  /** Collects what a command line prints instead of showing it. */
  capture(line: string): Promise<string>;
  /** An empty line will not repeat this command: `dont-repeat`. */
  forget(): void;
  /** What an empty line would have repeated before this command. */
  readonly previousLine: string | undefined;
  /** Lines that were typed at the terminal, oldest first. */
  readonly typedLines: readonly string[];
  /** The vocabulary: help, completion, `define`. */
  readonly registry: Registry;
  /** True if it came from standard input or the command line: commands then say what they do (gdb's from_tty). */
  readonly fromTerminal: boolean;
  /** True when this is an empty line's repetition of the previous command: `list`, `x` then go on. */
  readonly repeated: boolean;
}

/** What a command found: data for programs, text for people, both from the same object. */
export interface Result {
  /** e.g. `breakpoint`, `stop`, `value`. */
  readonly kind: string;
  /** JSON-able; addresses as `0x…` strings. */
  readonly data: unknown;
  /** Complete lines as gdb prints them, with their newlines. */
  text(): string;
  /** Error-like text that gdb prints on stderr (warnings). */
  readonly stream?: 'stdout' | 'stderr';
}

/** A result that is only text. */
export const textResult = (text: string, kind = 'text'): Result => ({ kind, data: text, text: () => text });

/** Thrown by `quit`: ends sonde, with a status if one was given. */
export class QuitRequest {
  constructor(readonly status?: number) {}
}

/** Thrown by `loop_break` and `loop_continue`. */
export class LoopExit {
  constructor(readonly how: 'break' | 'continue') {}
}
