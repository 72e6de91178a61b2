import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { SondeError } from '../base/errors.ts';
import type { EnumType, StructType, Type } from '../program/types.ts';
import { arrayOf, builtin, pointerTo } from './builtinTypes.ts';
import { base, defaultLimits, FakeContext } from './fakeContext.ts';
import { compile, evaluate, formatTypeName, formatValue, parsePrintFormat } from './index.ts';

const struct = (
  name: string | undefined,
  members: StructType['members'],
  size: number,
  keyword: StructType['keyword'] = 'struct',
): StructType => ({
  kind: 'struct',
  keyword,
  name,
  size,
  members,
  bases: [],
  methods: [],
  templateArguments: [],
  declaration: false,
  nested: [],
});
const point = struct(
  'point',
  [
    { name: 'x', type: builtin.int, offset: 0 },
    { name: 'y', type: builtin.int, offset: 4 },
  ],
  8,
);
const enumeration = (name: string, values: Record<string, bigint>): EnumType => ({
  kind: 'enum',
  name,
  size: 4,
  signed: false,
  enumerators: Object.entries(values).map(([key, value]) => ({ name: key, value })),
  scoped: false,
  declaration: false,
});
const color = enumeration('color', { RED: 0n, GREEN: 5n, BLUE: 6n });
const flags = enumeration('flags', { F_A: 1n, F_B: 2n, F_C: 4n });

function makeContext(): FakeContext {
  const context = new FakeContext();
  context.variable('i', builtin.int, 0, [42, 0, 0, 0]);
  context.variable('p', point, 8, [1, 0, 0, 0, 2, 0, 0, 0]);
  context.variable('pp', pointerTo(point), 16, [8, 0x10, 0, 0, 0, 0, 0, 0]);
  context.variable('a', arrayOf(builtin.int, 5), 32, [1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 4, 0, 0, 0, 5, 0, 0, 0]);
  context.variable('s', arrayOf(builtin.char, 20), 64, Buffer.from('abc'));
  context.variable('ps', pointerTo(builtin.char), 96, [0x40, 0x10, 0, 0, 0, 0, 0, 0]);
  context.variable('bad', pointerTo(builtin.int), 104, [16, 0, 0, 0, 0, 0, 0, 0]);
  context.variable('c', color, 112, [5, 0, 0, 0]);
  context.variable('f', flags, 116, [9, 0, 0, 0]);
  context.variable('d', builtin.double, 120, new Uint8Array(Float64Array.of(3.15).buffer));
  const bits = struct(
    'bits',
    [
      { name: 'a', type: builtin.unsignedInt, offset: 0, bitOffset: 0, bitSize: 3 },
      { name: 'b', type: builtin.int, offset: 0, bitOffset: 3, bitSize: 5 },
    ],
    4,
  );
  context.variable('b', bits, 128, [0xed, 0, 0, 0]);
  context.variable('zeros', arrayOf(builtin.int, 300), 256);
  context.type('point_t', { kind: 'typedef', name: 'point_t', size: 8, target: point });
  context.type('point', point);
  context.type('color', color);
  for (const { name, value } of color.enumerators) context.enumerator(name, color, value);
  return context;
}

const print = (text: string, format?: string, context = makeContext()): string => {
  try {
    return formatValue(evaluate(text, context), format === undefined ? undefined : parsePrintFormat(format, 'print'), context);
  } catch (error) {
    if (error instanceof SondeError) return error.message;
    throw error;
  }
};

