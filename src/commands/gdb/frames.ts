import { SondeError } from '../../base/errors.ts';
import type { Session } from '../../session/session.ts';
import type { Frame } from '../../unwind/frame.ts';
import type { Command, CommandContext } from '../command.ts';
import { frameBySpec, framesFrom, integerArgument, requireStackFor } from './frameSpec.ts';
import { centreListing, frameLine, functionNameOf } from './frameText.ts';

/** frame, up, down and their silent forms: moving the selected frame. */
export const frameCommands: readonly Command[] = [
  {
    name: 'frame',
    aliases: ['f'],
    group: 'stack',
    summary: 'Select and print a stack frame.',
    help: 'With no argument, print the selected stack frame.  (See also "info frame").\nA single numerical argument specifies the frame to select.',
    completes: ['address', 'apply', 'function', 'level'],
    repeats: true,
    run: async (args, context) => {
      requireStackFor(args, context.session);
      if (args.trim()) context.session.selectedFrame = await frameBySpec(context.session, args);
      showSelected(context);
    },
  },
  {
    name: 'select-frame',
    group: 'stack',
    summary: 'Select a stack frame without printing anything.',
    help: 'A single numerical argument specifies the frame to select.',
    run: async (args, { session }) => {
      requireStackFor(args, session);
      if (args.trim()) select(session, await frameBySpec(session, args));
    },
  },
  {
    name: 'up',
    group: 'stack',
    summary: 'Select and print stack frame that called this one.',
    help: 'An argument says how many frames up to go.',
    needs: ['stack'],
    repeats: true,
    run: async (args, context) => {
      await move(context, args, 1);
      showSelected(context);
    },
  },
  {
    name: 'up-silently',
    group: 'support',
    summary: "Same as the `up' command, but does not print anything.",
    help: 'This is useful in command scripts.',
    needs: ['stack'],
    run: (args, context) => move(context, args, 1),
  },
  {
    name: 'down',
    aliases: ['dow'],
    group: 'stack',
    summary: 'Select and print stack frame called by this one.',
    help: 'An argument says how many frames down to go.',
    needs: ['stack'],
    repeats: true,
    run: async (args, context) => {
      await move(context, args, -1);
      showSelected(context);
    },
  },
  {
    name: 'down-silently',
    group: 'support',
    summary: "Same as the `down' command, but does not print anything.",
    help: 'This is useful in command scripts.',
    needs: ['stack'],
    run: (args, context) => move(context, args, -1),
  },
  {
    name: 'frame apply',
    group: 'stack',
    summary: 'Apply a command to a number of frames.',
    help: 'Usage: frame apply [all | COUNT | -COUNT | level LEVEL...] [FLAG]... COMMAND\nFLAG is -q (no frame lines), -c (print errors and go on) or -s (skip frames with errors).',
    needs: ['stack'],
    run: applyToFrames,
  },
  {
    name: 'faas',
    group: 'stack',
    summary: 'Apply a command to all frames (ignoring errors and empty output).',
    help: "Usage: faas COMMAND\nshortcut for 'frame apply all -s COMMAND'",
    needs: ['stack'],
    run: (args, context) => applyToFrames(`all -s ${args}`, context),
  },
];

/** Prints the selected frame as after a stop, with its source line. */
export function showSelected({ session, emit }: CommandContext): void {
  const frame = session.requireFrame();
  const text = frameLine(session, frame, { print: 'source and location', level: true });
  centreListing(session, frame);
  emit({ kind: 'frame', data: { level: frame.level, function: functionNameOf(frame) }, text: () => text });
}

function select(session: Session, frame: Frame): void {
  session.selectedFrame = frame;
  centreListing(session, frame);
}

/** Without a count, not to be able to move is an error; with one, it goes as far as it can. */
async function move({ session }: CommandContext, args: string, direction: 1 | -1): Promise<void> {
  const count = args.trim() ? await integerArgument(session, args) : 1;
  let frame = session.requireFrame();
  let left = count * direction;
  for (; left !== 0; left -= Math.sign(left)) {
    const next = left > 0 ? frame.older : frame.younger;
    if (!next) break;
    frame = next;
  }
  if (left !== 0 && !args.trim()) {
    throw new SondeError(
      direction > 0 ? 'Initial frame selected; you cannot go up.' : 'Bottom (innermost) frame selected; you cannot go down.',
    );
  }
  select(session, frame);
}

async function applyToFrames(args: string, context: CommandContext): Promise<void> {
  const { session, emit } = context;
  const { frames, rest } = await chosenFrames(session, args);
  const { quiet, onError, command } = applyFlags(rest);
  if (!command) throw new SondeError('Please specify a command to apply on all frames');
  const before = session.selectedFrame;
  try {
    for (const frame of frames) {
      session.selectedFrame = frame;
      const header = quiet ? '' : frameLine(session, frame, { print: 'location', level: true });
      try {
        const output = await context.capture(command);
        const text = output === '' && onError === 'skip' ? '' : header + output;
        emit({ kind: 'frame', data: frame.level, text: () => text });
      } catch (error) {
        if (!(error instanceof SondeError)) throw error;
        if (onError === 'skip') continue;
        const text = onError === 'continue' ? `${header}${error.message}\n` : header;
        emit({ kind: 'frame', data: frame.level, text: () => text });
        if (onError === 'stop') throw error;
      }
    }
  } finally {
    session.selectedFrame = before;
  }
}

async function chosenFrames(session: Session, args: string): Promise<{ frames: Frame[]; rest: string }> {
  const all = [...framesFrom(session.innermostFrame)];
  const [, which, rest] = /^(all|-?\d+|level(?:\s+\d+(?:-\d+)?)+)\s*(.*)$/s.exec(args.trim()) ?? [];
  if (which === undefined) throw new SondeError(args.trim() ? `Invalid COUNT argument.` : 'Missing COUNT argument.');
  if (which === 'all') return { frames: all, rest };
  if (which.startsWith('level')) {
    const ranges = [...which.matchAll(/(\d+)(?:-(\d+))?/g)].map(([, from, to]) => [Number(from), Number(to ?? from)]);
    return { frames: all.filter(({ level }) => ranges.some(([from, to]) => level >= from && level <= to)), rest };
  }
  const count = await integerArgument(session, which);
  return { frames: count >= 0 ? all.slice(0, count) : all.slice(count), rest };
}

function applyFlags(text: string): { quiet: boolean; onError: 'stop' | 'continue' | 'skip'; command: string } {
  let quiet = false;
  let onError: 'stop' | 'continue' | 'skip' = 'stop';
  let command = text;
  for (let flag = /^-([qcs])(?:\s+|$)/.exec(command); flag; flag = /^-([qcs])(?:\s+|$)/.exec(command)) {
    if (flag[1] === 'q') quiet = true;
    else onError = flag[1] === 'c' ? 'continue' : 'skip';
    command = command.slice(flag[0].length);
  }
  return { quiet, onError, command };
}
