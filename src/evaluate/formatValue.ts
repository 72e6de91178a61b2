import { type Address, hex } from '../base/address.ts';
import { AbsentError, MemoryError, SondeError } from '../base/errors.ts';
import { wrapPoint } from '../base/wrap.ts';
import { bare, type EnumType, type FlagsType, type StructType, type Type } from '../program/types.ts';
import { baseValue, memberValue } from './access.ts';
import { unknownFunction, unknownResolver } from './calls.ts';
import { quotedCharacter, quotedString } from './characters.ts';
import type { EvaluationContext } from './context.ts';
import { type Format, type FormatLetter, requireKnownLetter } from './format.ts';
import { formatAsFloat, formatFloat, formatInteger } from './formatNumber.ts';
import { fetched, memoryValue, partOf } from './makeValue.ts';
import { complexParts } from './operators.ts';
import { floatOf, integerOf, isSigned, unpackInteger } from './scalars.ts';
import { completed, enumeratorLabel } from './scope.ts';
import { symbolicAddress } from './symbolic.ts';
import { formatTypeName, textual, withWrapPoints } from './typeNames.ts';
import type { Value } from './value.ts';

/** What formatting looks at. */
export type FormatContext = Pick<EvaluationContext, 'program' | 'memory' | 'limits' | 'language'>;

/** Where a value's text is to stand. */
export interface Layout {
  /** How far a pretty struct is indented already, in steps of two columns: 2 in a frame's arguments, 4 in `backtrace full`. */
  readonly level?: number;
  /** Wide values may be broken between members and elements: the text has wrap points. */
  readonly breaks?: true;
}

/** The text of `print` after `$1 = `: a pointer with its type in front. */
export function formatValue(value: Value, format: Format | undefined, context: FormatContext, layout?: Layout): string {
  requireKnownLetter(format?.letter);
  if (value.absence !== undefined && !value.missing && value.absence !== 'synthetic pointer') return absent(value);
  const letter = format?.letter;
  const type = bare(value.type);
  const isPlain = letter === undefined || letter === 's';
  const prefix = isPlain ? typePrefix(value.type, context) : '';
  if (letter !== undefined && !isPlain && type.kind === 'function') return formatFunctionAs(value, letter, context);
  return (layout?.breaks ? withWrapPoints(prefix) : prefix) + formatField(value, format, context, layout);
}

/** The text of a value inside a struct, in `info locals` and in a frame's arguments. */
export function formatField(value: Value, format: Format | undefined, context: FormatContext, layout: Layout = {}): string {
  return new Printer(context, format?.letter, layout).print(whole(value), 0);
}

/** A frame's argument under `set print frame-arguments scalars`: aggregates are only hinted at. */
export function formatArgument(value: Value, context: FormatContext): string {
  const type = bare(value.type);
  const referred = type.kind === 'reference' ? bare(type.target) : type;
  if (referred.kind === 'struct' || (referred.kind === 'array' && !referred.vector)) return '...';
  return formatField(value, undefined, context);
}

/** Read at once: a struct's members then come out of these bytes. */
function whole(value: Value): Value {
  const type = bare(value.type);
  if (type.kind === 'function' || (type.kind === 'array' && type.count === undefined)) return value;
  return fetched(value);
}

const absent = (value: Value): string =>
  value.absence === 'not saved'
    ? '<not saved>'
    : value.absence === 'unavailable'
      ? '<unavailable>'
      : value.absence === 'synthetic pointer'
        ? '<synthetic pointer>'
        : '<optimized out>';

/** `(int *) ` before a pointer, but for char pointers, whose string says it all. */
function typePrefix(type: Type, context: FormatContext): string {
  const plain = bare(type);
  const isMethodPointer = plain.kind === 'memberPointer' && bare(plain.target).kind === 'function';
  if (plain.kind !== 'pointer' && plain.kind !== 'reference' && !isMethodPointer) return '';
  if (plain.kind === 'pointer' && type.kind !== 'typedef') {
    let target = plain.target;
    while (target.kind === 'qualified') target = target.target;
    if (target.kind === 'integer' && target.name === 'char') return '';
    if (textual(plain.target)) return '';
  }
  return `(${formatTypeName(type, context.language)}) `;
}

/** gdb takes a function for a value of one byte, its first. */
function formatFunctionAs(value: Value, letter: FormatLetter, context: FormatContext): string {
  if (letter === 'a' || letter === 'f' || letter === 'i') throw new SondeError("Value can't be converted to integer.");
  if (letter === 's') return formatField(value, undefined, context);
  return formatInteger(BigInt(value.bytes[0]), 1, letter, false, context.limits);
}