/** Expression, format, what gdb 13.1 prints. */
const cases: readonly (readonly [string, string | undefined, string])[] = [
  ['i', undefined, '42'],
  ['i', 'x', '0x2a'],
  ['-1', 'u', '4294967295'],
  ['i + 1 * 2', undefined, '44'],
  ['10 - 3 - 2', undefined, '5'],
  ['1 ? 2 : 3', undefined, '2'],
  ['1, 2', undefined, '2'],
  ['-1 > 1U', undefined, '1'],
  ['!5', undefined, '0'],
  ['~5', undefined, '-6'],
  ["'a' + 1", undefined, '98'],
  ['(char)97', undefined, "97 'a'"],
  ['(unsigned char)300', undefined, "44 ','"],
  ['5/0', undefined, 'Division by zero'],
  ['5.0/0', undefined, 'inf'],
  ['1.0/3', undefined, '0.33333333333333331'],
  ['(float)1/3', undefined, '0.333333343'],
  ['(long double)1/3', undefined, '0.333333333333333333342'],
  ['1.1l', undefined, '1.10000000000000000002'],
  ['1e400', undefined, 'inf'],
  ['0x1.8p3', undefined, '12'],
  ['1e-5', undefined, '1.0000000000000001e-05'],
  ['1 << 3', undefined, '8'],
  ['1.5 % 1', undefined, 'Integer-only operation on floating point number.'],
  ['5 = 6', undefined, 'Left operand of assignment is not an lvalue.'],
  ['&5', undefined, 'Attempt to take address of value not located in memory.'],
  ['10@3', undefined, "Only values in memory can be extended with '@'."],
  ['nosuch', undefined, 'No symbol "nosuch" in current context.'],
  ['1 +', undefined, "A syntax error in expression, near `'."],
  [')', undefined, "A syntax error in expression, near `)'."],
  ['1 2', undefined, "A syntax error in expression, near `2'."],
  ['123abc', undefined, 'Invalid number "123abc".'],
  ['08', undefined, 'Invalid number "08".'],
  ["'abc", undefined, 'Unmatched single quote.'],
  ['"abc', undefined, 'Unterminated string in expression.'],
  ['#', undefined, "Invalid character '#' in expression."],
  ['int', undefined, 'Attempt to use a type name as an expression'],
  ['struct nosuch', undefined, 'No struct type named nosuch.'],
  ['"abc" "def"', undefined, '"abcdef"'],
  ['sizeof("abc")', undefined, '4'],
  ['"abc"[1]', undefined, "98 'b'"],
  ['p', undefined, '{x = 1, y = 2}'],
  ['p', 'x', '{x = 0x1, y = 0x2}'],
  ['p.y', undefined, '2'],
  ['pp->y', undefined, '2'],
  ['pp.y', undefined, '2'],
  ['p.z', undefined, 'There is no member named z.'],
  ['i.x', undefined, 'Attempt to extract a component of a value that is not a structure.'],
  ['&p', undefined, '(struct point *) 0x1008'],
  ['&p.y', undefined, '(int *) 0x100c'],
  ['*pp', undefined, '{x = 1, y = 2}'],
  ['pp + 1', undefined, '(struct point *) 0x1010'],
  ['pp - &p', undefined, '0'],
  ['pp * 2', undefined, 'Argument to arithmetic operation not a number or boolean.'],
  ['p + 1', undefined, 'Structure has no component named operator+.'],
  ['*d', undefined, 'Attempt to take contents of a non-pointer value.'],
  ['a', undefined, '{1, 2, 3, 4, 5}'],
  ['a[1]@3', undefined, '{2, 3, 4}'],
  ['&a', undefined, '(int (*)[5]) 0x1020'],
  ['a + 1', undefined, '(int *) 0x1024'],
  ['a == &a[0]', undefined, '1'],
  ['*bad', undefined, 'Cannot access memory at address 0x10'],
  ['s', undefined, '"abc", \'\\000\' <repeats 16 times>'],
  ['ps', undefined, '0x1040 "abc"'],
  ['zeros', undefined, '{0 <repeats 300 times>}'],
  ['c', undefined, 'GREEN'],
  ['c == GREEN', undefined, '1'],
  ['(enum color)77', undefined, '77'],
  ['f', undefined, '(F_A | unknown: 0x8)'],
  ['b', undefined, '{a = 5, b = -3}'],
  ['b', 'x', '{a = 0x5, b = 0xfffffffd}'],
  ['d * 2', undefined, '6.2999999999999998'],
  ['(point_t *)pp', undefined, '(point_t *) 0x1008'],
  ['{int}&i', undefined, '42'],
  ['{struct point}&p', undefined, '{x = 1, y = 2}'],
  ['sizeof(int[10])', undefined, '40'],
  ['sizeof(struct point)', undefined, '8'],
  ['$nothing', undefined, 'void'],
  ['$x = 5', undefined, '5'],
  ['i = 7', undefined, '7'],
  ['i++', undefined, '42'],
  ['++i', undefined, '43'],
  ['i += 8', undefined, '50'],
  ['b.b = 3', undefined, '3'],
  ['1.5', 'x', '0x3ff8000000000000'],
  ['1', 'f', '1.40129846e-45'],
  ['65', 'c', "65 'A'"],
  ['5', 'z', '0x00000005'],
  ['8', 'o', '010'],
  ['10', 't', '1010'],
  ['-5', 'f', '-nan(0x7ffffb)'],
];

