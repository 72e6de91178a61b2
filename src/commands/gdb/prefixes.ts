import type { Command } from '../command.ts';
import { prefixCommand } from '../registry.ts';

/** Words that only lead to others. */
export const prefixCommands: readonly Command[] = [
  prefixCommand('info', {
    aliases: ['inf', 'i'],
    group: 'status',
    summary: 'Generic command for showing things about the program being debugged.',
  }),
  prefixCommand('heap', { group: 'data', summary: "Look at malloc's heap." }),
  prefixCommand('mem', { group: 'status', summary: "Show the machine's memory: what is promised, how fragmented it is." }),
  prefixCommand('unset', { group: 'support', summary: 'Complement to certain "set" commands.' }),
];
