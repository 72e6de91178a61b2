import { alias } from './alias.ts';
import { bt } from './bt.ts';
import type { CrashCommand } from './command.ts';
import { dis } from './dis.ts';
import { foreach } from './foreach.ts';
import { help } from './help.ts';
import { log } from './log.ts';
import { ps } from './ps.ts';
import { quitCommands } from './quit.ts';
import { repeat } from './repeat.ts';
import { set } from './set.ts';
import { sys } from './sys.ts';

/** crash's vocabulary. */
export const crashCommands: readonly CrashCommand[] = [alias, bt, dis, foreach, help, log, ps, ...quitCommands, repeat, set, sys];

/** A command by its name: crash has no prefixes. */
export const findCrashCommand = (commands: readonly CrashCommand[], name: string): CrashCommand | undefined =>
  commands.find((command) => command.name === name);
