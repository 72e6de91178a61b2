import { hex } from '../../base/address.ts';
import { systemCallName } from '../../linux/systemCalls.ts';
import { type Breakpoint, isWatchpoint } from '../../session/breakpoints.ts';
import type { Session } from '../../session/session.ts';

/** What each kind is called when it is mentioned. */
const watchpointNames: Readonly<Record<string, string>> = {
  watchpoint: 'Watchpoint',
  'hw watchpoint': 'Hardware watchpoint',
  'read watchpoint': 'Hardware read watchpoint',
  'acc watchpoint': 'Hardware access (read/write) watchpoint',
};

/** `Hardware watchpoint 2: data[1]` */
export const watchpointTitle = ({ kind, number, spec }: Breakpoint): string => `${watchpointNames[kind]} ${number}: ${spec}`;

/** The line that announces a new breakpoint: `Breakpoint 1 at 0x1139: file t.c, line 5.`; without its newline. */
export function mention(session: Session, breakpoint: Breakpoint): string {
  if (isWatchpoint(breakpoint)) return watchpointTitle(breakpoint);
  if (breakpoint.catch) return `Catchpoint ${breakpoint.number} (${catchText(breakpoint)})`;
  const { locations, number, spec } = breakpoint;
  const text = `${kindName(breakpoint)} ${number}`;
  if (locations.length === 0) return `${text} (${spec}) pending.`;
  const [first] = locations;
  const address = session.settings.boolean('print address') || !first.file ? ` at ${hex(first.address)}` : '';
  const place = first.file
    ? locations.length === 1
      ? `: file ${session.sources.displayName(first.file)}, line ${first.line}.`
      : `: ${spec}.`
    : '';
  return `${text}${address}${place}${locations.length > 1 ? ` (${locations.length} locations)` : ''}`;
}

function kindName({ kind, disposition }: Breakpoint): string {
  if (kind === 'hw breakpoint') return 'Hardware assisted breakpoint';
  return disposition === 'del' ? 'Temporary breakpoint' : 'Breakpoint';
}

/** `fork`, `signal SIGUSR1`, `syscall 'write' [1]` */
export function catchText({ spec, catch: caught }: Breakpoint): string {
  if (caught?.kind === 'signal')
    return caught.signals.length === 0 ? 'standard signals' : `signal${caught.signals.length > 1 ? 's' : ''} ${spec}`;
  if (caught?.kind === 'syscall') return syscallText(caught.numbers);
  if (caught?.kind === 'load' || caught?.kind === 'unload') return caught.kind;
  return spec;
}

function syscallText(numbers: readonly number[]): string {
  if (numbers.length === 0) return 'any syscall';
  const list = numbers.map((number) => `'${systemCallName(number)}' [${number}]`).join(' ');
  return `syscall${numbers.length > 1 ? 's' : ''} ${list}`;
}
