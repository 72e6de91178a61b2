import { SondeError } from '../../base/errors.ts';
import type { SettingInfo } from '../../session/settings.ts';
import { settingTable } from '../../session/settingTable.ts';
import { type Command, type CommandContext, textResult } from '../command.ts';
import { prefixCommand, subcommandList } from '../registry.ts';

/** Short and older names that gdb also takes. */
const otherNames: Readonly<Record<string, readonly string[]>> = {
  language: ['lang'],
};

/** `set NAME VALUE` and `show NAME`, one pair for each row of the table. */
export const settingCommands: readonly Command[] = [
  ...settingTable.flatMap((setting) => [setCommand(setting), showCommand(setting)]),
  ...prefixes(),
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

function set({ name }: SettingInfo, args: string, { session, emit, fromTerminal }: CommandContext): void {
  if (name !== 'input-radix' && name !== 'output-radix') return session.settings.setFromText(name, args);
  const radix = parseRadix(args === '' ? '10' : args, session.settings.number('input-radix'));
  if (name === 'input-radix' && radix < 2) throw new SondeError(`Nonsense input radix \`\`decimal ${radix}''; input radix unchanged.`);
  if (name === 'output-radix' && ![8, 10, 16].includes(radix))
    throw new SondeError(`Unsupported output radix \`\`decimal ${radix}''; output radix unchanged.`);
  session.settings.set(name, radix);
  if (!fromTerminal) return;
  const which = name === 'input-radix' ? 'Input' : 'Output';
  emit(textResult(`${which} radix now set to decimal ${radix}, hex ${radix.toString(16)}, octal ${radix.toString(8)}.\n`));
}

/** Numbers are read in the input radix that is in force. */
function parseRadix(text: string, radix: number): number {
  const value = /^0x[0-9a-f]+$/i.test(text) ? Number(text) : Number.parseInt(text, radix);
  if (Number.isNaN(value)) throw new SondeError(`No symbol "${text}" in current context.`);
  return value;
}

/** How `show logging` says what each of its settings means. */
const loggingTexts: Readonly<Record<string, readonly [string, string]>> = {
  'logging enabled': ['on: Logging is enabled.', 'off: Logging is disabled.'],
  'logging overwrite': ['on: Logging overwrites the log file.', 'off: Logging appends to the log file.'],
  'logging redirect': ['on: Output will go only to the log file.', 'off: Output will go to both the screen and the log file.'],
  'logging debugredirect': [
    'on: Debug output will go only to the log file.',
    'off: Debug output will go to both the screen and the log file.',
  ],
};

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
  let text = session.settings.showText(setting.name);
  const logging = loggingTexts[setting.name];
  if (logging) text = logging[value === true ? 0 : 1].replace(/^\w+: /, '');
  if (setting.name === 'language' && value === 'auto')
    text = `The current source language is "auto; currently ${session.evaluationContext().language}".`;
  if (setting.name === 'auto-load safe-path' && value === '/') text = 'Auto-load files are safe to load from any directory.';
  if (setting.name === 'cwd' && value !== '')
    text = `Current working directory that will be used when starting the inferior is "${value}".`;
  emit({ kind: 'setting', data: { name: setting.name, value: value === Infinity ? 'unlimited' : value }, text: () => `${text}\n` });
}

/** `show print` lists its settings; `set print` alone is an error that lists them. */
function prefixes(): Command[] {
  const names = [...new Set(settingTable.filter(({ name }) => name.includes(' ')).map(({ name }) => name.slice(0, name.lastIndexOf(' '))))];
  return names.flatMap((prefix): Command[] => [
    prefixCommand(`set ${prefix}`, {
      aliases: prefix === 'print' ? ['set p', 'set pr'] : undefined,
      summary: `Generic command for setting ${prefix} settings.`,
      ...(prefix === 'logging' && { prefixOnly: undefined, run: setLogging }),
    }),
    prefixCommand(`show ${prefix}`, {
      aliases: prefix === 'print' ? ['show p', 'show pr'] : undefined,
      group: 'status',
      summary: `Generic command for showing ${prefix} settings.`,
      run: (_, { session, emit }) => {
        const shown = settingTable.filter((setting) => setting.name.startsWith(`${prefix} `)).map(({ name }) => name);
        for (const name of shown.sort()) {
          const logging = loggingTexts[name]?.[session.settings.boolean(name) ? 0 : 1];
          emit(textResult(`${name}:  ${logging ?? session.settings.showText(name)}\n`));
        }
      },
    }),
  ]);
}

/** `set logging on|off` of older gdbs. */
function setLogging(args: string, { session, registry, emit }: CommandContext): void {
  if (args === '') emit(textResult(subcommandList(registry, 'set logging')));
  else session.settings.setFromText('logging enabled', args);
}
