import { SondeError } from '../base/errors.ts';
import { bare, type FloatType } from '../program/types.ts';
import { addressOf, arrayToPointer } from './access.ts';
import { builtin } from './builtinTypes.ts';
import type { EvaluationContext } from './context.ts';
import { ExtendedFloat } from './extendedFloat.ts';
import { readString } from './formatValue.ts';
import { asInteger, floatOf, unpackFloat, unpackInteger } from './scalars.ts';
import type { Value } from './value.ts';

/** What a format string asks for: text to copy, or a conversion of one argument. */
type Piece =
  | string
  | {
      readonly flags: string;
      readonly width: number;
      readonly precision: number | undefined;
      readonly length: string;
      readonly conversion: string;
    };

interface PrintfCall {
  readonly pieces: readonly Piece[];
  /** Texts of the arguments' expressions. */
  readonly args: readonly string[];
}

/** Takes `"FORMAT", ARG, …` apart. Throws gdb's sentences. */
function parsePrintf(text: string): PrintfCall {
  if (text === '') throw new SondeError('Argument required (format-control string and values to print).');
  if (text[0] !== '"') throw new SondeError("Bad format string, missing '\"'.");
  const { content, end } = formatString(text);
  const rest = text.slice(end).trimStart();
  if (rest !== '' && rest[0] !== ',') throw new SondeError('Invalid argument syntax');
  const args = rest === '' ? [] : splitArguments(rest.slice(1));
  const pieces = parsePieces(content);
  const wanted = pieces.filter((piece) => typeof piece !== 'string').length;
  if (wanted !== args.length) throw new SondeError('Wrong number of arguments for specified format-string');
  return { pieces, args };
}

/** The text that `printf "FORMAT", ARG, …` prints. `evaluate` gives an argument's value. */
export async function printfText(
  text: string,
  context: EvaluationContext,
  evaluate: (expression: string) => Promise<Value>,
): Promise<string> {
  const { pieces, args } = parsePrintf(text);
  const values: Value[] = [];
  for (const arg of args) values.push(await evaluate(arg));
  let next = 0;
  return pieces.map((piece) => (typeof piece === 'string' ? piece : convert(piece, values[next++], context))).join('');
}

const escapes: Readonly<Record<string, string>> = {
  '\\': '\\',
  a: '\x07',
  b: '\b',
  e: '\x1b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '"': '"',
};

function formatString(text: string): { content: string; end: number } {
  let content = '';
  let at = 1;
  for (; at < text.length && text[at] !== '"'; at++) {
    if (text[at] !== '\\') {
      content += text[at];
      continue;
    }
    at++;
    const character = text[at];
    if (character === undefined) throw new SondeError("Bad format string, non-terminated '\"'.");
    const octal = /^[0-7]{1,3}/.exec(text.slice(at, at + 3));
    if (octal) {
      content += String.fromCharCode(Number.parseInt(octal[0], 8));
      at += octal[0].length - 1;
    } else if (character in escapes) content += escapes[character];
    else throw new SondeError(`Unrecognized escape character \\${character} in format string.`);
  }
  if (at >= text.length) throw new SondeError("Bad format string, non-terminated '\"'.");
  return { content, end: at + 1 };
}

/** At commas that are in no parentheses, brackets or quotes. */
function splitArguments(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let quote = '';
  let start = 0;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (quote) {
      if (character === '\\') at++;
      else if (character === quote) quote = '';
    } else if (character === '"' || character === "'") quote = character;
    else if ('([{'.includes(character)) depth++;
    else if (')]}'.includes(character)) depth--;
    else if (character === ',' && depth === 0) {
      parts.push(text.slice(start, at));
      start = at + 1;
    }
  }
  parts.push(text.slice(start));
  return parts;
}

