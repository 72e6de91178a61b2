import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FunctionType, Member, StructType, Type } from '../program/types.ts';
import { arrayOf, builtin, pointerTo, qualified } from './builtinTypes.ts';
import { describeType, formatTypeName } from './index.ts';

const struct = (
  name: string | undefined,
  size: number,
  members: readonly Member[],
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
const fn = (returns: Type, ...parameters: Type[]): FunctionType => ({
  kind: 'function',
  size: 1,
  returns,
  parameters: parameters.map((type) => ({ type })),
  prototyped: true,
  varargs: false,
});
const point = struct('point', 8, [
  { name: 'x', type: builtin.int, offset: 0 },
  { name: 'y', type: builtin.int, offset: 4 },
]);
const lines = (...text: string[]): string => text.join('\n');

test('names of types', () => {
  const { int, char } = builtin;
  const cases: readonly (readonly [Type, string])[] = [
    [pointerTo(int), 'int *'],
    [pointerTo(pointerTo(char)), 'char **'],
    [arrayOf(arrayOf(int, 3), 2), 'int [2][3]'],
    [pointerTo(arrayOf(int, 5)), 'int (*)[5]'],
    [arrayOf(pointerTo(int), 3), 'int *[3]'],
    [fn(int, int, char), 'int (int, char)'],
    [pointerTo(fn(int, int)), 'int (*)(int)'],
    [arrayOf(pointerTo(fn(int, int, int)), 2), 'int (*[2])(int, int)'],
    [fn(pointerTo(char)), 'char *(void)'],
    [qualified('const', char), 'const char'],
    [pointerTo(qualified('const', char)), 'const char *'],
    [qualified('const', pointerTo(int)), 'int * const'],
    [qualified('volatile', qualified('const', int)), 'const volatile int'],
    [pointerTo(point), 'struct point *'],
    [struct(undefined, 0, []), 'struct {...}'],
    [arrayOf(int, 4, true), 'int __attribute__ ((vector_size(4)))'],
    [arrayOf(int, undefined), 'int []'],
  ];
  for (const [type, expected] of cases) assert.equal(formatTypeName(type), expected);
});

test('structs with anonymous members, to the depth that gdb shows', () => {
  const union = struct(
    undefined,
    4,
    [
      { name: 'i', type: builtin.int, offset: 0 },
      { name: 'f', type: builtin.float, offset: 0 },
    ],
    'union',
  );
  const inner = struct(undefined, 4, [
    { name: 'deep', type: struct(undefined, 4, [{ name: 'v', type: builtin.int, offset: 0 }]), offset: 0 },
  ]);
  const outer = struct('outer', 24, [
    { name: 'k', type: builtin.int, offset: 0 },
    { type: union, offset: 4 },
    { name: 'a', type: inner, offset: 8 },
    { name: 'p', type: point, offset: 12 },
    { name: 'fp', type: pointerTo(fn(builtin.int, builtin.int)), offset: 16 },
  ]);
  const expected = lines(
    'struct outer {',
    '    int k;',
    '    union {',
    '        int i;',
    '        float f;',
    '    };',
    '    struct {',
    '        struct {...} deep;',
    '    } a;',
    '    struct point p;',
    '    int (*fp)(int);',
    '}',
  );
  assert.equal(describeType(outer), expected);
  assert.equal(describeType(pointerTo({ kind: 'typedef', name: 'outer_t', size: 24, target: outer })), `${expected} *`);
});

test('offsets, holes and padding', () => {
  const bits = struct('bits', 8, [
    { name: 'a', type: builtin.unsignedInt, offset: 0, bitSize: 3, bitOffset: 0 },
    { name: 'b', type: builtin.int, offset: 0, bitSize: 5, bitOffset: 3 },
    { name: 'c', type: builtin.unsignedLong, offset: 1, bitSize: 40, bitOffset: 0 },
    { name: 'd', type: { kind: 'boolean', name: '_Bool', size: 1 }, offset: 6, bitSize: 1, bitOffset: 0 },
  ]);
  assert.equal(
    describeType(bits, { offsets: true }),
    lines(
      'struct bits {',
      '/*      0: 0   |       4 */    unsigned int a : 3;',
      '/*      0: 3   |       4 */    int b : 5;',
      '/*      1: 0   |       8 */    unsigned long c : 40;',
      '/*      6: 0   |       1 */    _Bool d : 1;',
      '/* XXX  7-bit padding    */',
      '/* XXX  1-byte padding   */',
      '',
      '                               /* total size (bytes):    8 */',
      '                             }',
    ),
  );
});

test('enums and classes', () => {
  const { int } = builtin;
  const color: Type = {
    kind: 'enum',
    name: 'color',
    size: 4,
    signed: false,
    scoped: false,
    declaration: false,
    enumerators: [
      { name: 'RED', value: 0n },
      { name: 'GREEN', value: 5n },
      { name: 'BLUE', value: 6n },
    ],
  };
  assert.equal(describeType(color), 'enum color {RED, GREEN = 5, BLUE}');
  const type: StructType = {
    ...struct('Derived', 16, [{ name: 'd', type: int, offset: 8, accessibility: 'private' }], 'class'),
    bases: [{ type: struct('Base', 8, []), offset: 0, virtual: false, accessibility: 'public' }],
    methods: [{ name: 'get', type: fn(int), virtual: true, isStatic: false, artificial: false, accessibility: 'public' }],
  };
  const expected = lines('class Derived : public Base {', '  private:', '    int d;', '', '  public:', '    virtual int get(void);', '}');
  assert.equal(describeType(type, { language: 'c++' }), expected);
});
