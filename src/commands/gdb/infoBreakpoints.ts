import { hex, hex16 } from '../../base/address.ts';
import { wrapPoint } from '../../base/wrap.ts';
import { symbolicText } from '../../program/symbolic.ts';
import { type Breakpoint, type BreakpointLocation, isWatchpoint } from '../../session/breakpoints.ts';
import { examineState } from '../../session/examine.ts';
import type { Session } from '../../session/session.ts';
import { type Command, type CommandContext, textResult } from '../command.ts';
import { bodyText } from './body.ts';
import { parseNumbers } from './numberList.ts';

/** info breakpoints and info watchpoints. */
export const infoBreakpointsCommands: readonly Command[] = [
  {
    name: 'info breakpoints',
    aliases: ['info b', 'info br'],
    group: 'status',
    summary: 'Status of specified breakpoints (all user-settable breakpoints if no argument).',
    help: 'The "Type" column indicates one of:\n\tbreakpoint     - normal breakpoint\n\twatchpoint     - watchpoint\nThe "Disp" column contains one of "keep", "del", or "dis" to indicate\nthe disposition of the breakpoint after it gets hit.',
    completes: 'none',
    run: (args, context) => show(args, context, () => true, 'breakpoints or watchpoints', 'breakpoint or watchpoint'),
  },
  {
    name: 'info watchpoints',
    group: 'status',
    summary: 'Status of specified watchpoints (all watchpoints if no argument).',
    completes: 'none',
    run: (args, context) => show(args, context, isWatchpoint, 'watchpoints', 'watchpoint'),
  },
];

function show(
  args: string,
  { session, emit }: CommandContext,
  wanted: (breakpoint: Breakpoint) => boolean,
  plural: string,
  singular: string,
): void {
  const numbers = args === '' ? undefined : parseNumbers(args, singular, session, (text) => session.emit({ kind: 'warning', text }));
  const chosen = session.breakpoints.all.filter((breakpoint) => wanted(breakpoint) && (!numbers || numbers.includes(breakpoint.number)));
  if (chosen.length === 0) {
    emit(textResult(args === '' ? `No ${plural}.\n` : `No ${singular} matching '${args}'.\n`));
    return;
  }
  const last = chosen.flatMap(({ locations }) => locations).at(-1);
  if (last) examineState(session).next = last.address;
  emit({
    kind: 'breakpoints',
    data: chosen.map(({ number, kind, enabled, hits, spec, condition, locations }) => ({
      number,
      kind,
      enabled,
      hits,
      spec,
      condition,
      locations: locations.map(({ address, line }) => ({ address: hex(address), line })),
    })),
    text: () => table(session, chosen),
  });
}

function table(session: Session, chosen: readonly Breakpoint[]): string {
  const typeWidth = Math.max(14, ...chosen.map(({ kind }) => kind.length));
  const hasAddress = chosen.some(
    ({ locations, watch }) => locations.length > 0 || (session.live !== undefined && watch !== undefined && watch.memory.length > 0),
  );
  const widths = { type: typeWidth, address: session.settings.boolean('print address') ? (hasAddress ? 18 : 10) : 0 };
  const head = `${cell('Num', 7)}${cell('Type', typeWidth)}${cell('Disp', 4)}${cell('Enb', 3)}${widths.address ? cell('Address', widths.address) : ''}What\n`;
  return head + chosen.map((breakpoint) => rows(session, breakpoint, widths)).join('');
}

interface Widths {
  readonly type: number;
  readonly address: number;
}

const cell = (text: string, width: number): string => `${text.padEnd(width)} `;

function rows(session: Session, breakpoint: Breakpoint, widths: Widths): string {
  const { number, kind, disposition, enabled, locations } = breakpoint;
  const isMultiple = locations.length > 1 || (locations.length === 1 && !locations[0].enabled);
  const addressCell = (text: string): string => (widths.address ? cell(text, widths.address) : '');
  let text = `${cell(String(number), 7)}${cell(kind, widths.type)}${cell(disposition, 4)}${cell(enabled ? 'y' : 'n', 3)}`;
  if (breakpoint.watch || breakpoint.catch) text += `${addressCell('')}${breakpoint.catch ? catchColumn(breakpoint) : breakpoint.spec}`;
  else if (locations.length === 0 || (!isMultiple && locations[0].unloaded)) text += `${addressCell('<PENDING>')}${breakpoint.spec}`;
  else if (isMultiple) text += addressCell('<MULTIPLE>');
  else text += `${addressCell(hex16(locations[0].address))}${placeText(session, locations[0], indentOf(widths))}`;
  text += `\n${details(breakpoint)}`;
  if (!isMultiple) return text;
  locations.forEach((location, index) => {
    text += `${cell(`${number}.${index + 1}`, 7)}${cell('', widths.type)}${cell('', 4)}${cell(location.enabled ? 'y' : 'n', 3)}`;
    const place = location.unloaded
      ? `${addressCell('<PENDING>')}${breakpoint.spec}`
      : `${addressCell(hex16(location.address))}${placeText(session, location, indentOf(widths))}`;
    text += `${place}\n`;
  });
  return text;
}

/** Where the last column begins. */
const indentOf = ({ type, address }: Widths): number => 8 + (type + 1) + 5 + 4 + (address && address + 1);

function placeText(session: Session, { file, line, function: name, address }: BreakpointLocation, indent: number): string {
  if (file) return `${name === undefined ? '' : `in ${name} ${wrapPoint(indent)}at `}${session.sources.displayName(file)}:${line}`;
  return symbolicText(session.program, address) ?? '';
}

function catchColumn({ spec, catch: caught }: Breakpoint): string {
  switch (caught?.kind) {
    case 'signal':
      return `signal${caught.signals.length > 1 && spec !== '<any signal>' ? 's' : ''} "${caught.signals.length === 0 ? '<standard signals>' : spec}" `;
    case 'syscall':
      return `syscall${caught.numbers.length > 1 ? 's' : ''} "${caught.numbers.length === 0 ? '<any syscall>' : spec}" `;
    default:
      return spec;
  }
}

/** The indented lines below a breakpoint. */
function details({ condition, thread, hits, ignoreCount, disposition, enableCount, commands, catch: caught }: Breakpoint): string {
  let text = '';
  if (condition !== undefined) text += `\tstop only if ${condition}\n`;
  if (thread !== undefined) text += `\tstop only in thread ${thread}\n`;
  if (hits > 0) text += `\t${caught ? 'catchpoint' : 'breakpoint'} already hit ${hits} time${hits === 1 ? '' : 's'}\n`;
  if (ignoreCount > 0) text += `\tignore next ${ignoreCount} hits\n`;
  if (disposition === 'dis' && enableCount !== undefined && enableCount > 1)
    text += `\tdisable after ${ignoreCount > 0 ? 'additional' : 'next'} ${enableCount} hits\n`;
  return text + bodyText(commands, 4);
}
