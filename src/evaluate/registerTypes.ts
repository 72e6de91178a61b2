import { flagBits, type RegisterNumber, type RegisterType, registers } from '../arch/registers.ts';
import { type ArrayType, type FloatType, type IntegerType, type StructType, type Type, voidType } from '../program/types.ts';

/** gdb's type of a register, as `whatis $rax` and `ptype $xmm0` print it. */
export const typeOfRegister = (register: RegisterNumber): Type => registerTypes[registers[register].type];

const integer = (name: string, size: number, signed: boolean): IntegerType => ({ kind: 'integer', name, size, signed, character: false });
const float = (name: string, size: number, format: FloatType['format']): FloatType => ({ kind: 'float', name, size, format });
const vector = (element: Type, count: number): ArrayType => ({ kind: 'array', size: element.size * count, element, count, vector: true });
/** The target description names some vectors; `whatis` shows the name, `ptype` what is behind it. */
const named = (name: string, target: Type): Type => ({ kind: 'typedef', name, size: target.size, target });
const union = (name: string, members: readonly (readonly [name: string, type: Type])[]): StructType => ({
  kind: 'struct',
  keyword: 'union',
  name,
  size: members[0][1].size,
  members: members.map(([name, type]) => ({ name, type, offset: 0 })),
  bases: [],
  methods: [],
  templateArguments: [],
  declaration: false,
  nested: [],
});

const int8 = integer('int8_t', 1, true);
const int16 = integer('int16_t', 2, true);
const int32 = integer('int32_t', 4, true);
const int64 = integer('int64_t', 8, true);
const int128 = integer('int128_t', 16, true);
const uint128 = integer('uint128_t', 16, false);

/** A vector register as every kind of lane: `v8_float` are 8 floats. */
function lanes(name: string, size: 32 | 64): StructType {
  const kinds: readonly (readonly [string, Type])[] = [
    ['bfloat16', float('bfloat16', 2, 'bfloat16')],
    ['half', float('half', 2, 'binary16')],
    ['float', float('float', 4, 'binary32')],
    ['double', float('double', 8, 'binary64')],
    ['int8', int8],
    ['int16', int16],
    ['int32', int32],
    ['int64', int64],
    ['int128', int128],
  ];
  return union(
    name,
    kinds.map(([kind, element]) => [`v${size / element.size}_${kind}`, vector(element, size / element.size)]),
  );
}

const vec128 = union('vec128', [
  ['v8_bfloat16', named('v8bf16', vector(float('builtin_type_bfloat16', 2, 'bfloat16'), 8))],
  ['v8_half', named('v8h', vector(float('builtin_type_ieee_half', 2, 'binary16'), 8))],
  ['v4_float', named('v4f', vector(float('builtin_type_ieee_single', 4, 'binary32'), 4))],
  ['v2_double', named('v2d', vector(float('builtin_type_ieee_double', 8, 'binary64'), 2))],
  ['v16_int8', named('v16i8', vector(int8, 16))],
  ['v8_int16', named('v8i16', vector(int16, 8))],
  ['v4_int32', named('v4i32', vector(int32, 4))],
  ['v2_int64', named('v2i64', vector(int64, 2))],
  ['uint128', uint128],
]);

const registerTypes: Readonly<Record<RegisterType, Type>> = {
  int8,
  int16,
  int32,
  int64,
  uint64: integer('uint64_t', 8, false),
  uint128,
  int: integer('int', 4, true),
  long: integer('long', 8, true),
  'data pointer': { kind: 'pointer', size: 8, target: voidType },
  'code pointer': {
    kind: 'pointer',
    size: 8,
    target: { kind: 'function', size: 1, returns: voidType, parameters: [], prototyped: false, varargs: false },
  },
  eflags: { kind: 'flags', name: 'i386_eflags', size: 4, flags: flagBits.eflags },
  mxcsr: { kind: 'flags', name: 'i386_mxcsr', size: 4, flags: flagBits.mxcsr },
  x87: float('builtin_type_i387_ext', 10, 'x87-80'),
  vec128,
  vec256: lanes('builtin_type_vec256i', 32),
  vec512: lanes('builtin_type_vec512i', 64),
  v2ui128: named('v2ui128', vector(uint128, 2)),
};
