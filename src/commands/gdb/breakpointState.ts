import { SondeError } from '../../base/errors.ts';
import { compileCondition, findLocations } from '../../session/breakpointLocations.ts';
import { type Breakpoint, isWatchpoint } from '../../session/breakpoints.ts';
import type { Session } from '../../session/session.ts';
import { type Command, type CommandContext, textResult } from '../command.ts';
import { parseNumbers } from './numberList.ts';

/** delete, clear, enable, disable, condition, ignore: what becomes of breakpoints that there are. */
export const breakpointStateCommands: readonly Command[] = [
  {
    name: 'delete',
    aliases: ['d', 'del'],
    group: 'breakpoints',
    summary: 'Delete all or some breakpoints.',
    help: 'Usage: delete [BREAKPOINTNUM]...\nArguments are breakpoint numbers with spaces in between.\nTo delete all breakpoints, give no argument.\n\nAlso a prefix command for deletion of other GDB objects.',
    completes: 'none',
    run: deleteBreakpoints,
  },
  {
    name: 'delete breakpoints',
    group: 'breakpoints',
    summary: 'Delete all or some breakpoints or auto-display expressions.',
    help: 'Usage: delete breakpoints [BREAKPOINTNUM]...\nArguments are breakpoint numbers with spaces in between.\nTo delete all breakpoints, give no argument.',
    completes: 'none',
    run: deleteBreakpoints,
  },
  {
    name: 'clear',
    aliases: ['cl'],
    group: 'breakpoints',
    summary: 'Clear breakpoint at specified location.',
    help: 'Argument may be a linespec, explicit, or address location as described below.\n\nWith no argument, clears all breakpoints in the line that the selected frame\nis executing in.',
    completes: 'location',
    run: clear,
  },
  {
    name: 'enable',
    aliases: ['en'],
    group: 'breakpoints',
    summary: 'Enable all or some breakpoints.',
    help: 'Usage: enable [BREAKPOINTNUM]...\nGive breakpoint numbers (separated by spaces) as arguments.\nWith no subcommand, breakpoints are enabled until you command otherwise.\nThis is used to cancel the effect of the "disable" command.\nWith a subcommand you can enable temporarily.',
    completes: ['breakpoints', 'count', 'delete', 'display', 'once'],
    run: (args, context) => forEachPlace(args, context, { breakpoint: enable, place: (location) => (location.enabled = true) }),
  },
  {
    name: 'enable breakpoints',
    group: 'breakpoints',
    summary: 'Enable all or some breakpoints.',
    help: 'Usage: enable breakpoints [BREAKPOINTNUM]...',
    completes: 'none',
    run: (args, context) => forEachPlace(args, context, { breakpoint: enable, place: (location) => (location.enabled = true) }),
  },
  {
    name: 'enable once',
    group: 'breakpoints',
    summary: 'Enable some breakpoints for one hit.',
    help: 'Usage: enable once BREAKPOINTNUM...\nIf a breakpoint is hit while enabled in this fashion, it becomes disabled.',
    completes: 'none',
    run: (args, context) =>
      forEachBreakpoint(args, context, (breakpoint) => {
        enable(breakpoint);
        breakpoint.disposition = 'dis';
      }),
  },
  {
    name: 'enable delete',
    group: 'breakpoints',
    summary: 'Enable some breakpoints and delete when hit.',
    help: 'Usage: enable delete BREAKPOINTNUM...\nIf a breakpoint is hit while enabled in this fashion, it will be deleted.',
    completes: 'none',
    run: (args, context) =>
      forEachBreakpoint(args, context, (breakpoint) => {
        enable(breakpoint);
        breakpoint.disposition = 'del';
      }),
  },
  {
    name: 'enable count',
    group: 'breakpoints',
    summary: 'Enable some breakpoints for COUNT hits.',
    help: 'Usage: enable count COUNT BREAKPOINTNUM...\nIf a breakpoint is hit while enabled in this fashion,\nthe count is decremented; when it reaches zero, the breakpoint is disabled.',
    completes: 'none',
    run: enableCount,
  },
  {
    name: 'disable',
    aliases: ['dis', 'disa'],
    group: 'breakpoints',
    summary: 'Disable all or some breakpoints.',
    help: 'Usage: disable [BREAKPOINTNUM]...\nArguments are breakpoint numbers with spaces in between.\nTo disable all breakpoints, give no argument.\nA disabled breakpoint is not forgotten, but has no effect until re-enabled.',
    completes: ['breakpoints', 'display'],
    run: (args, context) => forEachPlace(args, context, { breakpoint: disable, place: (location) => (location.enabled = false) }),
  },
  {
    name: 'disable breakpoints',
    group: 'breakpoints',
    summary: 'Disable all or some breakpoints.',
    help: 'Usage: disable breakpoints [BREAKPOINTNUM]...',
    completes: 'none',
    run: (args, context) => forEachPlace(args, context, { breakpoint: disable, place: (location) => (location.enabled = false) }),
  },
  {
    name: 'condition',
    group: 'breakpoints',
    summary: 'Specify breakpoint number N to break only if COND is true.',
    help: 'Usage: condition [OPTION] N [COND]\n\nwhere N is an integer and COND is an expression to be evaluated whenever breakpoint N is reached.\nWithout COND the breakpoint is unconditional again.',
    completes: 'expression',
    run: setCondition,
  },
  {
    name: 'ignore',
    group: 'breakpoints',
    summary: 'Set ignore-count of breakpoint number N to COUNT.',
    help: "Usage is `ignore N COUNT'.",
    completes: 'none',
    run: ignore,
  },
];

