import { FormatError } from '../../base/errors.ts';
import { At, Encoding, Tag } from '../../formats/dwarf/constants.ts';
import type { Die } from '../../formats/dwarf/die.ts';
import type { DwarfFile } from '../../formats/dwarf/file.ts';
import type { VariableSymbol } from '../symbols.ts';
import {
  type ArrayType,
  type DynamicBound,
  type Enumerator,
  type EnumType,
  type FloatType,
  type FunctionType,
  type IntegerType,
  type MemberPointerType,
  type PointerType,
  type QualifiedType,
  type ReferenceType,
  type Type,
  type TypedefType,
  voidType,
} from '../types.ts';
import { inheritedType, withOrigins } from './attributes.ts';
import { DwarfStruct } from './structType.ts';

/** What types ask of the rest of the module's debug info. */
export interface TypeSurroundings {
  /** The name with its namespaces and classes, canonical; undefined: it has none. */
  qualifiedName(die: Die): string | undefined;
  /** The definition of a struct, union, class or enum of which only a declaration was met. */
  definitionOf(name: string, keyword: 'struct' | 'union' | 'class' | 'enum'): Type | undefined;
  /** The artificial variable that holds a bound. */
  variable(die: Die): VariableSymbol;
}

/** Makes types of DIEs, one for each DIE. What they refer to is read when asked for, so that cycles are no matter. */
export class TypeReader {
  readonly #known = new Map<DwarfFile, Map<number, Type>>();

  constructor(readonly surroundings: TypeSurroundings) {}

  /** The type that a DIE describes. */
  typeOf(die: Die): Type {
    const { file } = die.unit;
    let known = this.#known.get(file);
    if (!known) {
      known = new Map();
      this.#known.set(file, known);
    }
    let type = known.get(die.key);
    if (!type) {
      type = this.#make(die);
      known.set(die.key, type);
    }
    return type;
  }

  /** DW_AT_type; without one, void. */
  typeOfAttribute(die: Die, attribute: number = At.type): Type {
    const target = attribute === At.type ? inheritedType(die) : die.reference(attribute);
    return target ? this.typeOf(target) : voidType;
  }

