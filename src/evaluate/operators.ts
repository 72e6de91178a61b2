import { SondeError } from '../base/errors.ts';
import { bare, type IntegerType, type Type } from '../program/types.ts';
import { arrayToPointer, dereferenced, stepOf } from './access.ts';
import { builtin } from './builtinTypes.ts';
import type { EvaluationContext } from './context.ts';
import { ExtendedFloat } from './extendedFloat.ts';
import { integerValue, valueFrom } from './makeValue.ts';
import { floatOf, integerOf, isFloat, isIntegral, isSigned, isTrue, packFloat, packInteger } from './scalars.ts';
import type { BinaryOperator, UnaryOperator } from './syntax.ts';
import type { Value } from './value.ts';

const notANumber = () => new SondeError('Argument to arithmetic operation not a number or boolean.');
const wordSize = 8n;

/** All of C's operators on two values but assignment, `&&`, `||` and `@`. */
export function binary(operator: BinaryOperator, leftValue: Value, rightValue: Value, context: EvaluationContext): Value {
  const left = dereferenced(leftValue, context);
  const right = dereferenced(rightValue, context);
  if (bare(left.type).kind === 'struct' || bare(right.type).kind === 'struct') {
    throw new SondeError(`Structure has no component named operator${operator}.`);
  }
  if (isVector(left.type) || isVector(right.type)) return vector(operator, left, right, context);
  switch (operator) {
    case '==':
    case '!=':
    case '<':
    case '>':
    case '<=':
    case '>=':
      return comparison(compare(operator, arrayToPointer(left, context), arrayToPointer(right, context)), context);
    case '+':
      if (isPointer(left) && isIntegral(right.type)) return offsetPointer(arrayToPointer(left, context), integerOf(right), context);
      if (isPointer(right) && isIntegral(left.type)) return offsetPointer(arrayToPointer(right, context), integerOf(left), context);
      break;
    case '-':
      if (isPointer(left) && isPointer(right)) return pointerDifference(arrayToPointer(left, context), arrayToPointer(right, context));
      if (isPointer(left) && isIntegral(right.type)) return offsetPointer(arrayToPointer(left, context), -integerOf(right), context);
      break;
  }
  return arithmetic(operator, left, right, context);
}

/** C's unary operators but `*` and `&`. */
export function unary(operator: Exclude<UnaryOperator, '*' | '&'>, operandValue: Value, context: EvaluationContext): Value {
  const operand = dereferenced(operandValue, context);
  const type = bare(operand.type);
  if (type.kind === 'struct') throw new SondeError(`Structure has no component named operator${operator}.`);
  if (operator === '!') return comparison(!isTrue(arrayToPointer(operand, context)), context);
  if (isVector(operand.type) && type.kind === 'array') {
    const elements = vectorElements(operand).map((element) => unary(operator, element, context).bytes.subarray(0, type.element.size));
    return valueFrom(operand.type, joined(elements));
  }
  if (type.kind === 'complex' && operator !== '~') {
    const parts = complexParts(operand).map((part) => unary(operator, part, context).bytes.subarray(0, type.part.size));
    return valueFrom(operand.type, joined(parts));
  }
  if (type.kind === 'float' && operator !== '~') {
    const value = floatOf(operand);
    // gdb negates by subtracting from zero: -0.0 is 0, and a NaN keeps its sign.
    return valueFrom(operand.type, operator === '-' ? packFloat(type, ExtendedFloat.fromInteger(0n).subtract(value, 113)) : operand.bytes);
  }
  if (!isIntegral(type))
    throw operator === '~' ? new SondeError('Argument to complement operation not an integer, boolean.') : notANumber();
  const promoted = type.size < 4 || type.kind === 'boolean' ? builtin.int : operand.type;
  const value = integerOf(operand);
  return integerValue(promoted, operator === '-' ? -value : operator === '~' ? ~value : value);
}

/** The result of a comparison: int in C, bool in C++. */
export const comparison = (truth: boolean, context: EvaluationContext): Value =>
  integerValue(context.language === 'c++' ? builtin.bool : builtin.int, truth);

const isVector = (type: Type): boolean => {
  const plain = bare(type);
  return plain.kind === 'array' && plain.vector;
};

function isPointer(value: Value): boolean {
  const type = bare(value.type);
  return type.kind === 'pointer' || (type.kind === 'array' && !type.vector) || type.kind === 'function';
}

/** `pointer + n`, in units of what it points to; void and functions count as one byte. */
export function offsetPointer(pointer: Value, count: bigint, context: EvaluationContext): Value {
  const type = bare(pointer.type);
  if (type.kind !== 'pointer') throw notANumber();
  return integerValue(pointer.type, integerOf(pointer) + count * BigInt(stepOf(type.target, context)));
}

