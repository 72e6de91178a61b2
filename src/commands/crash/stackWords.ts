import { MemoryError } from '../../base/errors.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import { pointer } from './taskText.ts';

/** Words of a stack, two in a line, indented by four and each followed by a blank: as far as they can be read. */
export function wordLines(kernel: Kernel, start: bigint, end: bigint, word: (value: bigint) => string): string {
  let text = '';
  for (let at = start; at < end; at += 16n) {
    const values = [at, at + 8n].filter((address) => address < end).map((address) => wordAt(kernel, address));
    text += `    ${pointer(at)}: ${values.map((value) => (value === undefined ? unreadable : word(value)).padEnd(16)).join(' ')} \n`;
  }
  return text;
}

/** The same for a whole stack, as `bt -r` has it: with symbols. */
export function rawLines(kernel: Kernel, start: bigint, end: bigint, word: (value: bigint) => string): string {
  const lines: string[] = [];
  for (let at = start; at < end; at += 16n) {
    const words = [at, at + 8n].map((address) => wordAt(kernel, address));
    lines.push(`${pointer(at)}:  ${words.map((value) => (value === undefined ? unreadable : word(value)).padEnd(16)).join(' ')} \n`);
  }
  return lines.join('');
}

const unreadable = '(cannot be read)';

/** Undefined: it cannot be read. */
export function wordAt(kernel: Kernel, address: bigint): bigint | undefined {
  try {
    return kernel.word(address);
  } catch (error) {
    if (error instanceof MemoryError) return undefined;
    throw error;
  }
}
