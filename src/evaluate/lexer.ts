import { SondeError } from '../base/errors.ts';
import type { Type } from '../program/types.ts';
import { arrayOf, builtin } from './builtinTypes.ts';
import { valueFrom } from './makeValue.ts';
import { parseNumber } from './numbers.ts';
import { packInteger } from './scalars.ts';
import type { Value } from './value.ts';

/** A token of an expression; `start` is where its text begins, for "A syntax error in expression, near". */
export type Token =
  | { readonly kind: 'number' | 'string' | 'character'; readonly value: Value; readonly start: number; readonly end: number }
  | { readonly kind: 'name'; readonly text: string; readonly quoted: boolean; readonly start: number; readonly end: number }
  | { readonly kind: 'dollar'; readonly text: string; readonly start: number; readonly end: number }
  | { readonly kind: 'operator'; readonly text: string; readonly start: number; readonly end: number }
  | { readonly kind: 'end'; readonly start: number; readonly end: number };

const operators = [
  '>>=',
  '<<=',
  '->*',
  '...',
  '+=',
  '-=',
  '*=',
  '/=',
  '%=',
  '|=',
  '&=',
  '^=',
  '++',
  '--',
  '->',
  '.*',
  '&&',
  '||',
  '::',
  '<<',
  '>>',
  '==',
  '!=',
  '<=',
  '>=',
];
const single = '()[]{}+-*/%|&^~!@<>?:=.,';

/** The token that starts at or after `position`. */
export function nextToken(text: string, position: number, inputRadix: number): Token {
  let start = position;
  while (start < text.length && /\s/.test(text[start])) start++;
  if (start >= text.length) return { kind: 'end', start: text.length, end: text.length };
  const first = text[start];

  const literal = /^(?:L|u|U)?(?=["'])/.exec(text.slice(start, start + 3));
  if (literal) return quoted(text, start, literal[0]);
  if (/[0-9]/.test(first) || (first === '.' && /[0-9]/.test(text[start + 1] ?? ''))) return number(text, start, inputRadix);
  if (first === '$') {
    const end = start + (/^\$[A-Za-z0-9_$]*/.exec(text.slice(start)) as RegExpExecArray)[0].length;
    return { kind: 'dollar', text: text.slice(start, end), start, end };
  }
  const name = /^[A-Za-z_\u0080-\uffff][A-Za-z0-9_$\u0080-\uffff]*/.exec(text.slice(start));
  if (name) return { kind: 'name', text: name[0], quoted: false, start, end: start + name[0].length };
  const operator = operators.find((candidate) => text.startsWith(candidate, start)) ?? (single.includes(first) ? first : undefined);
  if (operator) return { kind: 'operator', text: operator, start, end: start + operator.length };
  throw new SondeError(`Invalid character '${first}' in expression.`);
}

/** A number takes every letter, digit, dot and the sign of an exponent; what is wrong with it is said once. */
function number(text: string, start: number, inputRadix: number): Token {
  const hexadecimal = /^0x/i.test(text.slice(start, start + 2));
  let end = start;
  for (; end < text.length; end++) {
    const character = text[end];
    const before = text[end - 1] ?? '';
    const exponentSign =
      (character === '+' || character === '-') && (hexadecimal ? /p/i.test(before) : inputRadix <= 14 && /e/i.test(before));
    if (!/[A-Za-z0-9_$.]/.test(character) && !exponentSign) break;
    if (character === '.' && text.slice(start, end).includes('.')) break;
  }
  return { kind: 'number', value: parseNumber(text.slice(start, end), inputRadix), start, end };
}

function quoted(text: string, start: number, prefix: string): Token {
  const quote = text[start + prefix.length];
  let at = start + prefix.length + 1;
  const units: number[] = [];
  const element = elementTypes[prefix];
  while (at < text.length && text[at] !== quote) {
    if (text[at] === '\\') {
      const { code, end } = readEscape(text, at + 1);
      units.push(code);
      at = end;
    } else {
      const point = text.codePointAt(at) as number;
      at += point > 0xffff ? 2 : 1;
      if (element.size === 1) units.push(...Buffer.from(String.fromCodePoint(point)));
      else if (element.size === 2 && point > 0xffff) units.push(0xd800 + ((point - 0x10000) >> 10), 0xdc00 + (point & 0x3ff));
      else units.push(point);
    }
  }
  if (at >= text.length) {
    if (quote === '"') throw new SondeError('Unterminated string in expression.');
    throw new SondeError('Unmatched single quote.');
  }
  const end = at + 1;
  if (quote === "'") {
    if (units.length === 0) throw new SondeError('A character constant must contain at least one character.');
    // 'file.c'::name, 'a quoted name': anything that one character cannot be, if it reads like a name.
    if (units.length > 1 && prefix === '') return { kind: 'name', text: text.slice(start + 1, at), quoted: true, start, end };
    if (units.length > 1) throw new SondeError('Invalid character constant.');
    return { kind: 'character', value: valueFrom(element, packInteger(BigInt(units[0]), element.size)), start, end };
  }
  // Adjacent literals are one string, as in C.
  const following = /^\s*(?=(?:L|u|U)?")/.exec(text.slice(end));
  if (following && end < text.length) {
    const next = nextToken(text, end, 10);
    if (next.kind === 'string') {
      const more = next.value.bytes;
      return { kind: 'string', value: stringValue(element, units, more), start, end: next.end };
    }
  }
  return { kind: 'string', value: stringValue(element, units), start, end };
}

const elementTypes: Record<string, Type> = { '': builtin.char, L: builtin.wchar, u: builtin.char16, U: builtin.char32 };

/** An array with its terminating null; `tail` is the array of a literal that follows. */
function stringValue(element: Type, units: readonly number[], tail?: Uint8Array): Value {
  const size = element.size;
  const tailBytes = tail ?? new Uint8Array(size);
  const bytes = new Uint8Array(units.length * size + tailBytes.length);
  for (const [index, unit] of units.entries()) bytes.set(packInteger(BigInt(unit), size), index * size);
  bytes.set(tailBytes, units.length * size);
  return valueFrom(arrayOf(element, bytes.length / size), bytes);
}

const simpleEscapes: Record<string, number> = { a: 7, b: 8, f: 12, n: 10, r: 13, t: 9, v: 11, e: 27 };

/** After a backslash. */
function readEscape(text: string, at: number): { code: number; end: number } {
  const character = text[at];
  if (character === undefined) throw new SondeError('Unmatched single quote.');
  const octal = /^[0-7]{1,3}/.exec(text.slice(at, at + 3));
  if (octal) return { code: Number.parseInt(octal[0], 8), end: at + octal[0].length };
  if (character === 'x') {
    const digits = /^[0-9a-fA-F]+/.exec(text.slice(at + 1));
    if (!digits) throw new SondeError('\\x escape without a following hex digit');
    return { code: Number(BigInt.asUintN(32, BigInt(`0x${digits[0]}`))), end: at + 1 + digits[0].length };
  }
  if (character === 'u' || character === 'U') {
    const digits = new RegExp(`^[0-9a-fA-F]{1,${character === 'u' ? 4 : 8}}`).exec(text.slice(at + 1));
    if (!digits) throw new SondeError('\\u escape without a following hex digit');
    return { code: Number.parseInt(digits[0], 16), end: at + 1 + digits[0].length };
  }
  const code = simpleEscapes[character] ?? character.charCodeAt(0);
  return { code, end: at + 1 };
}