function parsePieces(format: string): Piece[] {
  const pieces: Piece[] = [];
  const pattern = /%(?:(%)|([-+ #0']*)([0-9]*)(?:\.([0-9]*))?(ll|l|h|L|z|j|t|)([\s\S]?))/g;
  let at = 0;
  for (let match = pattern.exec(format); match; match = pattern.exec(format)) {
    pieces.push(format.slice(at, match.index));
    at = match.index + match[0].length;
    if (match[1]) {
      pieces.push('%');
      continue;
    }
    const [, , flags, width, precision, length, conversion] = match;
    if (flags.includes("'")) throw new SondeError("Inappropriate modifiers to format specifier '%' in printf");
    if (conversion === '') throw new SondeError('Incomplete format specifier at end of format string');
    if (length === 'h' || !'diouxXcspfeEgGaA'.includes(conversion))
      throw new SondeError(`Unrecognized format specifier '${length === 'h' ? 'h' : conversion}' in printf`);
    const isFloat = 'feEgGaA'.includes(conversion);
    const isMisfit =
      (length === 'L' && !isFloat) ||
      (['ll', 'z', 'j', 't'].includes(length) && (isFloat || 'cs'.includes(conversion))) ||
      (conversion === 'p' && length !== '');
    if (isMisfit) throw new SondeError(`Inappropriate modifiers to format specifier '${conversion}' in printf`);
    pieces.push({
      flags,
      width: Math.min(Number(width || 0), 1 << 16),
      precision: precision === undefined ? undefined : Math.min(Number(precision || 0), 1 << 12),
      length,
      conversion,
    });
  }
  pieces.push(format.slice(at));
  return pieces;
}

function convert(piece: Exclude<Piece, string>, value: Value, context: EvaluationContext): string {
  const { flags, precision, conversion, length } = piece;
  switch (conversion) {
    case 's':
      return pad(cut(stringOf(value, length === 'l' ? 4 : 1, context), precision), piece, '');
    case 'c':
      return pad(String.fromCodePoint(Number(BigInt.asUintN(length === 'l' ? 21 : 8, asInteger(value)))), piece, '');
    case 'p': {
      const address = BigInt.asUintN(64, asInteger(arrayToPointer(value, context)));
      return pad(address === 0n ? '(nil)' : `0x${address.toString(16)}`, piece, '');
    }
    case 'd':
    case 'i': {
      const number = BigInt.asIntN(length === '' ? 32 : 64, asInteger(arrayToPointer(value, context)));
      const digits = (number < 0n ? -number : number).toString().padStart(precision ?? 0, '0');
      const sign = number < 0n ? '-' : flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : '';
      return pad(sign + digits, piece, precision === undefined ? sign : undefined);
    }
    case 'o':
    case 'u':
    case 'x':
    case 'X': {
      const number = BigInt.asUintN(length === '' ? 32 : 64, asInteger(arrayToPointer(value, context)));
      const radix = conversion === 'o' ? 8 : conversion === 'u' ? 10 : 16;
      const digits = number.toString(radix).padStart(precision ?? 0, '0');
      const prefix = flags.includes('#') && number !== 0n ? (radix === 16 ? '0x' : radix === 8 ? '0' : '') : '';
      const text = prefix + digits;
      return pad(conversion === 'X' ? text.toUpperCase() : text, piece, precision === undefined ? prefix : undefined);
    }
    default: {
      const text = floatText(numberOf(value), conversion, precision ?? 6, flags.includes('#'));
      const signed = text.startsWith('-') ? text : `${flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : ''}${text}`;
      return pad(conversion === conversion.toUpperCase() ? signed.toUpperCase() : signed, piece, /^[-+ ]/.exec(signed)?.[0] ?? '');
    }
  }
}

/** To the width: zeros go between `zeroAfter` (a sign) and the digits; undefined: a precision forbids them. */
function pad(text: string, { flags, width }: Exclude<Piece, string>, zeroAfter: string | undefined): string {
  if (flags.includes('-')) return text.padEnd(width);
  const isNumber = zeroAfter !== undefined && /[0-9]/.test(text);
  if (flags.includes('0') && isNumber) return zeroAfter + text.slice(zeroAfter.length).padStart(width - zeroAfter.length, '0');
  return text.padStart(width);
}

const cut = (text: string, precision: number | undefined): string => (precision === undefined ? text : text.slice(0, precision));

/** An integer argument of a float's size is taken for that float's bits, as gdb does. */
function numberOf(value: Value): ExtendedFloat {
  const type = bare(value.type);
  if (type.kind === 'float') return floatOf(value);
  const formats: Readonly<Record<number, FloatType>> = { 4: builtin.float, 8: builtin.double, 16: builtin.longDouble };
  const format = formats[type.size];
  return format && type.kind === 'integer' ? unpackFloat(format, value.bytes) : ExtendedFloat.fromInteger(asInteger(value));
}

function floatText(number: ExtendedFloat, conversion: string, precision: number, keepZeros: boolean): string {
  switch (conversion.toLowerCase()) {
    case 'f':
      return number.toFixed(precision);
    case 'e':
      return number.toExponential(precision);
    case 'g': {
      const digits = Math.max(1, precision);
      const text = number.toPrecision(digits);
      return keepZeros && !text.includes('.') && number.kind === 'finite' ? `${text}.` : text;
    }
    default:
      throw new SondeError(`Unrecognized format specifier '${conversion}' in printf`);
  }
}

/** A string argument: an array or literal that is here, or what a pointer points to. */
function stringOf(value: Value, width: number, context: EvaluationContext): string {
  const type = bare(value.type);
  let codes: number[];
  if (type.kind === 'array' && value.place.kind !== 'memory') {
    codes = [];
    for (let at = 0; at + width <= value.bytes.length; at += width) {
      const code = Number(unpackInteger(value.bytes.subarray(at, at + width), false));
      if (code === 0) break;
      codes.push(code);
    }
  } else {
    const address = type.kind === 'array' ? addressOf(value) : asInteger(value);
    if (address === 0n) return '(null)';
    const read = readString(address, width, Number.POSITIVE_INFINITY, context);
    if (read.fault) throw read.fault;
    codes = read.codes;
  }
  return width === 1 ? Buffer.from(codes).toString() : String.fromCodePoint(...codes.map((code) => (code <= 0x10ffff ? code : 0xfffd)));
}

/** For `echo`: escapes as in C; a backslash at the end swallows the newline. */
export function echoText(text: string): string {
  return text.replace(/\\([0-7]{1,3}|\n|[\s\S]|$)/g, (_, escaped: string) => {
    if (escaped === '' || escaped === '\n') return '';
    if (/^[0-7]/.test(escaped)) return String.fromCharCode(Number.parseInt(escaped, 8));
    return escaped in escapes ? escapes[escaped] : escaped;
  });
}
