import { hex } from '../../base/address.ts';
import { SondeError } from '../../base/errors.ts';
import { compileCondition, findLocations, locationAt } from '../../session/breakpointLocations.ts';
import type { Breakpoint, BreakpointKind, BreakpointLocation } from '../../session/breakpoints.ts';
import { parseLocation } from '../../session/linespec.ts';
import type { Session } from '../../session/session.ts';
import { type Command, type CommandContext, textResult } from '../command.ts';
import { mention } from './breakpointTitles.ts';

const locationHelp = `LOCATION may be a line number, function name, or "*" and an address.
If a line number is specified, break at start of code for that line.
If a function is specified, break at start of code for that function.
If an address is specified, break at that exact address.
With no LOCATION, uses current execution address of the selected stack frame.

THREADNUM is the number from "info threads".
CONDITION is a boolean expression.

Multiple breakpoints at one place are permitted, and useful if their
conditions are different.`;

/** break and its kin: new breakpoints. */
export const breakpointCommands: readonly Command[] = [
  {
    name: 'break',
    aliases: ['b', 'br', 'bre', 'brea'],
    group: 'breakpoints',
    summary: 'Set breakpoint at specified location.',
    help: `break [LOCATION] [thread THREADNUM] [-force-condition] [if CONDITION]\n${locationHelp}`,
    completes: 'location',
    run: (args, context) => setBreakpoint(args, context, { kind: 'breakpoint', disposition: 'keep' }),
  },
  {
    name: 'tbreak',
    aliases: ['tb', 'tbr'],
    group: 'breakpoints',
    summary: 'Set a temporary breakpoint.',
    help: `Like "break" except the breakpoint is only temporary,\nso it will be deleted when hit.  Equivalent to "break" followed\nby using "enable delete" on the breakpoint number.\n\n${locationHelp}`,
    completes: 'location',
    run: (args, context) => setBreakpoint(args, context, { kind: 'breakpoint', disposition: 'del' }),
  },
  {
    name: 'hbreak',
    group: 'breakpoints',
    summary: 'Set a hardware assisted breakpoint.',
    help: `Like "break" except the breakpoint requires hardware support,\nsome target hardware may not have this support.\n\n${locationHelp}`,
    completes: 'location',
    run: (args, context) => setBreakpoint(args, context, { kind: 'hw breakpoint', disposition: 'keep' }),
  },
  {
    name: 'thbreak',
    group: 'breakpoints',
    summary: 'Set a temporary hardware assisted breakpoint.',
    help: `Like "hbreak" except the breakpoint is only temporary,\nso it will be deleted when hit.\n\n${locationHelp}`,
    completes: 'location',
    run: (args, context) => setBreakpoint(args, context, { kind: 'hw breakpoint', disposition: 'del' }),
  },
  {
    name: 'rbreak',
    group: 'breakpoints',
    summary: 'Set a breakpoint for all functions matching REGEXP.',
    help: 'Usage: rbreak [REGEXP]',
    completes: 'none',
    run: breakOnAllMatching,
  },
];

interface Wanted {
  readonly kind: BreakpointKind;
  readonly disposition: Breakpoint['disposition'];
}

interface Extras {
  readonly condition: string | undefined;
  readonly thread: number | undefined;
}

async function setBreakpoint(args: string, context: CommandContext, wanted: Wanted): Promise<void> {
  const { session, emit } = context;
  const placed = await place(args, context, wanted);
  if (!placed) return;
  if (wanted.kind === 'hw breakpoint' && !session.live) throw new SondeError('No hardware breakpoint support in the target.');
  const { locations, spec, extras } = placed;
  const condition = extras.condition;
  const withConditions =
    condition === undefined
      ? locations
      : locations.map((location) => ({ ...location, condition: compileCondition(session, condition, location.address) }));
  if (context.fromTerminal) for (const location of locations) noteOthers(location, context);
  const breakpoint = session.breakpoints.add({ ...wanted, spec, locations: withConditions, condition, thread: extras.thread });
  emit(breakpointResult(session, breakpoint));
}

/** A new breakpoint as it is announced. */
export const breakpointResult = (session: Session, breakpoint: Breakpoint) => ({
  kind: 'breakpoint',
  data: {
    number: breakpoint.number,
    kind: breakpoint.kind,
    locations: breakpoint.locations.map(({ address, line }) => ({ address: hex(address), line })),
  },
  text: () => `${mention(session, breakpoint)}\n`,
});

interface Placed {
  readonly locations: BreakpointLocation[];
  readonly spec: string;
  readonly extras: Extras;
}

