import { type Difference, differences } from './differences.ts';
import { normalise } from './normalise.ts';
import type { PeerScript } from './script.ts';
import { play } from './tools.ts';

export interface CommandOutcome {
  readonly command: string;
  readonly gdb: string;
  readonly sonde: string;
  readonly agrees: boolean;
  /** Deliberate differences without which it would not agree. */
  readonly excusedBy: readonly Difference[];
}

/** Plays a script in both debuggers on one program and compares command by command. */
export async function compareScript(script: PeerScript, program: string): Promise<CommandOutcome[]> {
  const [gdb, sonde] = (await Promise.all([play('gdb', script, program), play('sonde', script, program)])).map(byCommand);
  return script.commands.map((command, index) =>
    outcome(command, gdb.get(index) ?? '(gdb never came here)', sonde.get(index) ?? '(sonde never came here)'),
  );
}

function outcome(command: string, gdbText: string, sondeText: string): CommandOutcome {
  let sonde = normalise(sondeText);
  let gdb = normalise(gdbText);
  const excusedBy: Difference[] = [];
  for (const difference of differences) {
    if (gdb === sonde) break;
    if (!difference.command.test(command)) continue;
    const rewritten = gdb.replace(difference.gdb, difference.sonde).trimEnd();
    if (rewritten === gdb) continue;
    excusedBy.push(difference);
    gdb = rewritten;
    if (difference.ours) sonde = sonde.replace(difference.ours, difference.sonde);
  }
  return { command, gdb, sonde, agrees: gdb === sonde, excusedBy };
}

/** Cuts at the markers that tools.ts puts before each command. What a dying inferior prints goes to the command that let it run. */
function byCommand(text: string): Map<number, string> {
  const parts = text.split(/@@(\d+)@@\n/);
  const result = new Map<number, string>();
  for (let i = 1; i + 1 < parts.length; i += 2) result.set(Number(parts[i]), parts[i + 1]);
  return result;
}

/** For a reader: the command and both texts, line by line where they part. */
export function describe(outcome: CommandOutcome): string {
  const gdb = outcome.gdb.split('\n');
  const sonde = outcome.sonde.split('\n');
  const lines = [`> ${outcome.command.replaceAll('\n', '\n> ')}`];
  for (let i = 0; i < Math.max(gdb.length, sonde.length); i++) {
    if (gdb[i] === sonde[i]) lines.push(`        ${gdb[i]}`);
    else {
      if (i < gdb.length) lines.push(`  gdb   ${gdb[i]}`);
      if (i < sonde.length) lines.push(`  sonde ${sonde[i]}`);
    }
  }
  return lines.join('\n');
}
