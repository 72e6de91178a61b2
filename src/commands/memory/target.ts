import { SondeError } from '../../base/errors.ts';
import type { CommandContext } from '../command.ts';

/** The process that a command's words name, else the inferior. Throws SondeError. */
export function wantedProcess(words: readonly string[], { session }: CommandContext): number {
  const [word, ...more] = words;
  if (more.length > 0) throw new SondeError(`Junk at end of arguments: ${more.join(' ')}`);
  if (word === undefined) {
    if (!session.live) throw new SondeError('No current process: you must name one.');
    return session.live.pid;
  }
  if (!/^\d+$/.test(word)) throw new SondeError(`Illegal process-id: ${word}.`);
  return Number(word);
}
