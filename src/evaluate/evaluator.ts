import { registerNamed, registers } from '../arch/registers.ts';
import { SondeError } from '../base/errors.ts';
import type { FunctionSymbol } from '../program/symbols.ts';
import { bare, type FunctionType, type Type } from '../program/types.ts';
import { codeFrameBase } from '../unwind/codeUnwinder.ts';
import type { Frame } from '../unwind/frame.ts';
import {
  addressOf,
  addressValue,
  arrayToPointer,
  atAddress,
  dereferenced,
  indirect,
  inMemory,
  member,
  repeated,
  structBehind,
  subscript,
  zeroOf,
} from './access.ts';
import { assign } from './assign.ts';
import { arrayOf, builtin, pointerTo } from './builtinTypes.ts';
import {
  callInferior,
  prepareArguments,
  requireProcess,
  resolvedIndirect,
  unknownData,
  unknownFunction,
  unknownResolver,
  unknownThreadLocal,
} from './calls.ts';
import { cast } from './casts.ts';
import type { EvaluationContext } from './context.ts';
import { withKnownBounds } from './dynamicTypes.ts';
import { parameterAtEntry } from './entryValues.ts';
import { absentValue, changed, integerValue, memoryValue, valueFrom } from './makeValue.ts';
import { methodCall } from './methods.ts';
import { binary, comparison, offsetPointer, unary } from './operators.ts';
import { typeOfRegister } from './registerTypes.ts';
import { asInteger, integerOf, isIntegral, isTrue } from './scalars.ts';
import type { Node } from './syntax.ts';
import type { Value } from './value.ts';
import { readVariable } from './variables.ts';

/** `types`: only types matter, so nothing is called, written, or read without need. */
export type Mode = 'values' | 'types';

/** Evaluates a tree in a context: gdb's evaluate_exp. */
export function evaluateNode(node: Node, context: EvaluationContext, mode: Mode = 'values'): Value {
  const evaluate = (part: Node): Value => evaluateNode(part, context, mode);
  switch (node.kind) {
    case 'constant':
      return node.value;
    case 'enumerator':
      return integerValue(node.symbol.type, node.symbol.value);
    case 'variable':
      return readVariable(node.symbol, context, node.block);
    case 'entry value':
      return parameterAtEntry(node.symbol, context);
    case 'function':
      return functionValue(node.symbol, context);
    case 'minimal symbol':
      return minimalValue(node, context);
    case 'dollar':
      return dollarValue(node.name, context, mode);
    case 'history':
      return context.history(node.from === 'last' ? 'last' : node.number, node.from === 'last' ? node.number : 0);
    case 'type':
      if (mode === 'types') return zeroOf(node.type);
      throw new SondeError('Attempt to use a type name as an expression');
    case 'array':
      return arrayLiteral(node.elements.map(evaluate), context);
    case 'unary':
      if (node.operator === '*') {
        const operand = knownType(evaluate(node.operand), node.operand);
        // Asked for its type only, gdb does not know that a function is its own contents.
        if (mode === 'types' && bare(operand.type).kind === 'function')
          throw new SondeError('Attempt to take contents of a non-pointer value.');
        return indirect(mode === 'types' ? operand : inMemory(operand, context), context);
      }
      if (node.operator === '&') return addressOfNode(node.operand, context, mode);
      return unary(node.operator, knownType(evaluate(node.operand), node.operand), context);
    case 'binary':
      return evaluateBinary(node, context, mode);
    case 'logical': {
      const truth = (part: Node): boolean => {
        const value = dereferenced(evaluate(part), context);
        if (bare(value.type).kind === 'struct') throw new SondeError(`Structure has no component named operator${node.operator}.`);
        return isTrue(scalar(value, context));
      };
      const left = truth(node.left);
      return comparison(left === (node.operator === '||') ? left : truth(node.right), context);
    }
    case 'conditional':
      return evaluate(isTrue(scalar(evaluate(node.condition), context)) ? node.whenTrue : node.whenFalse);
    case 'comma':
      evaluate(node.left);
      return evaluate(node.right);
    case 'assign':
      return evaluateAssignment(node, context, mode);
    case 'increment':
      return evaluateIncrement(node, context, mode);
    case 'cast':
      return evaluateCast(node, context, mode);
    case 'memory':
      return atAddress(node.type, asInteger(arrayToPointer(evaluate(node.operand), context)), context);
    case 'sizeof':
    case 'alignof': {
      const type = typeOfNode(node.operand, context);
      // gdb makes both an int.
      return integerValue(builtin.int, node.kind === 'sizeof' ? sizeOf(type, node.operand) : alignment(type));
    }
    case 'member':
      return member(knownType(evaluate(node.object), node.object), node.name, node.arrow, context);
    case 'member pointer':
      return memberThroughPointer(evaluate(node.object), evaluate(node.pointer), context);
    case 'index': {
      const object = knownType(evaluate(node.object), node.object);
      const index = dereferenced(evaluate(node.index), context);
      if (bare(index.type).kind === 'struct') throw new SondeError("Can't do that binary op on that type");
      return subscript(object, asInteger(index), context);
    }
    case 'call':
      return evaluateCall(node, context, mode);
  }
}

