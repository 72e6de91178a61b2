import { SondeError } from '../../base/errors.ts';
import { auditMessages } from '../../kernel/audit.ts';
import { type LogRecord, logRecords } from '../../kernel/log.ts';
import { uptimeSeconds, wallClock } from '../../kernel/machine.ts';
import { type CrashCommand, type CrashContext, crashResult } from './command.ts';
import { dateText } from './dateText.ts';
import { type Parsed, parseOptions } from './options.ts';

export const log: CrashCommand = {
  name: 'log',
  summary: 'dump system message buffer',
  synopsis: '[-Ttdmac]',
  help: `  -t  without the time.        -T  with the date and time of day.
  -m  with the level.          -c  with the task (T) or CPU (C) that wrote it.
  -d  with the dictionary: SUBSYSTEM= and DEVICE=.
  -a  what audit has not handed out yet.`,
  run(args, context) {
    const options = parseOptions(args, 'Ttdmac');
    if (options.has('a')) return audit(context);
    const records = logRecords(context.session.kernel);
    const prefix = prefixes(options, context);
    const text = () => records.map((record) => recordText(record, prefix(record), options)).join('');
    context.emit(crashResult('log', () => records.map(recordData), text));
  },
};

const recordData = ({ time, level, facility, text, dictionary }: LogRecord) => ({
  nanoseconds: String(time),
  level,
  facility,
  text,
  ...(dictionary.length > 0 ? { dictionary } : {}),
});

function prefixes(options: Parsed, { session: { kernel } }: CrashContext): (record: LogRecord) => string {
  const started = options.has('T') ? wallClock(kernel) - Math.floor(uptimeSeconds(kernel)) : 0;
  const time = ({ time: at }: LogRecord): string => {
    if (options.has('T')) return `[${dateText(started + Number(at / 1_000_000_000n))}] `;
    if (options.has('t')) return '';
    return `[${String(at / 1_000_000_000n).padStart(5)}.${String((at / 1000n) % 1_000_000n).padStart(6, '0')}] `;
  };
  const caller = (record: LogRecord): string => (options.has('c') && record.caller ? `[${record.caller.padStart(6)}] ` : '');
  return (record) => `${time(record)}${caller(record)}${options.has('m') ? `<${record.level}>` : ''}`;
}

/** Later lines of a message, and its dictionary, begin below its text. */
function recordText({ text, dictionary }: LogRecord, prefix: string, options: Parsed): string {
  const lines = text.replace(/\n$/, '').split('\n');
  const more = options.has('d') ? dictionary : [];
  return `${prefix}${[...lines, ...more].join(`\n${' '.repeat(prefix.length)}`)}\n`;
}

function audit({ session, emit }: CrashContext): void {
  const messages = auditMessages(session.kernel);
  if (messages.length === 0) throw new SondeError('kernel audit log is empty');
  const text = () => messages.map(({ type, text: line }) => `type=${type} ${line}\n`).join('');
  emit(crashResult('audit', () => messages, text));
}
