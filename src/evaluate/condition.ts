import { registerFromDwarf } from '../arch/registers.ts';
import { Cursor } from '../base/cursor.ts';
import { Op } from '../formats/dwarf/opcodes.ts';
import type { Block, VariableSymbol } from '../program/symbols.ts';
import { bare, type Type } from '../program/types.ts';
import type { Frame } from '../unwind/frame.ts';
import { builtin } from './builtinTypes.ts';
import type { EvaluationContext } from './context.ts';
import { integerPromotion } from './operators.ts';
import { integerOf, isIntegral, isSigned, unpackInteger } from './scalars.ts';
import { functionOf } from './scope.ts';
import type { BinaryOperator, Node } from './syntax.ts';
import { frameBase, readVariable } from './variables.ts';

/**
 * Conditions on integers and pointers, compiled to closures: a breakpoint in a hot loop asks thousands of times a second. Only what
 * C defines on plain integers is compiled; anything else is left to the evaluator.
 */
export type Condition = (context: EvaluationContext) => boolean | undefined;

/** A quick answer for a condition, or undefined (always, or in this frame) where only the evaluator can tell. */
export function conditionFor(tree: Node): Condition {
  const compiled = compileInteger(tree);
  if (!compiled) return () => undefined;
  return (context) => {
    if (!compiled.blocks.every((block) => isRunning(block, context))) return undefined;
    return compiled.read(context) !== 0n;
  };
}

interface Compiled {
  readonly type: Type;
  readonly read: (context: EvaluationContext) => bigint;
  /** Blocks of the locals: in another function's frame they are somebody else's. */
  readonly blocks: readonly Block[];
}

const isRunning = (block: Block, { frame }: EvaluationContext): boolean => {
  const owner = functionOf(block);
  return frame?.function === owner;
};

function compileInteger(node: Node): Compiled | undefined {
  switch (node.kind) {
    case 'constant': {
      if (!isWord(node.value.type)) return undefined;
      const value = integerOf(node.value);
      return { type: node.value.type, read: () => value, blocks: [] };
    }
    case 'enumerator': {
      const { type, value } = node.symbol;
      return { type, read: () => value, blocks: [] };
    }
    case 'variable':
      return isWord(node.symbol.type)
        ? { type: node.symbol.type, read: variableReader(node.symbol), blocks: node.block ? [node.block] : [] }
        : undefined;
    case 'unary': {
      const operand = compileInteger(node.operand);
      if (!operand) return undefined;
      const { read, blocks } = operand;
      if (node.operator === '!') return { type: builtin.int, read: (context) => (read(context) === 0n ? 1n : 0n), blocks };
      if (node.operator === '-' && isIntegral(operand.type)) {
        const type = integerPromotion(operand.type, operand.type);
        return { type, read: fitting(type, (context) => -read(context)), blocks };
      }
      return undefined;
    }
    case 'logical': {
      const [left, right] = [compileInteger(node.left), compileInteger(node.right)];
      if (!left || !right) return undefined;
      const read =
        node.operator === '&&'
          ? (context: EvaluationContext) => (left.read(context) !== 0n && right.read(context) !== 0n ? 1n : 0n)
          : (context: EvaluationContext) => (left.read(context) !== 0n || right.read(context) !== 0n ? 1n : 0n);
      return { type: builtin.int, read, blocks: [...left.blocks, ...right.blocks] };
    }
    case 'binary':
      return compileBinary(node);
    default:
      return undefined;
  }
}

function compileBinary({ operator, left: leftNode, right: rightNode }: Extract<Node, { kind: 'binary' }>): Compiled | undefined {
  const [left, right] = [compileInteger(leftNode), compileInteger(rightNode)];
  if (!left || !right) return undefined;
  const blocks = [...left.blocks, ...right.blocks];
  const areIntegers = isIntegral(left.type) && isIntegral(right.type);
  const type = areIntegers ? integerPromotion(left.type, right.type) : builtin.unsignedLong;
  const a = fitting(type, left.read);
  const b = fitting(type, right.read);
  const test = comparisons[operator];
  if (test) return { type: builtin.int, read: (context) => (test(a(context), b(context)) ? 1n : 0n), blocks };
  const operation = areIntegers ? operations[operator] : undefined;
  return operation && { type, read: fitting(type, (context) => operation(a(context), b(context))), blocks };
}

const comparisons: Partial<Record<BinaryOperator, (a: bigint, b: bigint) => boolean>> = {
  '==': (a, b) => a === b,
  '!=': (a, b) => a !== b,
  '<': (a, b) => a < b,
  '>': (a, b) => a > b,
  '<=': (a, b) => a <= b,
  '>=': (a, b) => a >= b,
};

/** Division and shifts have rules of their own: the evaluator knows them. */
const operations: Partial<Record<BinaryOperator, (a: bigint, b: bigint) => bigint>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '&': (a, b) => a & b,
  '|': (a, b) => a | b,
  '^': (a, b) => a ^ b,
};

const isWord = (type: Type): boolean => (isIntegral(type) || bare(type).kind === 'pointer') && type.size <= 8;

function fitting(type: Type, read: (context: EvaluationContext) => bigint): (context: EvaluationContext) => bigint {
  const bits = type.size * 8;
  return isSigned(type) ? (context) => BigInt.asIntN(bits, read(context)) : (context) => BigInt.asUintN(bits, read(context));
}

/** Reads a variable; the three locations that unoptimized code knows are understood once, others run through the machine each time. */
function variableReader(symbol: VariableSymbol): (context: EvaluationContext) => bigint {
  const { location, type } = symbol;
  const signed = isSigned(type);
  const slow = (context: EvaluationContext): bigint => integerOf(readVariable(symbol, context));
  if (location.kind !== 'expression') return slow;
  const cursor = new Cursor(location.bytes, 0, 'location');
  if (cursor.atEnd) return slow;
  const op = cursor.u8();
  if (op === Op.fbreg) {
    const offset = cursor.sleb();
    if (!cursor.atEnd) return slow;
    return (context) =>
      context.frame
        ? unpackInteger(context.memory.read(quickFrameBase(context.frame, context) + offset, type.size), signed)
        : slow(context);
  }
  if (op === Op.addr && location.bytes.length === 9) {
    const address = cursor.u64();
    return ({ memory }) => unpackInteger(memory.read(address + symbol.module.bias, type.size), signed);
  }
  const register = op >= Op.reg0 && op < Op.breg0 && cursor.atEnd ? registerFromDwarf(op - Op.reg0) : undefined;
  if (register === undefined) return slow;
  return (context) => {
    const value = context.frame?.registers.get(register);
    if (value === undefined) return slow(context);
    return signed ? BigInt.asIntN(type.size * 8, value) : BigInt.asUintN(type.size * 8, value);
  };
}

/** What compilers say at -O0: the CFA (gcc), or rbp (clang). */
function quickFrameBase(frame: Frame, context: EvaluationContext): bigint {
  const base = frame.function?.frameBase;
  if (base?.kind === 'expression' && base.bytes.length === 1) {
    const op = base.bytes[0];
    const value = op === Op.callFrameCfa ? frame.cfa : op === Op.reg0 + rbpInDwarf ? frame.registers.get(rbp) : undefined;
    if (value !== undefined) return value;
  }
  return frameBase(frame, context);
}

const rbpInDwarf = 6;
const rbp = registerFromDwarf(rbpInDwarf) as number;