function enable(breakpoint: Breakpoint): void {
  breakpoint.enabled = true;
  breakpoint.enableCount = undefined;
}

function disable(breakpoint: Breakpoint): void {
  breakpoint.enabled = false;
}

async function deleteBreakpoints(args: string, context: CommandContext): Promise<void> {
  const { session } = context;
  if (args !== '') return forEachBreakpoint(args, context, (breakpoint) => session.breakpoints.delete(breakpoint));
  const { all } = session.breakpoints;
  if (all.length === 0 || (context.fromTerminal && !(await context.query('Delete all breakpoints? ')))) return;
  for (const breakpoint of [...all]) session.breakpoints.delete(breakpoint);
}

/** Numbers without a breakpoint are told; the others are done. */
function forEachBreakpoint(args: string, { session, emit }: CommandContext, action: (breakpoint: Breakpoint) => void): void {
  if (args === '') throw new SondeError('Argument required (one or more breakpoint numbers).');
  for (const number of parseNumbers(args, 'breakpoint', session, (text) => session.emit({ kind: 'warning', text }))) {
    const breakpoint = session.breakpoints.find(number);
    if (breakpoint) action(breakpoint);
    else emit(textResult(`No breakpoint number ${number}.\n`));
  }
}

interface PlaceAction {
  breakpoint(breakpoint: Breakpoint): void;
  place(location: Breakpoint['locations'][number]): void;
}

/** enable and disable also take single places: `1.2`, `1.1-3`. */
function forEachPlace(args: string, context: CommandContext, action: PlaceAction): void {
  const { session } = context;
  if (args === '') return [...session.breakpoints.all].forEach((breakpoint) => action.breakpoint(breakpoint));
  for (const word of args.split(/\s+/)) {
    const [, number, first, last] = /^(\d+)\.(\d+)(?:-(\d+))?$/.exec(word) ?? [];
    if (number === undefined) {
      if (word.includes('.')) throw new SondeError(`Bad breakpoint location number '${word.slice(word.indexOf('.') + 1)}'`);
      if (!/^(\d+(-\d+)?|\$\w+)$/.test(word)) throw new SondeError(`Bad breakpoint number '${word}'`);
      forEachBreakpoint(word, context, (breakpoint) => action.breakpoint(breakpoint));
      continue;
    }
    const breakpoint = session.breakpoints.find(Number(number));
    if (!breakpoint) throw new SondeError(`Bad breakpoint number '${word}'`);
    for (let index = Number(first); index <= Number(last ?? first); index++) {
      const location = breakpoint.locations[index - 1];
      if (!location) throw new SondeError(`Bad breakpoint location number '${index}'`);
      action.place(location);
    }
  }
}

