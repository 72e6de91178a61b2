import { systemCallTable } from '../../kernel/systemCalls.ts';
import { type CrashContext, crashResult } from './command.ts';
import { padded } from './taskText.ts';

/** `sys -c`: by number (in hexadecimal too), or by a part of the name. */
export function systemCalls([wanted]: readonly string[], { session, emit }: CrashContext): void {
  const all = systemCallTable(session.kernel);
  const isNumber = wanted !== undefined && /^(0x[0-9a-f]+|\d+)$/i.test(wanted);
  const found = all.filter(({ number, name }) => wanted === undefined || (isNumber ? number === Number(wanted) : name.includes(wanted)));
  const heading = 'NUM  SYSTEM CALL                FILE AND LINE NUMBER\n';
  const text = () => heading + found.map(({ number, name }) => `${padded(number, 3)}  ${name}\n`).join('');
  emit(crashResult('system calls', () => found, text));
}