function pointerDifference(left: Value, right: Value): Value {
  const [leftType, rightType] = [bare(left.type), bare(right.type)];
  if (leftType.kind !== 'pointer' || rightType.kind !== 'pointer' || leftType.target.size !== rightType.target.size) {
    throw new SondeError("First argument of `-' is a pointer and second argument is neither\nan integer nor a pointer of the same type.");
  }
  const size = BigInt(leftType.target.size || 1);
  return integerValue(builtin.long, BigInt.asIntN(64, integerOf(left) - integerOf(right)) / size);
}

function compare(operator: BinaryOperator, left: Value, right: Value): boolean {
  const isOrdering = operator !== '==' && operator !== '!=';
  const [leftType, rightType] = [bare(left.type), bare(right.type)];
  let order: number;
  if ((isIntegral(leftType) || isFloat(leftType)) && (isIntegral(rightType) || isFloat(rightType))) order = numberOrder(left, right);
  else if (
    (leftType.kind === 'pointer' && (rightType.kind === 'pointer' || isIntegral(rightType))) ||
    (rightType.kind === 'pointer' && isIntegral(leftType))
  ) {
    const [a, b] = [BigInt.asUintN(64, integerOf(left)), BigInt.asUintN(64, integerOf(right))];
    order = a < b ? -1 : a > b ? 1 : 0;
  } else if (!isOrdering && leftType.kind === rightType.kind && leftType.size === rightType.size && leftType.kind !== 'void')
    order = sameBytes(left, right) ? 0 : 1;
  else throw new SondeError(isOrdering ? 'Invalid type combination in ordering comparison.' : 'Invalid type combination in equality test.');
  switch (operator) {
    case '==':
      return order === 0;
    case '!=':
      return order !== 0;
    case '<':
      return order < 0;
    case '>':
      return order > 0;
    case '<=':
      return order <= 0;
    default:
      return order >= 0;
  }
}

function numberOrder(left: Value, right: Value): number {
  if (isFloat(bare(left.type)) || isFloat(bare(right.type))) return floatOf(left).compare(floatOf(right));
  const type = integerPromotion(left.type, right.type);
  const [a, b] = [fitted(integerOf(left), type), fitted(integerOf(right), type)];
  return a < b ? -1 : a > b ? 1 : 0;
}

const sameBytes = (left: Value, right: Value): boolean => Buffer.compare(left.bytes, right.bytes) === 0;
const fitted = (value: bigint, type: IntegerType): bigint =>
  type.signed ? BigInt.asIntN(type.size * 8, value) : BigInt.asUintN(type.size * 8, value);

/** C 6.3.1.8, as gdb does it: at least int; the longer decides; unsigned wins among equals. */
export function integerPromotion(left: Type, right: Type): IntegerType {
  const [a, b] = [promoted(left), promoted(right)];
  const size = Math.max(a.size, b.size);
  const unsigned = (a.size === size && !a.signed) || (b.size === size && !b.signed);
  if (size <= 4) return unsigned ? builtin.unsignedInt : builtin.int;
  if (size <= 8) {
    return unsigned ? builtin.unsignedLong : builtin.long;
  }
  return unsigned ? builtin.unsignedInt128 : builtin.int128;
}

function promoted(type: Type): { size: number; signed: boolean } {
  const plain = bare(type);
  return plain.size < 4 ? { size: 4, signed: true } : { size: plain.size, signed: isSigned(plain) };
}

function arithmetic(operator: BinaryOperator, left: Value, right: Value, context: EvaluationContext): Value {
  const [leftType, rightType] = [bare(left.type), bare(right.type)];
  const isNumber = (type: Type): boolean => isIntegral(type) || isFloat(type);
  if (leftType.kind === 'complex' || rightType.kind === 'complex') return complexArithmetic(operator, left, right, context);
  if (!isNumber(leftType) || !isNumber(rightType)) throw notANumber();
  if (isFloat(leftType) || isFloat(rightType)) return floatArithmetic(operator, left, right);
  if (leftType.kind === 'boolean' && rightType.kind === 'boolean') {
    if (!['&', '|', '^'].includes(operator)) throw new SondeError('Invalid operation on booleans.');
    return integerValue(left.type, integerOperation(operator, integerOf(left), integerOf(right), builtin.int));
  }
  const isShift = operator === '<<' || operator === '>>';
  if (isShift) warnOfShift(operator, integerOf(right), integerPromotion(left.type, left.type), context);
  const type = isShift ? integerPromotion(left.type, left.type) : integerPromotion(left.type, right.type);
  return integerValue(
    type,
    integerOperation(operator, fitted(integerOf(left), type), isShift ? integerOf(right) : fitted(integerOf(right), type), type),
  );
}

function warnOfShift(operator: '<<' | '>>', count: bigint, type: IntegerType, context: EvaluationContext): void {
  const direction = operator === '<<' ? 'left' : 'right';
  if (count < 0n) context.warn?.(`${direction} shift count is negative`);
  else if (count >= BigInt(type.size) * wordSize) context.warn?.(`${direction} shift count >= width of type`);
}

