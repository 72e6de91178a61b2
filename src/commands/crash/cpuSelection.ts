import { SondeError } from '../../base/errors.ts';
import { cpuCount } from '../../kernel/cpus.ts';
import type { Kernel } from '../../kernel/kernel.ts';

/** `1,3,5-7`, `a` or `all`. Throws SondeError for what is no CPU of this machine. */
export function selectedCpus(kernel: Kernel, text: string): number[] {
  const count = cpuCount(kernel);
  if (text === 'a' || text === 'all') return Array.from({ length: count }, (_, cpu) => cpu);
  const invalid = new SondeError(`invalid cpu specification: ${text}`);
  return text.split(',').flatMap((part) => {
    const [first, last = first, ...more] = part.split('-').map((word) => cpuNumber(word));
    if (more.length > 0 || Math.max(first, last) >= count) throw invalid;
    return Array.from({ length: Math.max(last - first + 1, 0) }, (_, index) => first + index);
  });
}

function cpuNumber(word: string): number {
  const wrong = word.replace(/^\d*/, '')[0];
  if (word === '' || wrong !== undefined) throw new SondeError(`${word}: "${wrong ?? ''}" is not a digit 0 - 9`);
  return Number(word);
}
