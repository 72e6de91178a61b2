import { QuitRequest } from '../command.ts';
import type { CrashCommand } from './command.ts';

/** `q` and `exit`; `quit` is an alias. */
export const quitCommands: readonly CrashCommand[] = ['q', 'exit'].map((name) => ({
  name,
  summary: 'exit this session',
  synopsis: '',
  run: () => {
    throw new QuitRequest();
  },
}));
