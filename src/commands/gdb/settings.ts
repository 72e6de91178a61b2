import { resolve } from 'node:path';
import { SondeError } from '../../base/errors.ts';
import type { Session } from '../../session/session.ts';
import type { SettingInfo } from '../../session/settings.ts';
import { settingTable } from '../../session/settingTable.ts';
import { type Command, type CommandContext, textResult } from '../command.ts';
import { prefixCommand } from '../registry.ts';
import { currentLog, loggingCommands, loggingText } from './logging.ts';

/** Short and older names that gdb also takes. */
const otherNames: Readonly<Record<string, readonly string[]>> = {
  language: ['lang'],
};

/** `set NAME VALUE` and `show NAME`, one pair for each row of the table. */
export const settingCommands: readonly Command[] = [
  ...settingTable.flatMap((setting) => [setCommand(setting), showCommand(setting)]),
  ...prefixes(),
  // What a table's row can't say stands behind it and replaces it.
  ...loggingCommands,
  {
    name: 'set radix',
    group: 'support',
    summary: 'Set default input and output number radices.',
    completes: 'none',
    run: (args, context) => setRadix('both', args, context),
  },
  {
    name: 'show radix',
    group: 'status',
    summary: 'Show the default input and output number radices.',
    completes: 'none',
    run: showRadix,
  },
  {
    name: 'set',
    group: 'data',
    summary: 'Evaluate expression EXP and assign result to variable VAR.',
    help: 'Usage: set VAR = EXP\n\nThis uses assignment syntax appropriate for the current language\n(VAR = EXP or VAR := EXP for example).\nVAR may be a debugger "convenience" variable (names starting\nwith $), a register (a few standard names starting with $), or an actual\nvariable in the program being debugged.  EXP is any valid expression.\nUse "set variable" for variables with names identical to set subcommands.',
    completes: 'expression',
    run: async (args, { session }) => {
      if (args === '') throw new SondeError('Argument required (expression to compute).');
      await session.evaluate(args);
    },
  },
  {
    name: 'show',
    group: 'status',
    summary: 'Generic command for showing things about the debugger.',
    run: (args, { session, emit }) => {
      if (args !== '') throw new SondeError(`Undefined show command: "${args.split(/\s/)[0]}".  Try "help show".`);
      for (const { name } of settingTable) emit(textResult(`${name}:  ${session.settings.showText(name)}\n`));
    },
  },
];

function setCommand(setting: SettingInfo): Command {
  return {
    name: `set ${setting.name}`,
    aliases: otherNames[setting.name]?.map((name) => `set ${name}`),
    group: setting.name.startsWith('print ') ? 'data' : 'support',
    summary: `Set ${setting.doc}`,
    completes: setting.choices ?? (setting.kind === 'boolean' ? ['off', 'on'] : setting.kind === 'filename' ? 'file' : 'none'),
    run: (args, context) => set(setting, args, context),
  };
}

function set({ name }: SettingInfo, args: string, context: CommandContext): void {
  const { settings } = context.session;
  switch (name) {
    case 'input-radix':
      return setRadix('Input', args, context);
    case 'output-radix':
      return setRadix('Output', args, context);
    case 'logging file': {
      settings.setFromText(name, args);
      const log = currentLog(settings);
      if (log !== undefined) warn(context, `Currently logging to ${log}.  Turn the logging off and on to make the new setting effective.`);
      return;
    }
    case 'max-value-size':
      settings.setFromText(name, args);
      if (settings.number(name) >= smallestValueSize) return;
      settings.set(name, smallestValueSize);
      return warn(context, `max-value-size set too low, increasing to ${smallestValueSize} bytes`, '');
    default:
      settings.setFromText(name, args);
  }
}

/** gdb keeps enough for any scalar. */
const smallestValueSize = 16;

const warn = ({ emit }: CommandContext, text: string, prefix = 'warning: '): void =>
  emit({ ...textResult(`${prefix}${text}\n`, 'warning'), stream: 'stderr' });

