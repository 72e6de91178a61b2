import { SondeError } from '../base/errors.ts';
import type { KernelSource } from '../session/openKernel.ts';

/** The command line, taken apart. */
export interface Options {
  program?: string;
  symbols?: string;
  executable?: string;
  core?: string;
  pid?: string;
  /** Second argument without option: a core file or a process id. */
  coreOrPid?: string;
  /** All arguments that are no options, in order. */
  files: readonly string[];
  /** A QEMU monitor's socket, whose guest's kernel is to be looked at. */
  qmp?: string;
  /** With `pid`: the process is inside this kernel. */
  kernel?: KernelSource;
  /** Of the program, with --args. */
  args?: readonly string[];
  directories: string[];
  changeDirectory?: string;
  terminal?: string;
  /** -x and -ex in order; -ix and -iex before anything is loaded. */
  commands: { readonly kind: 'file' | 'command'; readonly text: string }[];
  earlyCommands: { readonly kind: 'file' | 'command'; readonly text: string }[];
  batch: boolean;
  batchSilent: boolean;
  quiet: boolean;
  noInit: boolean;
  noHomeInit: boolean;
  json: boolean;
  gdb: boolean;
  returnChildResult: boolean;
  action?: 'help' | 'version' | 'configuration';
}

/** Options with a value, by the name of what they set; the first name is the one for messages. */
const valued: Readonly<Record<string, readonly string[]>> = {
  file: ['command', 'x'],
  command: ['eval-command', 'ex'],
  earlyFile: ['init-command', 'ix'],
  earlyCommand: ['init-eval-command', 'iex'],
  pid: ['pid', 'p'],
  core: ['core', 'c'],
  symbols: ['symbols', 's'],
  executable: ['exec', 'e'],
  program: ['se'],
  directory: ['directory', 'd'],
  changeDirectory: ['cd'],
  terminal: ['tty', 't'],
  qmp: ['qmp'],
  ignored: ['b', 'l', 'data-directory', 'D', 'interpreter', 'i', 'ui', 'eval'],
};

const flags: Readonly<Record<string, readonly string[]>> = {
  args: ['args'],
  batch: ['batch'],
  batchSilent: ['batch-silent'],
  quiet: ['quiet', 'q', 'silent'],
  noInit: ['nx', 'n'],
  noHomeInit: ['nh'],
  json: ['json'],
  gdb: ['gdb'],
  returnChildResult: ['return-child-result'],
  help: ['help', 'h'],
  version: ['version', 'v'],
  configuration: ['configuration'],
  ignored: [
    'nw',
    'nowindows',
    'w',
    'windows',
    'tui',
    'f',
    'fullname',
    'readnow',
    'readnever',
    'r',
    'statistics',
    'write',
    'dbx',
    'no-escape-args',
  ],
};

/** Parses as gdb does: `-opt`, `--opt`, `-opt=value`, `-opt value`, unambiguous prefixes. Throws SondeError for what it does not know. */
export function parseOptions(argv: readonly string[]): Options {
  const options: Options = {
    files: [],
    directories: [],
    commands: [],
    earlyCommands: [],
    batch: false,
    batchSilent: false,
    quiet: false,
    noInit: false,
    noHomeInit: false,
    json: false,
    gdb: false,
    returnChildResult: false,
  };
  const rest: string[] = [];
  let at = 0;
  for (; at < argv.length; at++) {
    const word = argv[at];
    if (!word.startsWith('-') || word === '-' || word === '--') {
      if (word !== '--') rest.push(word);
      if (word !== '--' && rest.length > 0 && options.args) break;
      continue;
    }
    const [, name, value] = /^--?([^=]*)(?:=([\s\S]*))?$/.exec(word) as RegExpExecArray;
    const found = lookUp(name, word);
    if (found.kind === 'flag') {
      if (found.key === 'args') options.args = [];
      else applyFlag(options, found.key);
      continue;
    }
    const given = value ?? argv[++at];
    if (given === undefined)
      throw new SondeError(`sonde: option '${word}' requires an argument\nUse \`sonde --help' for a complete list of options.`);
    applyValue(options, found.key, given);
  }
  if (options.args) {
    if (rest.length === 0) throw new SondeError("sonde: `--args' specified but no program specified");
    options.args = argv.slice(at + 1);
    options.program ??= rest[0];
  } else {
    options.program ??= rest[0];
    options.coreOrPid = rest[1];
  }
  options.files = rest;
  return options;
}

function lookUp(name: string, word: string): { kind: 'flag' | 'value'; key: string } {
  const candidates = [...entries(flags, 'flag'), ...entries(valued, 'value')];
  const exact = candidates.find((candidate) => candidate.name === name);
  if (exact) return exact;
  const matches = candidates.filter((candidate) => candidate.name.startsWith(name));
  const keys = new Set(matches.map(({ key }) => key));
  if (name !== '' && keys.size === 1) return matches[0];
  const problem = name !== '' && keys.size > 1 ? 'is ambiguous' : '';
  throw new SondeError(
    `sonde: ${problem ? `option '${word}' ${problem}` : `unrecognized option '${word}'`}\nUse \`sonde --help' for a complete list of options.`,
  );
}

const entries = (table: Readonly<Record<string, readonly string[]>>, kind: 'flag' | 'value') =>
  Object.entries(table).flatMap(([key, names]) => names.map((name) => ({ kind, key, name })));

function applyFlag(options: Options, key: string): void {
  if (key === 'help' || key === 'version' || key === 'configuration') options.action = key;
  else if (key === 'batchSilent') options.batch = options.batchSilent = true;
  else if (key !== 'ignored') (options as unknown as Record<string, boolean>)[key] = true;
}

function applyValue(options: Options, key: string, value: string): void {
  switch (key) {
    case 'file':
      options.commands.push({ kind: 'file', text: value });
      break;
    case 'command':
      options.commands.push({ kind: 'command', text: value });
      break;
    case 'earlyFile':
      options.earlyCommands.push({ kind: 'file', text: value });
      break;
    case 'earlyCommand':
      options.earlyCommands.push({ kind: 'command', text: value });
      break;
    case 'directory':
      options.directories.push(value);
      break;
    case 'pid':
      options.pid = value;
      break;
    case 'core':
      options.core = value;
      break;
    case 'symbols':
      options.symbols = value;
      break;
    case 'executable':
      options.executable = value;
      break;
    case 'program':
      options.program = value;
      break;
    case 'changeDirectory':
      options.changeDirectory = value;
      break;
    case 'terminal':
      options.terminal = value;
      break;
    case 'qmp':
      options.qmp = value;
      break;
  }
}