/** The type of a tree, or the type that it is. */
export function typeOfNode(node: Node, context: EvaluationContext): Type {
  return node.kind === 'type' ? node.type : evaluateNode(node, context, 'types').type;
}

/** `{1, 2, 3}`: an array of the first one's type. */
function arrayLiteral(elements: readonly Value[], context: EvaluationContext): Value {
  const { type } = elements[0];
  const bytes = elements.map((element) => cast(type, element, context).bytes);
  return valueFrom(arrayOf(type, elements.length), new Uint8Array(Buffer.concat(bytes)));
}

function scalar(value: Value, context: EvaluationContext): Value {
  const plain = arrayToPointer(dereferenced(value, context), context);
  if (bare(plain.type).kind === 'struct') throw new SondeError('Attempt to take contents of a non-pointer value.');
  return plain;
}

export function functionValue(symbol: FunctionSymbol, context: EvaluationContext): Value {
  return memoryValue(symbol.type, symbol.entry, context.memory);
}

function minimalValue(node: Extract<Node, { kind: 'minimal symbol' }>, context: EvaluationContext): Value {
  const { symbol } = node;
  const type = {
    text: unknownFunction,
    plt: unknownFunction,
    ifunc: unknownResolver,
    tls: unknownThreadLocal,
    data: unknownData,
    bss: unknownData,
    absolute: unknownData,
  }[symbol.kind];
  const address = symbol.kind === 'tls' ? context.threadLocal(symbol.module, symbol.address - symbol.module.bias) : symbol.address;
  return memoryValue(type, address, context.memory);
}

/** A variable that only the ELF symbol table knows has no type to read it by. */
function knownType(value: Value, node: Node): Value {
  if (node.kind === 'minimal symbol' && (value.type === unknownData || value.type === unknownThreadLocal)) {
    throw new SondeError(`'${node.symbol.name}' has unknown type; cast it to its declared type`);
  }
  return value;
}

/** Refuses to print what has no type; `print`, conditions and operators ask. */
export function requireKnownType(value: Value, node: Node): Value {
  return knownType(value, node);
}

function sizeOf(type: Type, node: Node): number {
  knownType(zeroOf(type), node);
  return type.size;
}

function alignment(type: Type): number {
  const plain = bare(type);
  switch (plain.kind) {
    case 'struct':
      return Math.max(1, ...plain.members.map((candidate) => alignment(candidate.type)));
    case 'array':
      return plain.vector ? plain.size : alignment(plain.element);
    case 'complex':
      return plain.part.size;
    default:
      return plain.size || 1;
  }
}

/** `$rip`, `$eax`, `$pc` … in the frame; else a convenience variable; void where there is neither. */
function dollarValue(name: string, context: EvaluationContext, mode: Mode): Value {
  const number = registerNamed(name);
  if (number !== undefined) {
    if (context.frame && name === 'fp') return framePointer(context.frame, context);
    if (context.frame) return readRegister(number, context.frame);
    // Without any program gdb knows no registers either.
    if (!context.program.main) return voidValue;
    // The type of a register of the machine is known, that of gdb's own names for some only with a frame.
    if (mode === 'types' && registers[number].name === name) return zeroOf(typeOfRegister(number));
    throw new SondeError('No registers.');
  }
  return changed(context.convenience(name) ?? voidValue, { place: { kind: 'convenience', name } });
}

const voidValue: Value = valueFrom(builtin.void, new Uint8Array(1));

/** `$fp`: no register, but the frame's base as its instructions tell it, %rbp where they keep a frame pointer; 0 for inlined calls. */
export function framePointer(frame: Frame, { memory }: Pick<EvaluationContext, 'memory'>): Value {
  return integerValue(pointerTo(builtin.void), frame.kind === 'normal' ? codeFrameBase(memory, frame) : 0n);
}

/** A register in a frame, as gdb types it. */
export function readRegister(number: number, frame: Frame): Value {
  const type = typeOfRegister(number);
  const place = { kind: 'register', register: number, frame } as const;
  const bytes = frame.registers.bytes(number);
  if (!bytes) return absentValue(type, 'unavailable', { place });
  return valueFrom(type, bytes.length === type.size ? bytes : bytes.subarray(0, type.size), place);
}

