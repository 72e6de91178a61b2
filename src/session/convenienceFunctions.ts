import { SondeError } from '../base/errors.ts';
import { arrayToPointer } from '../evaluate/access.ts';
import { arrayOf, builtin } from '../evaluate/builtinTypes.ts';
import type { ConvenienceFunction, EvaluationContext } from '../evaluate/context.ts';
import { formatField, readString } from '../evaluate/formatValue.ts';
import { integerValue, valueFrom } from '../evaluate/makeValue.ts';
import { complexParts } from '../evaluate/operators.ts';
import { asInteger } from '../evaluate/scalars.ts';
import { formatTypeName } from '../evaluate/typeNames.ts';
import type { Value } from '../evaluate/value.ts';
import { bare } from '../program/types.ts';
import type { Frame } from '../unwind/frame.ts';
import type { Settings } from './settings.ts';

/** `$_strlen` and its kin, by name without the dollar. `void` arguments do not reach them. */
export function convenienceFunctions(settings: Settings): ReadonlyMap<string, ConvenienceFunction> {
  const truth = (value: boolean): Value => integerValue(builtin.int, value);
  const setting =
    (asText: boolean): ConvenienceFunction =>
    (args, context) => {
      const name = text(exactly(args, 1, asText ? '$_gdb_setting_str' : '$_gdb_setting')[0], context);
      if (!settings.find(name))
        throw new SondeError(`First argument of $_gdb_setting${asText ? '_str' : ''} must be a valid setting of the 'show' command.`);
      const value = settings.get(name);
      if (asText || typeof value === 'string') return stringValue(asText ? settings.display(name) : String(value));
      return integerValue(builtin.int, typeof value === 'number' && !Number.isFinite(value) ? 0 : value);
    };
  const frameTest =
    (matches: (name: string, wanted: string) => boolean, any: boolean, label: string): ConvenienceFunction =>
    (args, context) => {
      if (args.length < 1 || args.length > 2) throw new SondeError(`You must provide one or two arguments to $${label}.`);
      const wanted = text(args[0], context);
      const depth = args.length > 1 ? Number(asInteger(args[1])) : 1;
      if (depth < 0) throw new SondeError('nframes must be >= 0');
      let frame: Frame | undefined = context.frame;
      if (!frame) throw new SondeError('No frame is currently selected.');
      for (let level = 0; frame && level <= depth; level++, frame = frame.older) {
        if (any || level === depth) if (matches(frame.function?.name ?? frame.symbol?.symbol.name ?? '', wanted)) return truth(true);
      }
      return truth(false);
    };
  const equals = (name: string, wanted: string): boolean => name === wanted;
  const matches = (name: string, wanted: string): boolean => new RegExp(`^(?:${wanted})`).test(name);
  return new Map<string, ConvenienceFunction>([
    ['_strlen', (args, context) => integerValue(builtin.long, codes(exactly(args, 1, '$_strlen')[0], context).length)],
    [
      '_streq',
      (args, context) => {
        const [a, b] = exactly(args, 2, '$_streq');
        return truth(text(a, context) === text(b, context));
      },
    ],
    [
      '_memeq',
      (args, context) => {
        const [a, b, count] = exactly(args, 3, '$_memeq');
        const length = Number(asInteger(count));
        if (length < 0) throw new SondeError('length must be non-negative');
        if (length > 1 << 24) throw new SondeError('length is too large');
        if (length === 0) return truth(true);
        const read = (value: Value): Uint8Array => context.memory.read(asInteger(arrayToPointer(value, context)), length);
        return truth(Buffer.compare(read(a), read(b)) === 0);
      },
    ],
    [
      '_regex',
      (args, context) => {
        const [subject, pattern] = exactly(args, 2, '$_regex');
        return truth(regex(text(pattern, context)).test(text(subject, context)));
      },
    ],
    [
      '_as_string',
      (args, context) => {
        const [value] = exactly(args, 1, '$_as_string');
        return stringValue(formatField(value, undefined, context));
      },
    ],
    ['_isvoid', (args) => truth(bare(exactly(args, 1, '$_isvoid')[0].type).kind === 'void')],
    ['_creal', (args) => complexPart(exactly(args, 1, '$_creal')[0], 0)],
    ['_cimag', (args) => complexPart(exactly(args, 1, '$_cimag')[0], 1)],
    ['_gdb_setting_str', setting(true)],
    ['_gdb_setting', setting(false)],
    ['_caller_is', frameTest(equals, false, '_caller_is')],
    ['_caller_matches', frameTest(matches, false, '_caller_matches')],
    ['_any_caller_is', frameTest(equals, true, '_any_caller_is')],
    ['_any_caller_matches', frameTest(matches, true, '_any_caller_matches')],
  ]);
}

function exactly(args: readonly Value[], count: number, name: string): readonly Value[] {
  if (args.length === count) return args;
  const numbers = ['no arguments', 'one argument', 'two arguments', 'three arguments'];
  throw new SondeError(`You must provide ${numbers[count]} ${name === '$_isvoid' ? `for ${name}` : `to ${name}`}.`);
}

/** The characters of a string argument: an array, a literal, or what a pointer points to. */
function codes(value: Value, context: EvaluationContext): number[] {
  const type = bare(value.type);
  if (type.kind === 'array') {
    const bytes = [...value.bytes];
    const end = bytes.indexOf(0);
    return end < 0 ? bytes : bytes.slice(0, end);
  }
  if (type.kind !== 'pointer') throw new SondeError(`Trying to read string with inappropriate type \`${formatTypeName(type)}'.`);
  const read = readString(asInteger(value), bare(type.target).size || 1, Number.POSITIVE_INFINITY, context);
  if (read.fault) throw read.fault;
  return read.codes;
}

const text = (value: Value, context: EvaluationContext): string => Buffer.from(codes(value, context)).toString('latin1');

function regex(pattern: string): RegExp {
  try {
    return new RegExp(`^(?:${pattern})`);
  } catch {
    throw new SondeError(`Invalid regular expression: ${pattern}`);
  }
}

function stringValue(content: string): Value {
  const bytes = new Uint8Array(Buffer.from(`${content}\0`));
  return valueFrom(arrayOf(builtin.char, bytes.length), bytes);
}

function complexPart(value: Value, index: 0 | 1): Value {
  if (bare(value.type).kind !== 'complex') throw new SondeError('expected a complex number');
  return complexParts(value)[index];
}
