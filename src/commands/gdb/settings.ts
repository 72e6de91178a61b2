import { SondeError } from '../../base/errors.ts';
import type { SettingInfo } from '../../session/settings.ts';
import { settingTable } from '../../session/settingTable.ts';
import { type Command, type CommandContext, textResult } from '../command.ts';

/** Short and older names that gdb also takes. */
const otherNames: Readonly<Record<string, readonly string[]>> = {
  'print pretty': ['p pretty', 'pr pretty'],
  'disable-randomization': [],
  language: ['lang'],
};

/** `set NAME VALUE` and `show NAME`, one pair for each row of the table. */
export const settingCommands: readonly Command[] = [
  ...settingTable.flatMap((setting) => [setCommand(setting), showCommand(setting)]),
  ...prefixes(),
];

function setCommand(setting: SettingInfo): Command {
  return {
    name: `set ${setting.name}`,
    aliases: otherNames[setting.name]?.map((name) => `set ${name}`),
    group: setting.name.startsWith('print ') ? 'data' : 'support',
    summary: `Set ${setting.doc}`,
    completes: setting.choices ?? (setting.kind === 'boolean' ? ['off', 'on'] : setting.kind === 'filename' ? 'file' : 'none'),
    run: (args, { session }) => session.settings.setFromText(setting.name, args),
  };
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
  let text = session.settings.showText(setting.name);
  if (setting.name === 'cwd' && value !== '') text = `Current working directory that will be used when starting the inferior is "${value}".`;
  emit({ kind: 'setting', data: { name: setting.name, value: value === Infinity ? 'unlimited' : value }, text: () => `${text}\n` });
}

/** `show print` lists its settings; `set print` alone is an error that lists them. */
function prefixes(): Command[] {
  const names = [...new Set(settingTable.filter(({ name }) => name.includes(' ')).map(({ name }) => name.slice(0, name.lastIndexOf(' '))))];
  return names.flatMap((prefix): Command[] => [
    {
      name: `set ${prefix}`,
      aliases: prefix === 'print' ? ['set p', 'set pr'] : undefined,
      group: 'support',
      summary: `Generic command for setting ${prefix} settings.`,
      run: (args, context) => {
        if (prefix === 'logging' && args !== '') return oldLogging(args, context);
        if (args !== '') throw new SondeError(`Undefined set ${prefix} command: "${args.split(/\s/)[0]}".  Try "help set ${prefix}".`);
        const list = settingTable.filter(({ name }) => name.startsWith(`${prefix} `)).map(({ name, doc }) => `set ${name} -- Set ${doc}`);
        context.emit(textResult(`"set ${prefix}" must be followed by the name of a subcommand.\nList of set ${prefix} subcommands:\n\n${list.join('\n')}\n`));
      },
    },
    {
      name: `show ${prefix}`,
      aliases: prefix === 'print' ? ['show p', 'show pr'] : undefined,
      group: 'status',
      summary: `Generic command for showing ${prefix} settings.`,
      run: (_, { session, emit }) => {
        for (const { name } of settingTable.filter((setting) => setting.name.startsWith(`${prefix} `))) {
          emit(textResult(`${name.slice(prefix.length + 1)}:  ${session.settings.showText(name)}\n`));
        }
      },
    },
  ]);
}

/** `set logging on|off` of older gdbs. */
function oldLogging(args: string, { session }: CommandContext): void {
  session.settings.setFromText('logging enabled', args);
}