async function place(args: string, context: CommandContext, { kind }: Wanted): Promise<Placed | undefined> {
  const { session } = context;
  if (args === '' || /^(if\b|thread\s|-force-condition)/.test(args)) {
    const frame = session.selectedFrame;
    if (!frame) throw new SondeError('No default breakpoint address now.');
    return { locations: [locationAt(session, frame.pc)], spec: `*${hex(frame.pc)}`, extras: parseExtras(args, session) };
  }
  try {
    const { text, rest } = parseLocation(session, args, session.listing.displayed);
    const extras = parseExtras(rest, session);
    return { locations: findLocations(session, text), spec: canonical(session, text), extras };
  } catch (error) {
    if (!(error instanceof SondeError) || !isNotFound(error.message)) throw error;
    return pending(args, error.message, context, kind);
  }
}

/** A bare line number means that line of the file that is current now, also when it is set again later. */
function canonical(session: Session, text: string): string {
  const { file } = session.listing;
  if (!/^[+-]?\d+$/.test(text)) return text;
  const [first] = parseLocation(session, text, session.listing.displayed).places;
  if (first?.kind !== 'line') return text;
  return `${(first.file ?? file)?.name}:${first.line}`;
}

/** Errors after which the place may still turn up with a library. */
const isNotFound = (message: string): boolean =>
  /^(Function ".*" not defined|No source file named |No symbol table is loaded|No line \d+ in )/.test(message);

/** Undefined: it shall not wait for a library. */
async function pending(args: string, message: string, context: CommandContext, kind: BreakpointKind): Promise<Placed | undefined> {
  const { session } = context;
  const setting = session.settings.text('breakpoint pending');
  if (setting === 'off') throw new SondeError(message);
  context.emit({ ...textResult(`${message}\n`), stream: 'stderr' });
  if (setting === 'auto' && !(await context.query(`Make ${kind} pending on future shared library load? `, { otherwise: 'no' })))
    return undefined;
  const [, spec, rest] = /^(.*?)(?:\s+((?:if\b|thread\s).*))?$/s.exec(args) as RegExpExecArray;
  return { locations: [], spec, extras: parseExtras(rest ?? '', session) };
}

/** What follows the location. */
function parseExtras(text: string, session: Session): Extras {
  let rest = text.trim();
  let thread: number | undefined;
  for (;;) {
    if (rest === '') return { condition: undefined, thread };
    const isCondition = /^if\b\s*(.*)$/s.exec(rest);
    if (isCondition) {
      const condition = isCondition[1].replace(/^(.*)\s+-force-condition$/s, '$1');
      if (condition === '') throw new SondeError('Argument required (condition).');
      return { condition, thread };
    }
    const forced = /^-force-condition\b\s*/.exec(rest);
    const ofThread = /^thread\s+(\S+)\s*/.exec(rest);
    if (forced) rest = rest.slice(forced[0].length);
    else if (ofThread) {
      thread = threadNumber(ofThread[1], session);
      rest = rest.slice(ofThread[0].length);
    } else throw new SondeError(`Junk at end of arguments.`);
  }
}

function threadNumber(text: string, session: Session): number {
  if (!/^(1\.)?\d+$/.test(text)) throw new SondeError(`Invalid thread ID: ${text}`);
  const number = Number(text.replace(/^1\./, ''));
  if (!session.threads.some((thread) => thread.number === number)) throw new SondeError(`Unknown thread ${text}.`);
  return number;
}

/** `Note: breakpoints 1 and 2 also set at pc 0x1139.` */
function noteOthers({ address }: BreakpointLocation, { session, emit }: CommandContext): void {
  const others = session.breakpoints.all.filter(({ locations }) => locations.some((location) => location.address === address));
  if (others.length === 0) return;
  let text = others.length === 1 ? 'Note: breakpoint ' : 'Note: breakpoints ';
  others.forEach(({ number, enabled, thread }, index) => {
    const left = others.length - index - 1;
    text += `${number}${thread === undefined ? '' : ` (thread ${thread})`}${enabled ? '' : ' (disabled)'}${left > 1 ? ',' : left === 1 ? ' and' : ''} `;
  });
  emit(textResult(`${text}also set at pc ${hex(address)}.\n`));
}

async function breakOnAllMatching(args: string, context: CommandContext): Promise<void> {
  const { session, emit } = context;
  const pattern = new RegExp(args.trim());
  const seen = new Set<string>();
  for (const module of session.program.modules) {
    for (const symbol of module.debug?.allSymbols('function') ?? []) {
      if (symbol.kind !== 'function' || !pattern.test(symbol.name) || symbol.entry === module.bias) continue;
      const spec = `${symbol.file ? `${session.sources.displayName(symbol.file)}:` : ''}${symbol.name}`;
      if (seen.has(spec)) continue;
      seen.add(spec);
      const breakpoint = session.breakpoints.add({ kind: 'breakpoint', spec, locations: findLocations(session, spec) });
      emit(breakpointResult(session, breakpoint));
    }
  }
}
