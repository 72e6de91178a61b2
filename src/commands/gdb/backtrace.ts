import { SondeError } from '../../base/errors.ts';
import type { Session } from '../../session/session.ts';
import type { Frame } from '../../unwind/frame.ts';
import type { Command, CommandContext } from '../command.ts';
import { framesFrom, integerArgument, requireStack } from './frameSpec.ts';
import { frameLine, functionNameOf } from './frameText.ts';
import { localsText } from './locals.ts';

export const backtraceCommands: readonly Command[] = [
  {
    name: 'backtrace',
    aliases: ['bt', 'where'],
    group: 'stack',
    summary: 'Print backtrace of all stack frames, or innermost COUNT frames.',
    help: `Usage: backtrace [OPTION]... [QUALIFIER]... [COUNT | -COUNT]
With a negative argument, print outermost -COUNT frames.
QUALIFIER full: also print the values of the local variables.
OPTIONs override settings for this command: -full, -entry-values, -frame-arguments, -frame-info, -past-main, -past-entry.`,
    completes: ['full', 'hide', 'no-filters'],
    needs: ['stack'],
    repeats: true,
    run: backtrace,
  },
];

async function backtrace(args: string, context: CommandContext): Promise<void> {
  const { session } = context;
  const { full, settings, count } = parseArguments(args);
  await withSettings(session, settings, async () => {
    requireStack(session);
    const limit = count === undefined ? undefined : await integerArgument(session, count);
    const frames = chosen(session, limit);
    let last: Frame | undefined;
    for (const frame of frames) {
      emitFrame(context, frame, full);
      last = frame;
    }
    const more = limit !== undefined && limit >= 0 && (last ? last.older : session.innermostFrame);
    if (more) {
      if (context.fromTerminal) context.emit({ kind: 'text', data: 'more', text: () => '(More stack frames follow...)\n' });
    } else if (last?.stopReason !== undefined && last.stopReason !== 'outermost') {
      const reason = last.stopReason;
      context.emit({ kind: 'backtrace stopped', data: reason, text: () => `Backtrace stopped: ${reason}\n` });
    }
  });
}

/** From the innermost frame COUNT frames; with a negative one the outermost. Frames are made as they are printed. */
function* chosen(session: Session, count: number | undefined): Iterable<Frame> {
  if (count !== undefined && count < 0) {
    yield* [...framesFrom(session.innermostFrame)].slice(count);
    return;
  }
  let left = count ?? Infinity;
  for (const frame of framesFrom(session.innermostFrame)) {
    if (left-- <= 0) return;
    yield frame;
  }
}

/** Each frame is handed out as soon as it is known: a deep stack shows at once, and ^C can end it. */
function emitFrame({ session, emit }: CommandContext, frame: Frame, full: boolean): void {
  const text = frameLine(session, frame, { print: 'location', level: true }) + (full ? localsText(session, frame, 8) : '');
  emit({
    kind: 'frame',
    data: { level: frame.level, pc: `0x${frame.pc.toString(16)}`, function: functionNameOf(frame) },
    text: () => text,
  });
}

interface BacktraceArguments {
  full: boolean;
  settings: [name: string, value: string][];
  count: string | undefined;
}

/** Options that are settings for the length of one command; those with a word need one of theirs. */
const options: Readonly<Record<string, { setting?: string; kind: 'flag' | 'boolean' | 'word' }>> = {
  full: { kind: 'flag' },
  hide: { kind: 'flag' },
  'no-filters': { kind: 'flag' },
  'entry-values': { setting: 'print entry-values', kind: 'word' },
  'frame-arguments': { setting: 'print frame-arguments', kind: 'word' },
  'raw-frame-arguments': { setting: 'print raw-frame-arguments', kind: 'boolean' },
  'frame-info': { setting: 'print frame-info', kind: 'word' },
  'past-main': { setting: 'backtrace past-main', kind: 'boolean' },
  'past-entry': { setting: 'backtrace past-entry', kind: 'boolean' },
};

function parseArguments(text: string): BacktraceArguments {
  const parsed: BacktraceArguments = { full: false, settings: [], count: undefined };
  let rest = text.trim();
  const take = (pattern: RegExp): string | undefined => {
    const found = pattern.exec(rest);
    if (found) rest = rest.slice(found[0].length).trim();
    return found?.[1];
  };
  for (let word = take(/^-([a-z][a-z-]*)/); word; word = take(/^-([a-z][a-z-]*)/)) {
    const name = optionNamed(word);
    const { setting, kind } = options[name];
    if (name === 'full') parsed.full = true;
    if (!setting) continue;
    if (kind === 'boolean') parsed.settings.push([setting, take(/^(on|off|yes|no|enable|disable|1|0)(?=\s|$)/) ?? 'on']);
    else {
      const value = take(/^(\S+)/);
      if (value === undefined) throw new SondeError(`-${name} requires an argument`);
      parsed.settings.push([setting, value]);
    }
  }
  for (let word = take(/^(full|hide|no-filters)(?=\s|$)/); word; word = take(/^(full|hide|no-filters)(?=\s|$)/)) {
    if (word === 'full') parsed.full = true;
  }
  parsed.count = rest || undefined;
  return parsed;
}

function optionNamed(word: string): string {
  const matching = Object.keys(options).filter((name) => name.startsWith(word));
  if (Object.hasOwn(options, word)) return word;
  if (matching.length === 1) return matching[0];
  if (matching.length > 1)
    throw new SondeError(`-${word}: Ambiguous option. Possible completions: ${matching.map((name) => `-${name}`).join(' ')}`);
  throw new SondeError(`No symbol "${word}" in current context.`);
}

async function withSettings(session: Session, values: readonly [string, string][], action: () => Promise<void>): Promise<void> {
  const { settings } = session;
  const before = values.map(([name]) => [name, settings.get(name)] as const);
  try {
    for (const [name, value] of values) settings.setFromText(name, value);
    await action();
  } finally {
    for (const [name, value] of before) settings.set(name, value);
  }
}
