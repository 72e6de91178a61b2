import { SondeError } from '../../base/errors.ts';
import type { Task } from '../../kernel/tasks.ts';
import type { KernelSession } from '../../session/kernelSession.ts';

/**
 * The tasks that a word means, as crash's str_to_context: a pid in decimal, the address of a task_struct in hexadecimal, or (with `commands`)
 * a command's name. Empty when there is none.
 */
export function tasksNamed({ kernel }: KernelSession, word: string, options: { commands?: boolean } = {}): Task[] {
  const number = asPid(word);
  const address = asAddress(word);
  const found = kernel.tasks.filter((task) => task.pid === number || task.address === address);
  if (found.length > 0 || !options.commands) return found;
  // A leading backslash says that digits are a name.
  const name = word.replace(/^\\/, '');
  return kernel.tasks.filter((task) => task.comm === name.slice(0, 15));
}

/** The same, with a command's name as an extended regular expression too. Throws SondeError where it is none. */
export function tasksMatching(session: KernelSession, word: string): Task[] {
  const found = tasksNamed(session, word, { commands: true });
  if (found.length > 0 || !/[*+?[\](){}^$.|]/.test(word)) return found;
  try {
    const pattern = new RegExp(word);
    return session.kernel.tasks.filter(({ comm }) => pattern.test(comm));
  } catch {
    throw new SondeError(`invalid regular expression: ${word}`);
  }
}

/** The one task that a word names. Throws SondeError. */
export function taskNamed(session: KernelSession, word: string): Task {
  const [task] = tasksNamed(session, word);
  if (!task) throw new SondeError(`invalid task or pid value: ${word}`);
  return task;
}

/** The tasks that a command's arguments name, the selected one when there are none. Throws SondeError. */
export const tasksOrContext = (session: KernelSession, words: readonly string[]): Task[] =>
  words.length === 0 ? [session.context] : words.map((word) => taskNamed(session, word));

const asPid = (word: string): number | undefined => (/^\d{1,10}$/.test(word) ? Number(word) : undefined);
const asAddress = (word: string): bigint | undefined =>
  /^(0x)?[0-9a-f]{8,16}$/i.test(word) ? BigInt(`0x${word.replace(/^0x/i, '')}`) : undefined;
