import { hex } from '../../base/address.ts';
import { SondeError } from '../../base/errors.ts';
import type { Core } from '../../formats/core/core.ts';
import { parseMaps, parseStat, procLink, procText } from '../../linux/procfs.ts';
import { CoreTarget } from '../../targets/corefile/coreTarget.ts';
import type { Target } from '../../targets/target.ts';
import type { Command, CommandContext, Result } from '../command.ts';
import { textResult } from '../command.ts';

/** `info proc`: what /proc says of the program being debugged, or of any process. */
type Part = 'cmdline' | 'cwd' | 'exe' | 'mappings' | 'status' | 'stat';

const minimal: readonly Part[] = ['cmdline', 'cwd', 'exe'];
const everything: readonly Part[] = [...minimal, 'mappings', 'status', 'stat'];

const subcommand = (name: string, parts: readonly Part[], summary: string): Command => ({
  name: name === '' ? 'info proc' : `info proc ${name}`,
  group: 'status',
  summary,
  completes: 'none',
  run: (args, context) => show(args, parts, context),
});

export const infoProcCommands: readonly Command[] = [
  {
    ...subcommand('', minimal, 'Show additional information about a process.'),
    help: 'Specify any process id, or use the program being debugged by default.',
  },
  subcommand('mappings', ['mappings'], 'List memory regions mapped by the specified process.'),
  subcommand('stat', ['stat'], 'List process info from /proc/PID/stat.'),
  subcommand('status', ['status'], 'List process info from /proc/PID/status.'),
  subcommand('cwd', ['cwd'], 'List current working directory of the specified process.'),
  subcommand('cmdline', ['cmdline'], 'List command line arguments of the specified process.'),
  subcommand('exe', ['exe'], 'List absolute filename for executable of the specified process.'),
  subcommand('files', [], 'List files opened by the specified process.'),
  subcommand('all', everything, 'List all available info about the specified process.'),
];

function show(args: string, parts: readonly Part[], context: CommandContext): void {
  const { target } = context.session;
  if (target instanceof CoreTarget) return showOfCore(target, parts, context);
  if (target?.kind === 'kernel') return showInKernel(target, parts, context);
  const [word, ...more] = args.split(/\s+/).filter((part) => part !== '');
  const given = word !== undefined && /^\d/.test(word);
  const extra = given ? more : word === undefined ? [] : [word, ...more];
  if (extra.length > 0) throw new SondeError(`Too many parameters: ${extra.join(' ')}`);
  const pid = given ? Number.parseInt(word, 10) : context.session.live?.pid;
  if (pid === undefined) throw new SondeError('No current process: you must name one.');

  context.emit(textResult(`process ${pid}\n`, 'process'));
  for (const part of parts) context.emit(renderers[part](pid));
}

/** A core knows the command line and the files that were mapped. */
function showOfCore({ core }: CoreTarget, parts: readonly Part[], { emit }: CommandContext): void {
  if (!parts.includes('exe') && !parts.includes('mappings')) throw new SondeError('unable to handle request');
  if (parts.includes('exe') && core.process) emit(fact('exe', core.process.args));
  if (parts.includes('mappings') && core.mappings.length > 0) emit(fileTable(core.mappings));
}

/** Of a process inside a kernel: what its own memory and the kernel's lists tell. */
function showInKernel(target: Target, parts: readonly Part[], { emit }: CommandContext): void {
  emit(textResult(`process ${target.pid}\n`, 'process'));
  if (parts.includes('exe') && target.executable !== undefined) emit(fact('exe', target.executable));
  if (parts.includes('mappings')) emit(fileTable(target.mappings()));
}

const renderers: Readonly<Record<Part, (pid: number) => Result>> = {
  cmdline: (pid) => {
    const text = procText(pid, 'cmdline');
    if (text === undefined) return cannotOpen(pid, 'cmdline');
    return fact('cmdline', text.replace(/\0$/, '').replaceAll('\0', ' '));
  },
  cwd: (pid) => link(pid, 'cwd'),
  exe: (pid) => link(pid, 'exe'),
  mappings: (pid) => {
    const text = procText(pid, 'maps');
    return text === undefined ? cannotOpen(pid, 'maps') : mappingTable(text);
  },
  status: (pid) => {
    const text = procText(pid, 'status');
    return text === undefined ? cannotOpen(pid, 'status') : textResult(text, 'process status');
  },
  stat: (pid) => {
    const text = procText(pid, 'stat');
    return text === undefined ? cannotOpen(pid, 'stat') : statistics(text);
  },
};