test('expressions print as in gdb', () => {
  for (const [text, format, expected] of cases) assert.equal(print(text, format), expected, `print/${format ?? ''} ${text}`);
});

test('a bit-field is written without touching its neighbours', () => {
  const context = makeContext();
  evaluate('b.b = 9', context);
  assert.equal(print('b', undefined, context), '{a = 5, b = 9}');
});

test('convenience variables keep their values', () => {
  const context = makeContext();
  evaluate('$n = 5', context);
  assert.equal(print('$n++', undefined, context), '5');
  assert.equal(print('$n', undefined, context), '6');
  evaluate('$s = p', context);
  evaluate('$s.x = 9', context);
  assert.equal(print('$s', undefined, context), '{x = 9, y = 2}');
});

test('types of expressions', () => {
  const context = makeContext();
  const whatis = (text: string): string => formatTypeName(compile(text, context).typeOf(context));
  const types: Record<string, string> = {
    '1 + 1L': 'long',
    '0xffffffff': 'unsigned int',
    '4294967295': 'long',
    "'a'": 'char',
    '"abc"': 'char [4]',
    '1.5f + 1': 'float',
    '1.5f + 1.5': 'double',
    '(char)1 + (char)1': 'int',
    '&a': 'int (*)[5]',
    '*a@2': 'int [2]',
    'pp - &p': 'long',
    'int *(*)[3]': 'int *(*)[3]',
    'int (*)(int, char)': 'int (*)(int, char)',
    'unsigned long int': 'unsigned long',
    'long long unsigned': 'unsigned long long',
    'char *const': 'char * const',
    'const char *': 'const char *',
    'struct point *[3]': 'struct point *[3]',
    'int (*(*)(void))(char)': 'int (*(*)(void))(char)',
  };
  for (const [text, expected] of Object.entries(types)) assert.equal(whatis(text), expected, text);
});

test('pretty printing', () => {
  const context = makeContext();
  context.limits = { ...defaultLimits, pretty: true };
  const two: Type = arrayOf(point, 2);
  context.variable('two', two, 8);
  assert.equal(print('p', undefined, context), '{\n  x = 1,\n  y = 2\n}');
  assert.equal(print('two', undefined, context), '{{\n    x = 1,\n    y = 2\n  }, {\n    x = 4104,\n    y = 0\n  }}');
});

test('reads and registers of a watched expression', () => {
  const context = makeContext();
  const watched = compile('pp->y', context).watch(context);
  assert.deepEqual(watched.memory, [
    { address: base + 16n, length: 8 },
    { address: base + 12n, length: 4 },
  ]);
  assert.equal(compile('1 + 2', context).watch(context).constant, true);
});

test('no input does anything but succeed or fail with a sentence', () => {
  const context = makeContext();
  const fragment = fc.constantFrom(
    'i',
    'p',
    'pp',
    'a',
    's',
    'ps',
    'bad',
    'c',
    'f',
    'd',
    'b',
    'nosuch',
    'int',
    'char',
    'struct',
    'point',
    'point_t',
    'sizeof',
    'unsigned',
    'const',
    '$',
    '$$',
    '$1',
    '$x',
    '(',
    ')',
    '[',
    ']',
    '{',
    '}',
    '*',
    '&',
    '+',
    '-',
    '/',
    '%',
    '!',
    '~',
    '?',
    ':',
    '::',
    ',',
    '=',
    '+=',
    '++',
    '--',
    '->',
    '.',
    '<<',
    '>>',
    '<',
    '==',
    '&&',
    '||',
    '@',
    '0',
    '1',
    '5',
    '3.5',
    '0x10',
    '1e5',
    "'a'",
    '"xy"',
    "'",
    '"',
    '\\',
    '#',
    ' ',
  );
  const attempt = (text: string): void => {
    try {
      const value = evaluate(text, context);
      formatValue(value, undefined, context);
    } catch (error) {
      if (!(error instanceof SondeError)) throw new Error(`${text}: ${(error as Error).stack}`);
    }
  };
  fc.assert(
    fc.property(fc.array(fragment, { maxLength: 12 }), (parts) => attempt(parts.join(' '))),
    { numRuns: 3000 },
  );
  fc.assert(fc.property(fc.string({ maxLength: 30 }), attempt), { numRuns: 2000 });
  attempt('('.repeat(5000));
  attempt('-'.repeat(5000));
  attempt('*'.repeat(100000));
});