  #make(die: Die): Type {
    const { unit, tag } = die;
    const target = (): Type => this.typeOfAttribute(die);
    switch (tag) {
      case Tag.baseType:
        return baseType(die, canonicalName(this.surroundings.qualifiedName(die) ?? ''));
      case Tag.pointerType:
        return lazyTarget<PointerType>({ kind: 'pointer', size: die.number(At.byteSize) ?? unit.addressSize }, target);
      case Tag.referenceType:
      case Tag.rvalueReferenceType:
        return lazyTarget<ReferenceType>(
          { kind: 'reference', size: die.number(At.byteSize) ?? unit.addressSize, rvalue: tag === Tag.rvalueReferenceType },
          target,
        );
      case Tag.constType:
        return this.#qualified(die, 'const');
      case Tag.volatileType:
        return this.#qualified(die, 'volatile');
      case Tag.restrictType:
        return this.#qualified(die, 'restrict');
      case Tag.atomicType:
        return this.#qualified(die, '_Atomic');
      case Tag.typedef:
      case Tag.templateAlias:
        refuseCycle(die);
        return lazyTarget<TypedefType>(
          { kind: 'typedef', name: this.surroundings.qualifiedName(die) ?? '' } as TypedefType,
          target,
          (type) => type.size,
        );
      case Tag.structureType:
      case Tag.classType:
      case Tag.unionType:
      case Tag.interfaceType: {
        const complete = die.reference(At.signature);
        return complete ? this.typeOf(complete) : new DwarfStruct(this, die);
      }
      case Tag.enumerationType: {
        const complete = die.reference(At.signature);
        return complete ? this.typeOf(complete) : this.#enum(die);
      }
      case Tag.arrayType:
        refuseCycle(die);
        return this.#array(die);
      case Tag.subroutineType:
      case Tag.subprogram:
      case Tag.inlinedSubroutine:
        return this.functionType(die);
      case Tag.ptrToMemberType:
        return this.#memberPointer(die);
      case Tag.subrangeType:
        return this.typeOfAttribute(die);
      default:
        // Assemblers give their functions one without a name: gdb shows it as void.
        return { kind: 'unspecified', name: this.surroundings.qualifiedName(die) ?? 'void', size: die.number(At.byteSize) ?? 1 };
    }
  }

  #qualified(die: Die, qualifier: QualifiedType['qualifier']): Type {
    refuseCycle(die);
    // A qualified array is an array of qualified elements (C11 §6.7.3).
    if (inheritedType(die)?.tag === Tag.arrayType) return qualifyElements(this.typeOfAttribute(die), qualifier);
    return lazyTarget<QualifiedType>(
      { kind: 'qualified', qualifier } as QualifiedType,
      () => this.typeOfAttribute(die),
      (type) => type.size,
    );
  }

  #memberPointer(die: Die): MemberPointerType {
    const target = this.typeOfAttribute(die);
    // A pointer to a method is a pair: address or table index, and adjustment of `this`.
    const size = target.kind === 'function' ? 16 : 8;
    return { kind: 'memberPointer', size, target, container: this.typeOfAttribute(die, At.containingType) };
  }

  #enum(die: Die): EnumType {
    const name = this.surroundings.qualifiedName(die);
    const find = (): EnumType | undefined => {
      const found = name === undefined ? undefined : this.surroundings.definitionOf(name, 'enum');
      return found?.kind === 'enum' && !found.declaration ? found : undefined;
    };
    const enumerators = lazy(() => readEnumerators(die));
    const complete = lazy(() => (die.flag(At.declaration) ? find() : undefined));
    const size = lazy(() => die.number(At.byteSize) ?? this.typeOfAttribute(die).size);
    return {
      kind: 'enum',
      name,
      scoped: die.flag(At.enumClass),
      get size() {
        return complete()?.size ?? size();
      },
      get enumerators() {
        return complete()?.enumerators ?? enumerators();
      },
      get signed() {
        return this.enumerators.some(({ value }) => value < 0n);
      },
      get declaration() {
        return die.flag(At.declaration) && !complete();
      },
    };
  }

  /** One ArrayType a dimension, the first outermost. */
  #array(die: Die): Type {
    let element = this.typeOfAttribute(die);
    const vector = die.flag(At.gnuVector);
    const dimensions = [...die.children()].filter(({ tag }) => tag === Tag.subrangeType);
    if (dimensions.length === 0) return arrayOf(element, undefined, undefined, vector);
    for (const dimension of dimensions.reverse()) {
      const count = constantCount(dimension);
      element = arrayOf(element, count, count === undefined ? this.#dynamicBound(dimension) : undefined, vector);
    }
    return element;
  }

  #dynamicBound(dimension: Die): DynamicBound | undefined {
    const attribute = dimension.has(At.count) ? At.count : At.upperBound;
    const isUpperBound = attribute === At.upperBound;
    const expression = dimension.block(attribute);
    if (expression) return { isUpperBound, expression };
    const variable = dimension.reference(attribute);
    return variable && { isUpperBound, variable: this.surroundings.variable(variable) };
  }

  /** The type of a DW_TAG_subroutine_type or DW_TAG_subprogram. */
  functionType(die: Die): FunctionType {
    const parts = lazy(() => this.#parameters(die));
    const returns = lazy(() => this.typeOfAttribute(die));
    const prototyped = [...withOrigins(die)].some((origin) => origin.flag(At.prototyped)) || !isC(die);
    return {
      kind: 'function',
      size: 1,
      prototyped,
      get returns() {
        return returns();
      },
      get parameters() {
        return parts().parameters;
      },
      get varargs() {
        return parts().varargs;
      },
    };
  }

  #parameters(die: Die): { parameters: { name?: string; type: Type; artificial?: boolean }[]; varargs: boolean } {
    const parameters: { name?: string; type: Type; artificial?: boolean }[] = [];
    let varargs = false;
    for (const child of die.children()) {
      if (child.tag === Tag.formalParameter) {
        const origins = [...withOrigins(child)];
        parameters.push({
          name: origins.find((origin) => origin.has(At.name))?.string(At.name),
          type: this.typeOfAttribute(child),
          artificial: origins.some((origin) => origin.flag(At.artificial)) || undefined,
        });
      } else if (child.tag === Tag.unspecifiedParameters) varargs = true;
    }
    return { parameters, varargs };
  }
}

function lazy<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

/** Adds `target` to a type, and `size` where that is the target's. */
function lazyTarget<T extends { readonly target: Type; readonly size: number }>(
  type: Omit<T, 'target'>,
  target: () => Type,
  size?: (target: Type) => number,
): T {
  const once = lazy(target);
  Object.defineProperty(type, 'target', { get: once, enumerable: true });
  if (size) Object.defineProperty(type, 'size', { get: () => size(once()), enumerable: true });
  return type as T;
}