function setRadix(which: 'Input' | 'Output' | 'both', args: string, { session: { settings }, emit, fromTerminal }: CommandContext): void {
  const radix = parseRadix(args === '' ? '10' : args, settings.number('input-radix'));
  if (which !== 'Input' && ![8, 10, 16].includes(radix))
    throw new SondeError(`Unsupported output radix \`\`decimal ${radix}''; output radix unchanged.`);
  if (radix < 2) throw new SondeError(`Nonsense input radix \`\`decimal ${radix}''; input radix unchanged.`);
  if (which !== 'Output') settings.set('input-radix', radix);
  if (which !== 'Input') settings.set('output-radix', radix);
  if (!fromTerminal) return;
  emit(textResult(`${which === 'both' ? 'Input and output radices' : `${which} radix`} now set to ${inThreeRadices(radix)}.\n`));
}

function showRadix(_args: string, { session: { settings }, emit, fromTerminal }: CommandContext): void {
  if (!fromTerminal) return;
  const [input, output] = [settings.number('input-radix'), settings.number('output-radix')];
  const text =
    input === output
      ? `Input and output radices set to ${inThreeRadices(input)}.\n`
      : `Input radix set to ${inThreeRadices(input)}.\nOutput radix set to ${inThreeRadices(output)}.\n`;
  emit(textResult(text));
}

const inThreeRadices = (radix: number): string => `decimal ${radix}, hex ${radix.toString(16)}, octal ${radix.toString(8)}`;

/** Numbers are read in the input radix that is in force. */
function parseRadix(text: string, radix: number): number {
  const value = /^0x[0-9a-f]+$/i.test(text) ? Number(text) : Number.parseInt(text, radix);
  if (Number.isNaN(value)) throw new SondeError(`No symbol "${text}" in current context.`);
  return value;
}

function showCommand(setting: SettingInfo): Command {
  return {
    name: `show ${setting.name}`,
    aliases: otherNames[setting.name]?.map((name) => `show ${name}`),
    group: 'status',
    summary: `Show ${setting.doc}`,
    completes: 'none',
    run: (_, context) => show(setting, context),
  };
}

function show(setting: SettingInfo, { session, emit }: CommandContext): void {
  const value = session.settings.get(setting.name);
  const text = specialText(setting.name, session) ?? session.settings.showText(setting.name);
  emit({ kind: 'setting', data: { name: setting.name, value: value === Infinity ? 'unlimited' : value }, text: () => `${text}\n` });
}

/** Settings whose value does not simply stand in a sentence. */
function specialText(name: string, session: Session): string | undefined {
  const value = session.settings.get(name);
  switch (name) {
    case 'language':
      return value === 'auto' ? `The current source language is "auto; currently ${session.evaluationContext().language}".` : undefined;
    case 'auto-load safe-path':
      return value === '/' ? 'Auto-load files are safe to load from any directory.' : undefined;
    case 'cwd':
      return value === '' ? undefined : `Current working directory that will be used when starting the inferior is "${value}".`;
    case 'history filename':
      return value === '' ? `The filename in which to record the command history is "${resolve('.sonde_history')}".` : undefined;
    case 'max-value-size':
      return value === Infinity ? 'Maximum value size is unlimited.' : undefined;
    case 'print type nested-type-limit':
      return value === 0 ? 'Will not print nested types defined in a class' : undefined;
    default:
      return loggingText(session.settings, name);
  }
}

/** `show print` lists its settings; `set print` alone is an error that lists them. */
function prefixes(): Command[] {
  const names = [...new Set(settingTable.filter(({ name }) => name.includes(' ')).map(({ name }) => name.slice(0, name.lastIndexOf(' '))))];
  return names.flatMap((prefix): Command[] => [
    prefixCommand(`set ${prefix}`, {
      aliases: prefix === 'print' ? ['set p', 'set pr'] : undefined,
      summary: `Generic command for setting ${prefix} settings.`,
    }),
    prefixCommand(`show ${prefix}`, {
      aliases: prefix === 'print' ? ['show p', 'show pr'] : undefined,
      group: 'status',
      summary: `Generic command for showing ${prefix} settings.`,
      run: (_, { session, emit }) => {
        const shown = settingTable.filter((setting) => setting.name.startsWith(`${prefix} `)).map(({ name }) => name);
        for (const name of shown.sort()) {
          const shownText = specialText(name, session) ?? session.settings.showText(name);
          emit(textResult(`${name}:  ${shownText}\n`));
        }
      },
    }),
  ]);
}