function addressOfNode(operand: Node, context: EvaluationContext, mode: Mode): Value {
  if (operand.kind === 'function') return functionAddress(operand.symbol);
  // `&*pointer` is the pointer, there or not (C11 §6.5.3.2).
  if (operand.kind === 'unary' && operand.operator === '*') {
    const pointer = evaluateNode(operand.operand, context, mode);
    if (bare(pointer.type).kind === 'pointer') return pointer;
  }
  const value = evaluateNode(operand, context, mode);
  const name = operand.kind === 'variable' ? operand.symbol.name : undefined;
  if (name !== undefined && value.place.kind === 'register') {
    throw new SondeError(`Address requested for identifier "${name}" which is in register $${registers[value.place.register].name}`);
  }
  if (name !== undefined && value.place.kind !== 'memory' && bare(value.type).kind !== 'reference') {
    throw new SondeError(`Can't take address of "${name}" which isn't an lvalue.`);
  }
  return addressValue(value, context);
}

/** The address of a method is a pointer to member: two words, the second one adjusts `this` (Itanium C++ ABI §2.3). */
function functionAddress({ type, entry }: FunctionSymbol): Value {
  const [self] = type.parameters;
  const pointer = self?.artificial ? bare(self.type) : undefined;
  if (pointer?.kind !== 'pointer') return integerValue(pointerTo(type), entry);
  return integerValue({ kind: 'memberPointer', size: 16, target: type, container: bare(pointer.target) }, entry);
}

function evaluateBinary(node: Extract<Node, { kind: 'binary' }>, context: EvaluationContext, mode: Mode): Value {
  const left = knownType(evaluateNode(node.left, context, mode), node.left);
  const right = knownType(evaluateNode(node.right, context, mode), node.right);
  if (node.operator === '@') {
    const count = dereferenced(right, context);
    if (!isIntegral(count.type)) throw new SondeError('Non-integral right operand for "@" operator.');
    const { type, address } = repeated(left, integerOf(count));
    return memoryValue(type, address, context.memory);
  }
  if (mode === 'types' && (node.operator === '/' || node.operator === '%') && isIntegral(right.type) && integerOf(right) === 0n) {
    return binary(node.operator, left, integerValue(right.type, 1), context);
  }
  return binary(node.operator, left, right, context);
}

function evaluateAssignment(node: Extract<Node, { kind: 'assign' }>, context: EvaluationContext, mode: Mode): Value {
  const left = evaluateNode(node.left, context, mode);
  const right = evaluateNode(node.right, context, mode);
  const value = node.operator ? combine(node.operator, left, right, context) : right;
  if (mode === 'types') return left.place.kind === 'convenience' ? left : zeroOf(left.type);
  return effect(context, () => assign(knownType(left, node.left), materialised(value, left, context), context));
}

function combine(operator: Parameters<typeof binary>[0], left: Value, right: Value, context: EvaluationContext): Value {
  const pointer = bare(left.type);
  if (pointer.kind === 'pointer' && (operator === '+' || operator === '-'))
    return offsetPointer(left, operator === '+' ? asInteger(right) : -asInteger(right), context);
  return binary(operator, left, right, context);
}

/** A string literal assigned to a pointer must be in the inferior. */
function materialised(value: Value, left: Value, context: EvaluationContext): Value {
  return bare(left.type).kind === 'pointer' ? arrayToPointer(value, context) : value;
}

function evaluateIncrement(node: Extract<Node, { kind: 'increment' }>, context: EvaluationContext, mode: Mode): Value {
  const operand = evaluateNode(node.operand, context, mode);
  if (mode === 'types') return operand;
  const before = valueFrom(operand.type, operand.bits ? operand.bytes : operand.bytes.slice());
  const current: Value = operand.bits ? integerValue(operand.type, integerOf(operand)) : before;
  const after = combine('+', current, integerValue(builtin.int, node.step), context);
  const result = effect(context, () => {
    const assigned = assign(operand, after, context);
    return node.prefix ? assigned : current;
  });
  return result;
}

/** Does it once, however often the expression is evaluated again for an inferior call. */
const effect = (context: EvaluationContext, act: () => Value): Value => (context.effects ? context.effects.perform(act) : act());

function evaluateCast(node: Extract<Node, { kind: 'cast' }>, context: EvaluationContext, mode: Mode): Value {
  const { operand, type } = node;
  // The cast of an unknown variable or of a call to an unknown function gives it its type.
  if (operand.kind === 'minimal symbol') {
    const value = minimalValue(operand, context);
    if (value.type === unknownData || value.type === unknownThreadLocal) return atAddress(type, addressOf(value), context);
  }
  if (operand.kind === 'call' && isUnknownFunction(operand.callee)) return evaluateCall(operand, context, mode, type);
  const known = withKnownBounds(type, context, undefined);
  if (operand.kind === 'unary' && operand.operator === '&' && mode === 'types') return zeroOf(known);
  return cast(known, evaluateNode(operand, context, mode), context);
}