function link(pid: number, name: 'cwd' | 'exe'): Result {
  const target = procLink(pid, name);
  return target === undefined ? warning(`unable to read link '/proc/${pid}/${name}'`) : fact(name, target);
}

const fact = (name: string, value: string): Result => ({ kind: 'process', data: { [name]: value }, text: () => `${name} = '${value}'\n` });
const warning = (message: string): Result => ({ kind: 'warning', data: message, text: () => `warning: ${message}\n`, stream: 'stderr' });
const cannotOpen = (pid: number, name: string): Result => warning(`unable to open /proc file '/proc/${pid}/${name}'`);

const mappingHeading = (...last: string[]): string[] => [
  'Mapped address spaces:',
  '',
  `  ${['Start Addr'.padStart(18), 'End Addr'.padStart(18), 'Size'.padStart(10), 'Offset'.padStart(10), ...last].join(' ')}`,
];

const column = (value: bigint | number, width: number): string => hex(value).padStart(width);

function fileTable(rows: Core['mappings']): Result {
  const lines = rows.map(
    ({ start, end, offset, path }) => `  ${column(start, 18)} ${column(end, 18)} ${column(end - start, 10)} ${column(offset, 10)} ${path}`,
  );
  return {
    kind: 'mappings',
    data: rows.map(({ start, end, offset, path }) => ({ start: hex(start), end: hex(end), offset: hex(offset), path })),
    text: () => `${[...mappingHeading('objfile'), ...lines].join('\n')}\n`,
  };
}

function mappingTable(text: string): Result {
  const rows = parseMaps(text);
  return {
    kind: 'mappings',
    data: rows.map((row) => ({ start: hex(row.start), end: hex(row.end), offset: hex(row.offset), path: row.path })),
    text: () => {
      const lines = mappingHeading(` ${'Perms'.padEnd(5)} `, 'objfile');
      for (const { start, end, offset, read, write, execute, shared, path } of rows) {
        const permissions = `${read ? 'r' : '-'}${write ? 'w' : '-'}${execute ? 'x' : '-'}${shared ? 's' : 'p'}`;
        lines.push(
          `  ${column(start, 18)} ${column(end, 18)} ${column(end - start, 10)} ${column(offset, 10)}  ${permissions.padEnd(5)}  ${path}`,
        );
      }
      return `${lines.join('\n')}\n`;
    },
  };
}

/** Fields of proc(5) that gdb shows, with its labels; numbered as in the manual page. */
const statFields: readonly (readonly [number, string, ('hexadecimal' | 'unsigned' | 'text')?])[] = [
  [1, 'Process', 'text'],
  [2, 'Exec file', 'text'],
  [3, 'State', 'text'],
  [4, 'Parent process'],
  [5, 'Process group'],
  [6, 'Session id'],
  [7, 'TTY'],
  [8, 'TTY owner process group'],
  [9, 'Flags', 'hexadecimal'],
  [10, 'Minor faults (no memory page)'],
  [11, 'Minor faults, children'],
  [12, 'Major faults (memory page faults)'],
  [13, 'Major faults, children'],
  [14, 'utime'],
  [15, 'stime'],
  [16, 'utime, children'],
  [17, 'stime, children'],
  [18, 'jiffies remaining in current time slice'],
  [19, "'nice' value"],
  [20, 'jiffies until next timeout'],
  [21, 'jiffies until next SIGALRM'],
  [22, 'start time (jiffies since system boot)'],
  [23, 'Virtual memory size'],
  [24, 'Resident set size'],
  [25, 'rlim'],
  [26, 'Start of text', 'hexadecimal'],
  [27, 'End of text', 'hexadecimal'],
  [28, 'Start of stack', 'hexadecimal'],
];

function statistics(text: string): Result {
  const values = parseStat(text);
  const shown = statFields.map(([index, label, form]) => {
    if (form === 'text') return [label, values[index]];
    // gdb reads them all as unsigned long: no terminal is 18446744073709551615.
    const value = BigInt.asUintN(64, BigInt(values[index] ?? 0));
    return [label, form === 'hexadecimal' ? hex(value) : String(value)];
  });
  return {
    kind: 'process statistics',
    data: Object.fromEntries(shown),
    text: () => shown.map(([label, value]) => `${label}: ${value}\n`).join(''),
  };
}