/** Writes one value and what it consists of. */
class Printer {
  readonly #limits: FormatContext['limits'];

  constructor(
    readonly context: FormatContext,
    readonly letter: FormatLetter | undefined,
    readonly layout: Layout,
  ) {
    this.#limits = context.limits;
  }

  /** Columns in front of what is inside a struct or array. */
  #indent(depth: number): number {
    return 2 + 2 * (depth + (this.layout.level ?? 0));
  }

  #wrapPoint(depth: number): string {
    return this.layout.breaks ? wrapPoint(this.#indent(depth)) : '';
  }

  print(value: Value, depth: number): string {
    if (value.absence !== undefined && !value.missing) return absent(value);
    const type = bare(value.type);
    switch (type.kind) {
      case 'struct':
        return this.#struct(value, completed(type, this.context), depth);
      case 'array':
        return this.#array(value, type, depth);
      case 'reference':
        return this.#reference(value, type.target, depth);
      case 'complex': {
        if (value.missing) return absent(value);
        if (this.letter !== undefined && this.letter !== 's' && this.letter !== 'f') return this.#formatted(value, type, this.letter);
        const [real, imaginary] = complexParts(value);
        return `${this.print(real, depth)} + ${this.print(imaginary, depth)}i`;
      }
      case 'function':
        return this.#function(value);
      case 'void':
        return 'void';
      default:
        if (value.missing) return absent(value);
        return this.letter === undefined || this.letter === 's' ? this.#scalar(value, type) : this.#formatted(value, type, this.letter);
    }
  }

  #scalar(value: Value, type: Type): string {
    switch (type.kind) {
      case 'integer': {
        const radix = this.#limits.outputRadix;
        const number = integerOf(value);
        if (radix !== 10) return formatInteger(number, type.size, radix === 16 ? 'x' : 'o', type.signed, this.#limits);
        const prefix = type.character ? (textual(value.type) ?? '') : textual(value.type);
        if (prefix === undefined) return number.toString();
        const code = Number(BigInt.asUintN(type.size * 8, number));
        return `${number} ${quotedCharacter(code, prefix, this.#limits)}`;
      }
      case 'boolean': {
        const number = integerOf(value);
        const radix = this.#limits.outputRadix;
        if (radix !== 10) return formatInteger(number, type.size, radix === 16 ? 'x' : 'o', false, this.#limits);
        return number === 0n ? 'false' : number === 1n ? 'true' : number.toString();
      }
      case 'float':
        return formatFloat(type, value.bytes);
      case 'enum':
        return formatEnum(type, integerOf(value), this.context.language === 'c++' ? (name) => enumeratorLabel(type, name) : (name) => name);
      case 'flags':
        return formatFlags(type, unpackInteger(value.bytes, false));
      case 'pointer':
        return this.#pointer(integerOf(value), type.target);
      case 'memberPointer': {
        const offset = unpackInteger(value.bytes.subarray(0, 8), true);
        if (bare(type.target).kind === 'function') return symbolicAddress(BigInt.asUintN(64, offset), this.context);
        return offset === -1n ? 'NULL' : hex(BigInt.asUintN(64, offset));
      }
      case 'unspecified':
        return unpackInteger(value.bytes, false).toString();
      default:
        return unpackInteger(value.bytes, false).toString();
    }
  }

  /** `/x` and the like on a scalar of any type: its bits. */
  #formatted(value: Value, type: Type, letter: FormatLetter): string {
    const bits = value.bits;
    const signed = isSigned(type);
    if (letter === 'f') return bits ? integerOf(value).toString() : formatAsFloat(value.type, value.bytes);
    const number = bits ? integerOf(value) : unpackInteger(value.bytes, signed);
    if (letter === 'a') return symbolicAddress(BigInt.asUintN(64, number), this.context, 'linker');
    // Other letters show a float's bits, this one its whole part.
    if (letter === 'c' && type.kind === 'float') return formatInteger(floatOf(value).truncated(), 1, letter, true, this.#limits);
    if (letter === 's' || letter === 'i') return number.toString();
    return formatInteger(number, value.type.size, letter, signed, this.#limits);
  }

  #pointer(address: Address, target: Type): string {
    const plain = bare(target);
    const { limits } = this.context;
    if (plain.kind === 'function') return symbolicAddress(address, this.context);
    const where = limits.symbol ? symbolicAddress(address, this.context) : limits.address ? hex(address) : '';
    const prefix = textual(target);
    if (prefix === undefined || address === 0n) return where;
    const text = stringAt(address, plain.size, prefix, this.context);
    return where === '' ? text : `${where} ${text}`;
  }

  #function(value: Value): string {
    const address = value.place.kind === 'memory' ? value.place.address : 0n;
    const name =
      value.type === unknownFunction
        ? '<text variable, no debug info>'
        : value.type === unknownResolver
          ? '<text gnu-indirect-function variable, no debug info>'
          : formatTypeName(value.type, this.context.language);
    return `{${this.layout.breaks ? withWrapPoints(name) : name}} ${symbolicAddress(address, this.context)}`;
  }

  /** On its own a reference shows what it refers to, inside a struct only where that is. */
  #reference(value: Value, target: Type, depth: number): string {
    if (value.pointsTo) return this.print(whole(value.pointsTo()), depth);
    const address = integerOf(value);
    const where = this.#limits.address ? `@${hex(address)}` : '';
    if (depth > 0) return where;
    const colon = where === '' ? '' : ': ';
    try {
      return where + colon + this.print(whole(memoryValue(target, address, this.context.memory)), depth);
    } catch (error) {
      if (error instanceof MemoryError) return `<error reading variable: ${error.message}>`;
      throw error;
    }
  }

  #struct(value: Value, type: StructType, depth: number): string {
    if (type.declaration) return '<incomplete type>';
    if (depth > 0 && type.keyword === 'union' && !this.#limits.union) return '{...}';
    if (depth >= this.#limits.maxDepth) return '{...}';
    const { pretty } = this.#limits;
    const indent = `\n${' '.repeat(this.#indent(depth))}`;
    const shown = type.members.filter((member) => !member.isStatic || this.#limits.staticMembers);
    let text = '{';
    for (const base of type.bases) {
      if (pretty) text += indent;
      const name = bare(base.type).name ?? formatTypeName(base.type, this.context.language);
      text += `<${name}> = ${this.#guarded(() => this.print(baseValue(value, base, this.context), depth + 1))}, `;
    }
    if (shown.length === 0) {
      text += type.bases.length > 0 ? '<No data fields>' : '<No data fields>';
      return `${text}}`;
    }
    if (pretty && type.bases.length > 0) text += `${indent}members of ${type.name ?? ''}:`;
    const fields = shown.map((member) => {
      const label = member.name === undefined ? '' : `${member.isStatic ? 'static ' : ''}${member.name} = `;
      return label + this.#guarded(() => this.print(memberValue(value, member, this.context), depth + 1));
    });
    const point = this.#wrapPoint(depth);
    if (!pretty) return `${text}${fields.map((field) => point + field).join(', ')}}`;
    return `${text}${fields.map((field) => indent + field).join(',')}\n${' '.repeat(this.#indent(depth) - 2)}}`;
  }

  /** A part that cannot be read does not take the rest with it. */
  #guarded(print: () => string): string {
    try {
      return print();
    } catch (error) {
      if (error instanceof AbsentError) return '<optimized out>';
      if (error instanceof SondeError) return `<error: ${error.message}>`;
      throw error;
    }
  }

  #array(value: Value, type: Extract<Type, { kind: 'array' }>, depth: number): string {
    if (type.count === undefined) {
      if (value.place.kind !== 'memory') return '<unknown size array>';
      // Without a length it is shown like a pointer to its first element.
      return this.#pointer(value.place.address, type.element);
    }
    const prefix = textual(type.element);
    const isString = prefix !== undefined && (this.letter === undefined || this.letter === 's') && !value.missing;
    if (isString && type.count > 0) return this.#string(value, type.element.size, prefix, type.count);
    if (depth >= this.#limits.maxDepth) return '{...}';
    return this.#elements(value, type.element, type.count, depth);
  }

  #string(value: Value, width: number, prefix: string, count: number): string {
    const { bytes } = value;
    const { elements, nullStop } = this.#limits;
    const codeAt = (index: number): number => Number(unpackInteger(bytes.subarray(index * width, (index + 1) * width), false));
    let length = count;
    let forceEllipsis = false;
    if (nullStop) {
      length = 0;
      while (length < count && length < elements && codeAt(length) !== 0) length++;
      forceEllipsis = length === elements && length < count && codeAt(length) !== 0;
    }
    const codes = Array.from({ length }, (_, index) => codeAt(index));
    return quotedString(codes, { prefix, width, forceEllipsis }, this.#limits);
  }

  #elements(value: Value, element: Type, count: number, depth: number): string {
    const { elements: most, repeats, array, arrayIndexes } = this.#limits;
    const size = element.size;
    const at = (index: number): Value => partOf(value, element, index * size, this.context.memory);
    const bytes = value.missing ? undefined : value.bytes;
    const same = (a: number, b: number): boolean =>
      bytes !== undefined && Buffer.compare(bytes.subarray(a * size, (a + 1) * size), bytes.subarray(b * size, (b + 1) * size)) === 0;
    const items: string[] = [];
    let printed = 0;
    let index = 0;
    while (index < count && printed < most) {
      let run = 1;
      while (index + run < count && same(index, index + run)) run++;
      const label = arrayIndexes ? `[${index}] = ` : '';
      const text = label + this.#guarded(() => this.print(at(index), depth + 1));
      if (run > repeats) {
        items.push(`${text} <repeats ${run} times>`);
        index += run;
        printed += repeats;
      } else {
        items.push(text);
        index++;
        printed++;
      }
    }
    const rest = index < count ? '...' : '';
    const point = this.#wrapPoint(depth);
    if (!array) return `{${items.map((item) => point + item).join(', ')}${rest}}`;
    const indent = ' '.repeat(this.#indent(depth));
    return `{\n${items.map((item) => indent + point + item).join(',\n')}${rest}\n${' '.repeat(this.#indent(depth) - 2)}}`;
  }
}