/** A function of the ELF symbol table, or of assembler code: nobody knows what it returns. */
const isUnknownFunction = (node: Node): node is Extract<Node, { kind: 'minimal symbol' | 'function' }> =>
  (node.kind === 'minimal symbol' && ['text', 'plt', 'ifunc'].includes(node.symbol.kind)) ||
  (node.kind === 'function' && bare(node.symbol.type.returns).kind === 'unspecified');

function evaluateCall(node: Extract<Node, { kind: 'call' }>, context: EvaluationContext, mode: Mode, returns?: Type): Value {
  if (node.callee.kind === 'dollar') {
    const own = context.convenienceFunction?.(node.callee.name);
    if (own) {
      if (mode === 'types') return zeroOf(builtin.int);
      return own(
        node.args.map((arg) => evaluateNode(arg, context, mode)),
        context,
      );
    }
  }
  const method =
    node.callee.kind === 'member'
      ? methodCall(structBehind(evaluateNode(node.callee.object, context, mode), context), node.callee.name, context)
      : undefined;
  const callee = method?.callee ?? indirectFunction(node.callee, context, mode) ?? calledFunction(node.callee, context, mode);
  const declared = callee.type;
  if (mode !== 'types') requireProcess(context);
  if (isUnknownFunction(node.callee) && !returns && (declared === unknownFunction || bare(declared.returns).kind === 'unspecified'))
    throw new SondeError(`'${node.callee.symbol.name}' has unknown return type; cast the call to its declared return type`);
  const type: FunctionType = returns ? { ...declared, returns, prototyped: false, parameters: [] } : declared;
  const args = [...(method ? [method.self] : []), ...node.args.map((arg) => evaluateNode(arg, context, mode))];
  if (mode === 'types') return zeroOf(type.returns);
  const prepared = prepareArguments(
    type,
    args,
    (target, value) => (bare(target).kind === 'reference' ? cast(target, value, context) : cast(target, value, context)),
    (value) => arrayToPointer(bare(value.type).kind === 'reference' ? dereferenced(value, context) : value, context),
  );
  return callInferior(callee.address, type, prepared, callee.name, context);
}

/** What an ifunc stands for: its address once the inferior's resolver was called, its type from there or from what the resolver returns. */
function indirectFunction(node: Node, context: EvaluationContext, mode: Mode): ReturnType<typeof calledFunction> | undefined {
  if (node.kind !== 'minimal symbol' || node.symbol.kind !== 'ifunc') return undefined;
  const { address: resolver, name } = node.symbol;
  const { program } = context;
  const returned = bare(program.functionAt(resolver)?.type.returns ?? builtin.void);
  const target = returned.kind === 'pointer' ? bare(returned.target) : undefined;
  const promised = target?.kind === 'function' ? target : unknownFunction;
  if (mode === 'types') return { type: promised, address: resolver, name };
  requireProcess(context);
  const address = resolvedIndirect(resolver, name, context);
  return { type: program.functionAt(address)?.type ?? promised, address, name };
}

function calledFunction(node: Node, context: EvaluationContext, mode: Mode): { type: FunctionType; address: bigint; name: string } {
  const value = dereferenced(evaluateNode(node, context, mode), context);
  const type = bare(value.type);
  const name = node.kind === 'function' || node.kind === 'minimal symbol' ? node.symbol.name : '';
  if (type.kind === 'function') return { type, address: addressOf(value), name };
  if (type.kind === 'pointer') {
    const target = bare(type.target);
    if (target.kind === 'function') return { type: target, address: integerOf(value), name };
  }
  if (isIntegral(type))
    return {
      type: { kind: 'function', size: 1, returns: builtin.int, parameters: [], prototyped: false, varargs: false },
      address: BigInt.asUintN(64, integerOf(value)),
      name,
    };
  throw new SondeError('Invalid data type for function to be called.');
}

/** `object.*pointer`, for data members: the pointer is an offset (Itanium C++ ABI §2.3). */
function memberThroughPointer(object: Value, pointer: Value, context: EvaluationContext): Value {
  const type = bare(pointer.type);
  if (type.kind !== 'memberPointer') throw new SondeError('not implemented: pointer-to-method in pointer-to-member construct');
  return atAddress(type.target, addressOf(structBehind(object, context)) + integerOf(pointer), context);
}
