import { SondeError } from '../../base/errors.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import { addressOf } from './addressWord.ts';
import { type CrashCommand, crashResult, UsageError } from './command.ts';

export const evaluate: CrashCommand = {
  name: 'eval',
  summary: 'evaluate',
  synopsis: '[-b][-l] (expression) | value',
  raw: true,
  help: `One operation on two numbers (+ - * / % & | ^ << >>), or a number: in hexadecimal, decimal, octal and binary. A number may end in k, m or g;
one with 0x or with hexadecimal digits is hexadecimal, others are decimal; a symbol is its address.
  -b  which bits are set.`,
  run([text], { session: { kernel }, emit }) {
    const [, flags, expression] = /^((?:-[bl]\s+)*)(.*)$/s.exec(text.trim()) as RegExpExecArray;
    if (expression === '') throw new UsageError('');
    const value = BigInt.asUintN(64, calculate(kernel, expression));
    const bits = [...value.toString(2)].reverse().flatMap((bit, index) => (bit === '1' ? [index] : []));
    const data = () => ({ hexadecimal: `0x${value.toString(16)}`, decimal: String(value), bits });
    emit(crashResult('number', data, () => numberText(value) + (flags.includes('b') ? `   bits set: ${bits.reverse().join(' ')} \n` : '')));
  },
};

function numberText(value: bigint): string {
  const signed = BigInt.asIntN(64, value);
  return `hexadecimal: ${value.toString(16)}  ${sizeText(value)}
    decimal: ${value}  ${signed < 0n ? `(${signed})` : ''}
      octal: ${value.toString(8)}
     binary: ${value.toString(2).padStart(64, '0')}
`;
}

const units: readonly (readonly [bigint, string])[] = [
  [1n << 30n, 'GB'],
  [1n << 20n, 'MB'],
  [1n << 10n, 'KB'],
];

/** Where it is a round number of bytes. */
function sizeText(value: bigint): string {
  const unit = units.find(([size]) => value > 0n && value < 1n << 48n && value % size === 0n);
  return unit ? `(${value / unit[0]}${unit[1]})` : '';
}

const operations: Readonly<Record<string, (a: bigint, b: bigint) => bigint>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / nonZero(b),
  '%': (a, b) => a % nonZero(b),
  '&': (a, b) => a & b,
  '|': (a, b) => a | b,
  '^': (a, b) => a ^ b,
  '<<': (a, b) => (b < 64n ? a << b : 0n),
  '>>': (a, b) => a >> b,
};

function nonZero(value: bigint): bigint {
  if (value === 0n) throw new SondeError('divide by zero');
  return value;
}

/** Two numbers and an operation between, in parentheses or not. */
function calculate(kernel: Kernel, text: string): bigint {
  const inner = text.replace(/^\(\s*(.*?)\s*\)$/s, '$1');
  const [, left, operation, right] = /^([~-]?[\w.]+)\s*(<<|>>|[-+*/%&|^])\s*([~-]?[\w.]+)$/.exec(inner) ?? [];
  const single = operation === undefined ? number(kernel, inner) : undefined;
  const a = left === undefined ? undefined : number(kernel, left);
  const b = right === undefined ? undefined : number(kernel, right);
  if (a !== undefined && b !== undefined) return operations[operation](a, b);
  if (single === undefined) throw new SondeError(`invalid expression: (${inner})`);
  return single;
}

const suffixes: Readonly<Record<string, bigint>> = { k: 10n, m: 20n, g: 30n };

function number(kernel: Kernel, word: string): bigint | undefined {
  if (/^[~-]/.test(word)) {
    const value = number(kernel, word.slice(1));
    return value === undefined ? undefined : word.startsWith('~') ? ~value : -value;
  }
  const [, digits, suffix] = /^(\d+)([kmg])$/i.exec(word) ?? [];
  if (digits !== undefined) return BigInt(digits) << suffixes[suffix.toLowerCase()];
  return /^(0x[0-9a-f]+|\d+)$/i.test(word) ? BigInt(word) : addressOf(kernel, word);
}
