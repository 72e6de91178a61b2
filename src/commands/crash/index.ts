import type { CrashCommand } from './command.ts';
import { ps } from './ps.ts';
import { quit } from './quit.ts';

/** crash's vocabulary. */
export const crashCommands: readonly CrashCommand[] = [ps, quit];

/** Names that crash defines for others: built-in aliases are in `alias.ts`. */
const otherNames: Readonly<Record<string, string>> = { q: 'quit', exit: 'quit' };

/** A command by its name: crash has no prefixes. */
export function findCrashCommand(commands: readonly CrashCommand[], name: string): CrashCommand | undefined {
  const known = otherNames[name] ?? name;
  return commands.find((command) => command.name === known);
}
