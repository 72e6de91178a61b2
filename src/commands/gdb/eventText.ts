import { formatValue } from '../../evaluate/index.ts';
import type { Value } from '../../evaluate/value.ts';
import { signalDescription, signalName } from '../../linux/signals.ts';
import type { Breakpoint } from '../../session/breakpoints.ts';
import type { Returned, SessionEvent, Stop, StopReason, WatchChange } from '../../session/events.ts';
import type { Session, SessionThread } from '../../session/session.ts';
import type { Result } from '../command.ts';
import { mention, watchpointTitle } from './breakpointTitles.ts';
import { displaysText } from './displays.ts';
import { centreListing, frameLine, messageOf } from './frameText.ts';

/** An event as results for a surface; none for what gdb keeps silent about. */
export function eventResults(session: Session, event: SessionEvent): Result[] {
  const text = eventText(session, event);
  if (event.kind === 'stop') return [{ kind: 'stop', data: stopData(event.stop), text: () => text }];
  const stream = event.kind === 'warning' || event.kind === 'error' ? 'stderr' : 'stdout';
  return text === '' ? [] : [{ kind: event.kind, data: text, text: () => text, stream }];
}

const stopData = ({ reason, thread }: Stop) => ({
  reason: reason.kind,
  thread: thread?.number,
  breakpoint: reason.kind === 'breakpoint' ? reason.breakpoint.number : undefined,
  signal: reason.kind === 'signal' || reason.kind === 'killed' ? signalName(reason.signal) : undefined,
  exitCode: reason.kind === 'exited' ? reason.code : undefined,
});

/** What gdb prints when something happens: complete lines; empty for what it keeps silent about. */
export function eventText(session: Session, event: SessionEvent): string {
  switch (event.kind) {
    case 'stop':
      return stopText(session, event.stop);
    case 'thread created':
      return session.settings.boolean('print thread-events') ? `[New ${event.name}]\n` : '';
    case 'thread exited':
      return session.settings.boolean('print thread-events') ? `[${event.name} exited]\n` : '';
    case 'switched thread':
      return `[Switching to ${event.name}]\n`;
    case 'signal received':
      return signalText(session, event.signal, event.thread);
    case 'breakpoint set':
      return `${mention(session, event.breakpoint)}\n`;
    case 'threads known':
      return threadsKnownText;
    case 'warning':
      return `warning: ${event.text}\n`;
    default:
      return `${event.text}\n`;
  }
}

/** Why it stopped, where, what a finished function returned, and the displays. */
function stopText(session: Session, stop: Stop): string {
  const { reason } = stop;
  if (reason.kind === 'breakpoint' && reason.breakpoint.commands[0] === 'silent') return '';
  let text = reasonText(session, reason, stop.thread);
  const frame = session.selectedFrame;
  if (reason.kind === 'exited' || reason.kind === 'killed' || !frame) return text;
  if (stop.show !== 'nothing') {
    text += frameLine(session, frame, { print: stop.show });
    centreListing(session, frame);
  }
  const returned = reason.kind === 'breakpoint' ? reason.returned : reason.kind === 'finished' ? reason : undefined;
  if (returned) text += returnedText(session, returned);
  return text + displaysText(session);
}

function reasonText(session: Session, reason: StopReason, thread: SessionThread | undefined): string {
  switch (reason.kind) {
    case 'breakpoint':
      return breakpointText(session, reason.breakpoint, thread);
    case 'watchpoint':
      return (
        reason.changes.map((change) => `\n${threadHit(session, thread)}${changeText(session, change)}`).join('') +
        (reason.breakpoints.length > 0 ? breakpointText(session, reason.breakpoints[0], thread) : '')
      );
    case 'watchpoint scope':
      return `\nWatchpoint ${reason.breakpoint.number} deleted because the program has left the block in\nwhich its expression is valid.\n`;
    case 'watchpoint error':
      return `Error evaluating expression for watchpoint ${reason.breakpoint.number}\n${reason.message}\nWatchpoint ${reason.breakpoint.number} deleted.\n`;
    case 'catchpoint':
      return `\n${threadHit(session, thread)}${catchpointName(reason.breakpoint)} (${reason.text}), `;
    case 'libraries':
      return `\n${threadHit(session, thread)}${catchpointName(reason.breakpoint)}\n${librariesText(reason)}`;
    case 'signal':
      return signalText(session, reason.signal, thread);
    case 'exited':
      return session.settings.boolean('print inferior-events')
        ? `[Inferior 1 (process ${reason.pid}) exited ${exitText(reason.code)}]\n`
        : '';
    case 'killed':
      return `\nProgram terminated with signal ${signalName(reason.signal)}, ${signalDescription(reason.signal)}.\nThe program no longer exists.\n`;
    case 'call interrupted':
      return reasonText(session, reason.inner, thread);
    default:
      return '';
  }
}