function enableCount(args: string, context: CommandContext): Promise<void> | void {
  if (args === '') throw new SondeError('Argument required (hit count).');
  const [, countText, rest] = /^(\S+)\s*(.*)$/s.exec(args) as RegExpExecArray;
  const count = Number(countText);
  if (!Number.isInteger(count)) throw new SondeError(`Invalid number "${countText}".`);
  forEachBreakpoint(rest, context, (breakpoint) => {
    breakpoint.enabled = true;
    breakpoint.disposition = 'dis';
    breakpoint.enableCount = count;
  });
}

function clear(args: string, { session, emit, fromTerminal }: CommandContext): void {
  const found = args === '' ? atSelectedLine(session) : atLocation(session, args);
  if (found.length === 0) throw new SondeError(args === '' ? 'No breakpoint at this line.' : `No breakpoint at ${args}.`);
  for (const breakpoint of found) session.breakpoints.delete(breakpoint);
  if (fromTerminal || found.length > 1)
    emit(textResult(`Deleted breakpoint${found.length > 1 ? 's' : ''} ${found.map(({ number }) => `${number} `).join('')}\n`));
}

const clearable = ({ breakpoints }: Session): Breakpoint[] =>
  breakpoints.all.filter((breakpoint) => !isWatchpoint(breakpoint) && !breakpoint.catch);

function atSelectedLine(session: Session): Breakpoint[] {
  const line = session.selectedFrame?.line;
  const file = line?.file ?? session.listing.file;
  const number = line?.line ?? session.listing.centre ?? session.listing.last;
  if (!file || !number) throw new SondeError('No source file specified.');
  return clearable(session).filter(({ locations }) =>
    locations.some((place) => place.line === number && place.file?.fullName === file.fullName),
  );
}

function atLocation(session: Session, spec: string): Breakpoint[] {
  const wanted = findLocations(session, spec);
  const byLine = /(^|:)[+-]?\d+$/.test(spec.trim());
  return clearable(session).filter(({ locations }) =>
    locations.some((place) =>
      wanted.some(
        (one) => one.address === place.address || (byLine && one.line === place.line && one.file?.fullName === place.file?.fullName),
      ),
    ),
  );
}

function setCondition(args: string, { session, emit }: CommandContext): void {
  if (args === '') throw new SondeError('Argument required (breakpoint number).');
  const [, word, rest] = /^(?:-force\s+)?(\S+)\s*(.*)$/s.exec(args) as RegExpExecArray;
  if (!/^\d+$/.test(word)) throw new SondeError(`Bad breakpoint argument: '${word}'`);
  const breakpoint = session.breakpoints.require(Number(word));
  if (rest === '') {
    if (breakpoint.condition === undefined) emit(textResult(`Breakpoint ${breakpoint.number} already unconditional.\n`));
    else emit(textResult(`Breakpoint ${breakpoint.number} now unconditional.\n`));
    breakpoint.condition = undefined;
    for (const location of breakpoint.locations) location.condition = undefined;
    return;
  }
  const compiled = breakpoint.locations.map(({ address }) => compileCondition(session, rest, address));
  breakpoint.condition = rest;
  breakpoint.locations.forEach((location, index) => {
    location.condition = compiled[index];
  });
}

async function ignore(args: string, { session, emit }: CommandContext): Promise<void> {
  if (args === '') throw new SondeError('Argument required (a breakpoint number).');
  const [, word, rest] = /^(\S+)\s*(.*)$/s.exec(args) as RegExpExecArray;
  if (!/^\d+$/.test(word)) throw new SondeError(`bad breakpoint argument: '${word}'`);
  const number = Number(word);
  if (rest === '') throw new SondeError('Second argument (specified ignore-count) is missing.');
  const count = Math.max(0, Number(BigInt.asIntN(64, await session.evaluateAddress(rest))));
  setIgnoreCount(session, number, count);
  emit(textResult(`${ignoreText(number, count)}\n`));
}

export function setIgnoreCount(session: Session, number: number, count: number): void {
  session.breakpoints.require(number).ignoreCount = count;
}

export function ignoreText(number: number, count: number): string {
  if (count === 0) return `Will stop next time breakpoint ${number} is reached.`;
  return count === 1
    ? `Will ignore next crossing of breakpoint ${number}.`
    : `Will ignore next ${count} crossings of breakpoint ${number}.`;
}