/** An enumerator's name; for flags, the names of the bits that are set and what is left. */
function formatEnum(type: EnumType, value: bigint, label: (name: string) => string): string {
  const exact = type.enumerators.find((enumerator) => enumerator.value === value);
  if (exact) return label(exact.name);
  const isFlags = type.enumerators.length > 0 && type.enumerators.every(({ value: bit }) => bit >= 0n && (bit & (bit - 1n)) === 0n);
  if (!isFlags) return value.toString();
  if (value === 0n) return '0';
  let rest = value;
  const names: string[] = [];
  for (const { name, value: bit } of type.enumerators) {
    if (bit === 0n || (rest & bit) === 0n) continue;
    names.push(label(name));
    rest &= ~bit;
  }
  if (rest !== 0n) names.push(`unknown: ${hex(BigInt.asUintN(type.size * 8, rest))}`);
  return `(${names.join(' | ')})`;
}

/** `[ ZF PF ]` */
function formatFlags(type: FlagsType, value: bigint): string {
  const set = type.flags.filter(({ name, bit }) => name !== '' && (value >> BigInt(bit)) & 1n);
  return `[ ${set.map(({ name }) => `${name} `).join('')}]`;
}

/** The string that a char pointer points to: up to the null, or to the limit and then `...`. */
export function stringAt(address: Address, width: number, prefix: string, context: FormatContext): string {
  const most = context.limits.elements;
  const { codes, fault, terminated } = readString(address, width, most, context);
  if (codes.length === 0 && fault) return `<error: ${fault.message}>`;
  const forceEllipsis = !terminated && !fault && nextIsNotNull(address + BigInt(codes.length * width), width, context);
  const shown = terminated ? [...codes, 0] : codes;
  const text = quotedString(shown, { prefix, width, forceEllipsis }, context.limits);
  return fault ? `${text}<error: ${fault.message}>` : text;
}

