import { QuitRequest } from '../command.ts';
import type { CrashCommand } from './command.ts';

export const quit: CrashCommand = {
  name: 'quit',
  summary: 'exit this session',
  synopsis: '',
  run: () => {
    throw new QuitRequest(0);
  },
};
