import type { Address } from '../base/address.ts';
import { SondeError } from '../base/errors.ts';
import { bare } from '../program/types.ts';
import { arrayToPointer, dereferenced } from './access.ts';
import type { Compiled, Watched } from './compiled.ts';
import { conditionFor } from './condition.ts';
import type { EvaluationContext } from './context.ts';
import { evaluateNode, requireKnownType, typeOfNode } from './evaluator.ts';
import { parse } from './parser.ts';
import { isTrue } from './scalars.ts';
import type { Node } from './syntax.ts';
import type { Value } from './value.ts';

/** Parses an expression once: names are resolved in the context's scope. */
export function compile(text: string, context: EvaluationContext): Compiled {
  const { tree, innermostBlock } = parse(text, context, (part) => typeOfNode(part, context));
  const condition = conditionFor(tree);
  return {
    text,
    block: innermostBlock,
    isType: tree.kind === 'type',
    isCast: tree.kind === 'cast',
    evaluate: (current) => requireKnownType(evaluateNode(tree, current), tree),
    isTrue: (current) => condition(current) ?? truth(requireKnownType(evaluateNode(tree, current), tree), current),
    typeOf: (current) => typeOfNode(tree, current),
    watch: (current) => watch(tree, current),
  };
}

export const evaluate = (text: string, context: EvaluationContext): Value => compile(text, context).evaluate(context);

function truth(value: Value, context: EvaluationContext): boolean {
  const plain = arrayToPointer(dereferenced(value, context), context);
  if (bare(plain.type).kind === 'struct') throw new SondeError('Attempt to take contents of a non-pointer value.');
  return isTrue(plain);
}

/** Evaluates with every read of a value noted. What finding a variable needs (frame base, CFA) is not part of the value. */
function watch(tree: Node, context: EvaluationContext): Watched {
  const memory: { address: Address; length: number }[] = [];
  const observed: EvaluationContext = {
    ...bound(context),
    memory: {
      read(address, length) {
        memory.push({ address, length });
        return context.memory.read(address, length);
      },
      write: (address, bytes) => context.memory.write(address, bytes),
    },
  };
  let value: Value | undefined;
  let error: unknown;
  try {
    value = requireKnownType(evaluateNode(tree, observed), tree);
    void value.bytes;
  } catch (caught) {
    if (!(caught instanceof SondeError)) throw caught;
    // Its bytes are not to be had: that is no value to compare.
    value = undefined;
    error = caught;
  }
  return { value, error, memory, usesRegisters: usesRegisters(tree, context), constant: isConstant(tree) };
}

/** The context's methods survive the spread of an object made by a class. */
function bound(context: EvaluationContext): EvaluationContext {
  return {
    program: context.program,
    memory: context.memory,
    frame: context.frame,
    block: context.block,
    unit: context.unit,
    language: context.language,
    limits: context.limits,
    effects: context.effects,
    history: (index, back) => context.history(index, back),
    convenience: (name) => context.convenience(name),
    setConvenience: (name, value) => context.setConvenience(name, value),
    threadLocal: (module, offset) => context.threadLocal(module, offset),
    warn: (message) => context.warn?.(message),
    convenienceFunction: (name) => context.convenienceFunction?.(name),
  };
}

/** Any variable on the way to the value that is in a register now. */
function usesRegisters(tree: Node, context: EvaluationContext): boolean {
  return some(tree, (node) => (node.kind === 'dollar' || node.kind === 'variable') && isInRegister(node, context));
}

function isInRegister(node: Node, context: EvaluationContext): boolean {
  try {
    const { place } = evaluateNode(node, context);
    return place.kind === 'register' || place.kind === 'pieces';
  } catch (error) {
    // What has a `$` and no value now is a register of a process that is not there yet.
    if (error instanceof SondeError) return node.kind === 'dollar';
    throw error;
  }
}

const isConstant = (tree: Node): boolean =>
  !some(tree, (node) => ['variable', 'entry value', 'minimal symbol', 'memory', 'call', 'history', 'dollar'].includes(node.kind));

function some(node: Node, test: (node: Node) => boolean): boolean {
  return test(node) || children(node).some((child) => some(child, test));
}

function children(node: Node): Node[] {
  // Symbols have kinds too, but are no part of the tree.
  return Object.entries(node)
    .filter(([name]) => name !== 'symbol')
    .map(([, part]) => part as unknown)
    .flatMap((part) => (Array.isArray(part) ? part : [part]))
    .filter(isNode);
}

const isNode = (part: unknown): part is Node =>
  typeof part === 'object' && part !== null && 'kind' in part && nodeKinds.has((part as { kind: string }).kind);
const nodeKinds: ReadonlySet<string> = new Set<Node['kind']>([
  'constant',
  'variable',
  'entry value',
  'function',
  'enumerator',
  'minimal symbol',
  'dollar',
  'history',
  'array',
  'unary',
  'increment',
  'binary',
  'logical',
  'conditional',
  'comma',
  'assign',
  'cast',
  'memory',
  'sizeof',
  'alignof',
  'member',
  'member pointer',
  'index',
  'call',
  'type',
]);
