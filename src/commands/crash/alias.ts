import { SondeError } from '../../base/errors.ts';
import type { Alias } from '../../session/kernelSession.ts';
import { type CrashCommand, crashResult } from './command.ts';

/** Names that every session knows. */
export const builtinAliases: ReadonlyMap<string, Alias> = new Map(
  Object.entries({
    man: 'help',
    '?': 'help',
    quit: 'q',
    sf: 'set scroll off',
    sn: 'set scroll on',
    hex: 'set radix 16',
    dec: 'set radix 10',
    g: 'gdb',
    px: 'p -x',
    pd: 'p -d',
    for: 'foreach',
    size: '*',
    dmesg: 'log',
    lsmod: 'mod',
    last: 'ps -l',
  }).map(([name, line]) => [name, { line, origin: 'builtin' }]),
);

export const alias: CrashCommand = {
  name: 'alias',
  summary: 'command aliases',
  synopsis: '[alias] [command string]',
  help: `Without arguments all aliases are listed. With one, that alias; with two or more, the name becomes an alias of the rest.
An empty string ("") takes an alias away.`,
  run(args, { session, emit, commands }) {
    const [name, ...words] = args;
    if (words.length > 0) {
      if (commands.some((command) => command.name === name)) throw new SondeError(`cannot alias existing command name: ${name}`);
      if (words.join('') === '') session.aliases.delete(name);
      else session.aliases.set(name, { line: words.join(' '), origin: 'runtime' });
      if (!session.aliases.has(name)) return;
    }
    const shown = [...session.aliases].filter(([candidate]) => name === undefined || candidate === name);
    if (shown.length === 0) throw new SondeError(`alias does not exist: ${name}`);
    const line = ([shownName, { line: text, origin }]: [string, Alias]) => `${origin.padEnd(7)}  ${shownName.padEnd(7)}  ${text} \n`;
    emit(
      crashResult(
        'aliases',
        () => Object.fromEntries(shown),
        () => `ORIGIN   ALIAS    COMMAND\n${shown.map(line).join('')}`,
      ),
    );
  },
};
