/**
 * Types of the program under study, language-neutral: made from DWARF now, from BTF later.
 * Immutable, shared by identity within a module; parts that cost reading are lazy getters.
 */
export type Type =
  | VoidType
  | IntegerType
  | BooleanType
  | FloatType
  | ComplexType
  | PointerType
  | ReferenceType
  | MemberPointerType
  | ArrayType
  | StructType
  | EnumType
  | TypedefType
  | QualifiedType
  | FunctionType
  | FlagsType
  | UnspecifiedType;

export interface VoidType {
  readonly kind: 'void';
  readonly name: 'void';
  readonly size: 1; // sizeof (void) is 1 in GNU C and in gdb
}

export interface IntegerType {
  readonly kind: 'integer';
  readonly name: string;
  /** Bytes: 1, 2, 4, 8 or 16. */
  readonly size: number;
  readonly signed: boolean;
  /** DW_ATE_signed_char, unsigned_char, UTF: printed with its character. */
  readonly character: boolean;
}

export interface BooleanType {
  readonly kind: 'boolean';
  readonly name: string;
  readonly size: number;
}

export interface FloatType {
  readonly kind: 'float';
  readonly name: string;
  readonly size: number;
  readonly format: 'binary32' | 'binary64' | 'x87-80' | 'binary128' | 'binary16' | 'bfloat16';
}

export interface ComplexType {
  readonly kind: 'complex';
  readonly name: string;
  readonly size: number;
  readonly part: FloatType | IntegerType;
}

export interface PointerType {
  readonly kind: 'pointer';
  readonly name?: undefined;
  readonly size: number;
  readonly target: Type;
}

export interface ReferenceType {
  readonly kind: 'reference';
  readonly name?: undefined;
  readonly size: number;
  readonly target: Type;
  readonly rvalue: boolean;
}

/** C++ `T Class::*`. */
export interface MemberPointerType {
  readonly kind: 'memberPointer';
  readonly name?: undefined;
  readonly size: number;
  readonly target: Type;
  readonly container: Type;
}

/** One dimension; `int a[2][3]` is an array of 2 of an array of 3. */
export interface ArrayType {
  readonly kind: 'array';
  readonly name?: undefined;
  /** Bytes; 0 where `count` is undefined. */
  readonly size: number;
  readonly element: Type;
  /** undefined: `int a[]`, a flexible array member, or a bound that is not a constant. */
  readonly count: number | undefined;
  /** DWARF expression or DIE-backed bound of a VLA, resolved by evaluate/ at run time. */
  readonly dynamicCount?: DynamicBound;
  /** DW_AT_GNU_vector: printed with `__attribute__ ((vector_size(N)))`. */
  readonly vector: boolean;
}

/** The count of a variable length array: an expression whose value is the *upper bound* (or the count). */
export interface DynamicBound {
  readonly isUpperBound: boolean;
  /** A location expression that leaves the value on the stack … */
  readonly expression?: Uint8Array;
  /** … or the artificial variable that holds it. */
  readonly variable?: import('./symbols.ts').VariableSymbol;
}

export interface StructType {
  readonly kind: 'struct';
  readonly keyword: 'struct' | 'union' | 'class';
  /** Undefined for an anonymous one. */
  readonly name?: string;
  readonly size: number;
  /** Lazy. Data members in order, static ones included (`isStatic`). */
  readonly members: readonly Member[];
  readonly bases: readonly BaseClass[];
  readonly methods: readonly Method[];
  readonly templateArguments: readonly TemplateArgument[];
  /** Only declared here: print `<incomplete type>`, look for the definition by name. */
  readonly declaration: boolean;
  /** Typedefs and nested types declared inside a C++ class. */
  readonly nested: readonly Type[];
}

export interface Member {
  /** Undefined: an anonymous struct or union, whose members are reached directly. */
  readonly name?: string;
  readonly type: Type;
  /** Byte offset in the struct of the storage unit (for a bit-field: of the byte that `bitOffset` counts from). */
  readonly offset: number;
  /** Bit-fields only. */
  readonly bitSize?: number;
  /** Bits from the least significant bit of the byte at `offset`, little endian. */
  readonly bitOffset?: number;
  readonly isStatic?: boolean;
  /** Value of a `static const` member given in DWARF. */
  readonly constant?: bigint;
  readonly linkageName?: string;
  readonly accessibility?: 'public' | 'protected' | 'private';
  readonly artificial?: boolean;
}

export interface BaseClass {
  readonly type: Type;
  readonly offset: number;
  readonly virtual: boolean;
  readonly accessibility: 'public' | 'protected' | 'private';
}

export interface Method {
  readonly name: string;
  readonly linkageName?: string;
  readonly type: FunctionType;
  readonly virtual: boolean;
  readonly isStatic: boolean;
  readonly artificial: boolean;
  readonly accessibility: 'public' | 'protected' | 'private';
}

export interface TemplateArgument {
  readonly name?: string;
  readonly type?: Type;
  readonly value?: bigint;
}

export interface EnumType {
  readonly kind: 'enum';
  readonly name?: string;
  readonly size: number;
  readonly signed: boolean;
  readonly enumerators: readonly Enumerator[];
  /** `enum class`: enumerators are not in the enclosing scope. */
  readonly scoped: boolean;
  readonly declaration: boolean;
}

export interface Enumerator {
  readonly name: string;
  readonly value: bigint;
}

export interface TypedefType {
  readonly kind: 'typedef';
  readonly name: string;
  readonly size: number;
  readonly target: Type;
}

export interface QualifiedType {
  readonly kind: 'qualified';
  readonly name?: undefined;
  readonly qualifier: 'const' | 'volatile' | 'restrict' | '_Atomic';
  readonly size: number;
  readonly target: Type;
}

export interface FunctionType {
  readonly kind: 'function';
  readonly name?: undefined;
  readonly size: 1; // sizeof (function) is 1 in GNU C and in gdb
  readonly returns: Type;
  readonly parameters: readonly { readonly name?: string; readonly type: Type; readonly artificial?: boolean }[];
  readonly prototyped: boolean;
  readonly varargs: boolean;
}

/** A register of flags, as `$eflags`: printed `[ ZF PF ]`. Never from DWARF. */
export interface FlagsType {
  readonly kind: 'flags';
  readonly name: string;
  readonly size: number;
  readonly flags: readonly { readonly name: string; readonly bit: number }[];
}

/** DW_TAG_unspecified_type: `decltype(nullptr)`. */
export interface UnspecifiedType {
  readonly kind: 'unspecified';
  readonly name: string;
  readonly size: number;
}

/** The type behind typedefs; qualifiers are kept. gdb's `check_typedef` also drops qualifiers: see `bare`. */
export function resolveTypedef(type: Type): Exclude<Type, TypedefType> {
  let resolved = type;
  while (resolved.kind === 'typedef') resolved = resolved.target;
  return resolved;
}

/** The type behind typedefs and qualifiers: what decides how its bytes are read. */
export function bare(type: Type): Exclude<Type, TypedefType | QualifiedType> {
  let resolved = type;
  while (resolved.kind === 'typedef' || resolved.kind === 'qualified') resolved = resolved.target;
  return resolved;
}

export const voidType: VoidType = { kind: 'void', name: 'void', size: 1 };