function integerOperation(operator: BinaryOperator, left: bigint, right: bigint, type: IntegerType): bigint {
  switch (operator) {
    case '+':
      return left + right;
    case '-':
      return left - right;
    case '*':
      return left * right;
    case '/':
    case '%':
      if (right === 0n) throw new SondeError('Division by zero');
      return operator === '/' ? left / right : left % right;
    case '&':
      return left & right;
    case '|':
      return left | right;
    case '^':
      return left ^ right;
    case '<<':
    case '>>': {
      if (right < 0n) return 0n;
      const isTooFar = right >= BigInt(type.size) * wordSize;
      if (isTooFar) return operator === '>>' && left < 0n ? -1n : 0n;
      return operator === '<<' ? left << right : left >> right;
    }
    default:
      throw notANumber();
  }
}

function floatArithmetic(operator: BinaryOperator, left: Value, right: Value): Value {
  const [leftType, rightType] = [bare(left.type), bare(right.type)];
  const type =
    isFloat(leftType) && isFloat(rightType)
      ? leftType.size < rightType.size
        ? rightType
        : leftType
      : isFloat(leftType)
        ? leftType
        : rightType;
  if (!isFloat(type)) throw notANumber();
  const precision = { binary16: 11, bfloat16: 8, binary32: 24, binary64: 53, 'x87-80': 64, binary128: 113 }[type.format];
  const [a, b] = [floatOf(left), floatOf(right)];
  switch (operator) {
    case '+':
      return valueFrom(type, packFloat(type, a.add(b, precision)));
    case '-':
      return valueFrom(type, packFloat(type, a.subtract(b, precision)));
    case '*':
      return valueFrom(type, packFloat(type, a.multiply(b, precision)));
    case '/':
      return valueFrom(type, packFloat(type, a.divide(b, precision)));
    default:
      throw new SondeError('Integer-only operation on floating point number.');
  }
}

/** + - * and == of complex numbers; division as gdb has it, not at all. */
function complexArithmetic(operator: BinaryOperator, left: Value, right: Value, context: EvaluationContext): Value {
  const [leftType, rightType] = [bare(left.type), bare(right.type)];
  const type =
    leftType.kind === 'complex' && rightType.kind === 'complex'
      ? leftType.size < rightType.size
        ? rightType
        : leftType
      : leftType.kind === 'complex'
        ? leftType
        : rightType;
  if (type.kind !== 'complex') throw notANumber();
  const [a, b] = complexParts(left);
  const [c, d] = complexParts(right);
  const [real, imaginary] = (() => {
    switch (operator) {
      case '+':
      case '-':
        return [arithmetic(operator, a, c, context), arithmetic(operator, b, d, context)];
      case '*':
        return [
          arithmetic('-', arithmetic('*', a, c, context), arithmetic('*', b, d, context), context),
          arithmetic('+', arithmetic('*', a, d, context), arithmetic('*', b, c, context), context),
        ];
      default:
        throw notANumber();
    }
  })();
  return valueFrom(type, joined([real.bytes.subarray(0, type.part.size), imaginary.bytes.subarray(0, type.part.size)]));
}

export function complexParts(value: Value): [Value, Value] {
  const type = bare(value.type);
  if (type.kind !== 'complex') return [value, integerValue(builtin.int, 0)];
  const size = type.part.size;
  return [valueFrom(type.part, value.bytes.subarray(0, size)), valueFrom(type.part, value.bytes.subarray(size, 2 * size))];
}

function vectorElements(value: Value): Value[] {
  const type = bare(value.type);
  if (type.kind !== 'array') return [];
  const bytes = value.bytes;
  return Array.from({ length: type.count ?? 0 }, (_, index) =>
    valueFrom(type.element, bytes.subarray(index * type.element.size, (index + 1) * type.element.size)),
  );
}

function vector(operator: BinaryOperator, left: Value, right: Value, context: EvaluationContext): Value {
  const type = isVector(left.type) ? left.type : right.type;
  const plain = bare(type);
  if (plain.kind !== 'array') throw notANumber();
  const lefts = isVector(left.type) ? vectorElements(left) : undefined;
  const rights = isVector(right.type) ? vectorElements(right) : undefined;
  if (lefts && rights && lefts.length !== rights.length) throw new SondeError('Cannot perform operation on vectors with different types');
  const elements = Array.from({ length: plain.count ?? 0 }, (_, index) => {
    const result = binary(operator, lefts?.[index] ?? left, rights?.[index] ?? right, context);
    return isFloat(bare(plain.element)) ? result.bytes : packInteger(integerOf(result), plain.element.size);
  });
  return valueFrom(type, joined(elements));
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}