/** Characters up to a null, `most` of them, or unreadable memory. */
export function readString(
  address: Address,
  width: number,
  most: number,
  context: Pick<FormatContext, 'memory'>,
): { codes: number[]; fault: MemoryError | undefined; terminated: boolean } {
  const codes: number[] = [];
  const limit = Math.min(most, maximumString);
  let at = address;
  let chunk = stringChunk;
  while (codes.length < limit) {
    let bytes: Uint8Array;
    try {
      bytes = context.memory.read(at, chunk * width);
    } catch (error) {
      if (!(error instanceof MemoryError)) throw error;
      // The string may end before the memory does.
      if (chunk === 1) return { codes, fault: error, terminated: false };
      chunk = chunk > 8 ? 8 : 1;
      continue;
    }
    for (let i = 0; i < bytes.length && codes.length < limit; i += width) {
      const code = Number(unpackInteger(bytes.subarray(i, i + width), false));
      if (code === 0) return { codes, fault: undefined, terminated: true };
      codes.push(code);
    }
    at += BigInt(bytes.length);
  }
  return { codes, fault: undefined, terminated: false };
}

const stringChunk = 64;
/** Of characters, where no limit is set: a string without an end must not eat all memory. */
const maximumString = 1 << 20;

function nextIsNotNull(address: Address, width: number, context: FormatContext): boolean {
  try {
    return context.memory.read(address, width).some((byte) => byte !== 0);
  } catch (error) {
    if (error instanceof MemoryError) return false;
    throw error;
  }
}