function qualifyElements(type: Type, qualifier: QualifiedType['qualifier']): Type {
  if (type.kind === 'array') return { ...type, element: qualifyElements(type.element, qualifier) };
  for (let target: Type = type; target.kind === 'qualified'; target = target.target) if (target.qualifier === qualifier) return type;
  return { kind: 'qualified', qualifier, target: type, size: type.size };
}

/** Tags whose size is that of what they refer to: a circle of them is no type. */
const wrappers: ReadonlySet<number> = new Set([
  Tag.typedef,
  Tag.templateAlias,
  Tag.constType,
  Tag.volatileType,
  Tag.restrictType,
  Tag.atomicType,
  Tag.arrayType,
  Tag.subrangeType,
]);

function refuseCycle(die: Die): void {
  const seen = new Set<number>();
  for (let current: Die | undefined = die; current && wrappers.has(current.tag); current = current.reference(At.type)) {
    if (seen.has(current.key))
      throw new FormatError(`Type at offset 0x${die.offset.toString(16)} of ${die.unit.sectionName} refers to itself`);
    seen.add(current.key);
  }
}

const isC = (die: Die): boolean => {
  const language = die.unit.root.number(At.language);
  return language === undefined || [0x01, 0x02, 0x0c, 0x1d, 0x2c].includes(language);
};

/** gdb writes base types as C++'s canonical spelling; gcc spells them in its own way. */
const canonicalName = (name: string): string => canonicalNames[name] ?? name;

const canonicalNames: Readonly<Record<string, string>> = {
  'short int': 'short',
  'unsigned __int128': 'unsigned int __int128',
  'short unsigned int': 'unsigned short',
  'long int': 'long',
  'long unsigned int': 'unsigned long',
  'long long int': 'long long',
  'long long unsigned int': 'unsigned long long',
};

function baseType(die: Die, name: string): Type {
  const size = Math.min(die.number(At.byteSize) ?? Math.ceil((die.number(At.bitSize) ?? 8) / 8), 64);
  switch (die.number(At.encoding)) {
    case Encoding.boolean:
      return { kind: 'boolean', name, size };
    case Encoding.float:
      return floatType(name, size);
    case Encoding.complexFloat:
      return { kind: 'complex', name, size, part: floatType(name.replace(/^(?:complex|_Complex) /, ''), size / 2) };
    case 0x80: // DW_ATE_lo_user: gcc's complex integers
      return { kind: 'complex', name, size, part: integerType(name, size / 2, true) };
    case Encoding.signed:
      return integerType(name, size, true);
    case Encoding.signedChar:
      return { ...integerType(name, size, true), character: true };
    case Encoding.unsignedChar:
    case Encoding.utf:
      return { ...integerType(name, size, false), character: true };
    default:
      return integerType(name, size, false);
  }
}

const integerType = (name: string, size: number, signed: boolean): IntegerType => ({
  kind: 'integer',
  name,
  size,
  signed,
  character: false,
});

/** x86-64: `long double` is the x87 format in 16 bytes, as the other 16-byte one, `_Float128`, is not. */
function floatType(name: string, size: number): FloatType {
  const format =
    size === 2
      ? name.includes('bf16')
        ? 'bfloat16'
        : 'binary16'
      : size === 4
        ? 'binary32'
        : size === 8
          ? 'binary64'
          : /128/.test(name)
            ? 'binary128'
            : 'x87-80';
  return { kind: 'float', name, size, format };
}

function readEnumerators(die: Die): Enumerator[] {
  const enumerators: Enumerator[] = [];
  for (const child of die.children()) {
    if (child.tag !== Tag.enumerator) continue;
    enumerators.push({ name: child.string(At.name) ?? '', value: child.constant(At.constValue) ?? 0n });
  }
  return enumerators;
}

/** Undefined: not constant, or not given. Without a lower bound it is 0, as in C. */
function constantCount(dimension: Die): number | undefined {
  const count = dimension.constant(At.count);
  if (count !== undefined) return Number(count);
  const upper = dimension.constant(At.upperBound);
  if (upper === undefined) return undefined;
  const lower = dimension.constant(At.lowerBound) ?? 0n;
  // Old gcc spells the bound -1 of `a[0]` in the width of the form.
  const signed = upper === 0xffff_ffffn ? -1n : BigInt.asIntN(64, upper);
  return Math.max(Number(signed - BigInt.asIntN(64, lower)) + 1, 0);
}

function arrayOf(element: Type, count: number | undefined, dynamicCount: DynamicBound | undefined, vector: boolean): ArrayType {
  return {
    kind: 'array',
    element,
    count,
    dynamicCount,
    vector,
    get size() {
      return count === undefined ? 0 : count * element.size;
    },
  };
}
