import { closeSync, openSync } from 'node:fs';
import { SondeError } from '../../base/errors.ts';
import { fileErrorText } from '../../linux/errno.ts';
import type { Settings } from '../../session/settings.ts';
import { type Command, type CommandContext, textResult } from '../command.ts';
import { prefixCommand, subcommandList } from '../registry.ts';

/** `set logging`: a copy of what is shown goes to a file. Its other settings are rows of the table. */
export const loggingCommands: readonly Command[] = [
  {
    name: 'set logging enabled',
    group: 'support',
    summary: 'Enable logging.',
    completes: ['off', 'on'],
    run: (args, context) => setEnabled(args, context),
  },
  prefixCommand('set logging', { summary: 'Set logging options.', prefixOnly: undefined, run: setLogging }),
];

/** Alone it lists what can be set; `on` and `off` are how older gdbs switched it. */
function setLogging(args: string, context: CommandContext): void {
  if (args === '') return context.emit(textResult(subcommandList(context.registry, 'set logging')));
  if (args !== 'on' && args !== 'off') throw new SondeError(`Undefined set logging command: "${args}".  Try "help set logging".`);
  context.emit(
    textResult(
      `Warning: 'set logging ${args}', an alias for the command 'set logging enabled', is deprecated.\nUse 'set logging enabled ${args}'.\n\n`,
    ),
  );
  setEnabled(args, context);
}

function setEnabled(args: string, { session: { settings }, emit, fromTerminal }: CommandContext): void {
  const was = settings.boolean('logging enabled');
  const file = currentLog(settings) ?? settings.text('logging file');
  const wanted = settings.parse('logging enabled', args) === true;
  const verb = (redirected: string): string => (settings.boolean(redirected) ? 'Redirecting' : 'Copying');
  if (wanted && was) emit(textResult(`Already logging to ${file}.\n`));
  if (wanted === was) return;
  if (wanted) checkWritable(file);
  if (!wanted) settings.set('logging enabled', false);
  // None of this is in the log.
  if (fromTerminal && wanted)
    emit(textResult(`${verb('logging redirect')} output to ${file}.\n${verb('logging debugredirect')} debug output to ${file}.\n`));
  if (fromTerminal && !wanted) emit(textResult(`Done logging to ${file}.\n`));
  if (!wanted) return;
  settings.set('logging enabled', true);
  current.set(settings, file);
}

const current = new WeakMap<Settings, string>();

/** What is being logged to: `set logging file` is for the next time. */
export const currentLog = (settings: Settings): string | undefined =>
  settings.boolean('logging enabled') ? current.get(settings) : undefined;

function checkWritable(path: string): void {
  try {
    closeSync(openSync(path, 'a'));
  } catch (error) {
    throw new SondeError(`set logging: ${fileErrorText(error)}.`);
  }
}

/** How `show logging` says what each of its settings means; undefined for other settings. */
export function loggingText(settings: Settings, name: string): string | undefined {
  const texts = meanings[name];
  return texts && (settings.boolean(name) ? `on: ${texts[0]}` : `off: ${texts[1]}`);
}

const meanings: Readonly<Record<string, readonly [string, string]>> = {
  'logging enabled': ['Logging is enabled.', 'Logging is disabled.'],
  'logging overwrite': ['Logging overwrites the log file.', 'Logging appends to the log file.'],
  'logging redirect': ['Output will go only to the log file.', 'Output will go to both the screen and the log file.'],
  'logging debugredirect': ['Debug output will go only to the log file.', 'Debug output will go to both the screen and the log file.'],
};
