import type { Command } from '../command.ts';
import { explainCommand } from './explain.ts';
import { fragmentationCommands } from './fragmentation.ts';
import { heapCommands } from './heap.ts';
import { mapCommand } from './map.ts';
import { overcommitCommand } from './overcommit.ts';
import { pageCommands } from './page.ts';
import { vmCommand } from './vm.ts';

/** Linux memory, on the machine as it runs: in sessions, and as `sonde vm …` from the shell. */
export const memoryCommands: readonly Command[] = [
  vmCommand,
  ...pageCommands,
  explainCommand,
  ...heapCommands,
  mapCommand,
  overcommitCommand,
  ...fragmentationCommands,
];

/** Words that begin one of them on the shell's command line. */
export const memoryWords: ReadonlySet<string> = new Set(['vm', 'vtop', 'mem']);