/** Of a breakpoint with several places the one that was reached is named too: `Breakpoint 1.2, `. */
function breakpointText(session: Session, { disposition, number, locations }: Breakpoint, thread: SessionThread | undefined): string {
  const pc = thread && session.innermostFrameOf(thread)?.pc;
  const place = locations.length > 1 ? locations.findIndex(({ address }) => address === pc) + 1 : 0;
  const title = disposition === 'del' ? 'Temporary breakpoint' : 'Breakpoint';
  return `\n${threadHit(session, thread)}${title} ${place > 0 ? `${number}.${place}` : number}, `;
}

function librariesText({ loaded, unloaded }: { loaded: readonly string[]; unloaded: readonly string[] }): string {
  const list = (what: string, paths: readonly string[]): string => (paths.length > 0 ? `  Inferior ${what} ${paths.join('\n    ')}\n` : '');
  return list('unloaded', unloaded) + list('loaded', loaded);
}

const exitText = (code: number): string => (code === 0 ? 'normally' : `with code 0${code.toString(8)}`);

const catchpointName = ({ number, disposition }: Breakpoint): string =>
  `${disposition === 'del' ? 'Temporary catchpoint' : 'Catchpoint'} ${number}`;

/** With more than one thread, which one it was: `Thread 2 "worker" hit `. */
const threadHit = (session: Session, thread: SessionThread | undefined): string =>
  isOneOfMany(session, thread) ? `${namedThread(thread)} hit ` : '';

const isOneOfMany = (session: Session, thread: SessionThread | undefined): thread is SessionThread =>
  thread !== undefined && (session.threads.length > 1 || thread.number > 1);

const namedThread = ({ number, name }: SessionThread): string => `Thread ${number}${name === undefined ? '' : ` "${name}"`}`;

function signalText(session: Session, signal: number, thread: SessionThread | undefined): string {
  const subject = isOneOfMany(session, thread) ? namedThread(thread) : 'Program';
  const what = signal === 0 ? 'stopped' : `received signal ${signalName(signal)}, ${signalDescription(signal)}`;
  return `\n${subject} ${what}.\n`;
}

function changeText(session: Session, { breakpoint, access, old, now }: WatchChange): string {
  const title = `${watchpointTitle(breakpoint)}\n\n`;
  if (access !== 'changed') return `${title}Value = ${watchedText(session, now)}\n`;
  return `${title}Old value = ${watchedText(session, old)}\nNew value = ${watchedText(session, now)}\n`;
}

function watchedText(session: Session, value: Value | undefined): string {
  if (!value) return '<unreadable>';
  try {
    return formatValue(value, undefined, session.evaluationContext());
  } catch (error) {
    return `<error: ${messageOf(error)}>`;
  }
}

function returnedText(session: Session, { function: called, value }: Returned): string {
  if (!value || !called || !session.settings.boolean('print finish')) return '';
  return `Value returned is $${session.values.record(value)} = ${watchedText(session, value)}\n`;
}

/** gdb says so because it loads libthread_db. We know the layout ourselves, but whoever reads transcripts looks for these lines. */
const threadsKnownText = `[Thread debugging using libthread_db enabled]
Using host libthread_db library "/lib/x86_64-linux-gnu/libthread_db.so.1".
`;
