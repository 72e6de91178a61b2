import type { Block, EnumeratorSymbol, FunctionSymbol, MinimalSymbol, VariableSymbol } from '../program/symbols.ts';
import type { Type } from '../program/types.ts';
import type { Value } from './value.ts';

/** The tree of an expression. Names are resolved when it is made, types of casts too. */
export type Node =
  | { readonly kind: 'constant'; readonly value: Value }
  /** `block`: the innermost block that holds it; undefined for globals and file statics. */
  | { readonly kind: 'variable'; readonly symbol: VariableSymbol; readonly block: Block | undefined }
  | { readonly kind: 'entry value'; readonly symbol: VariableSymbol; readonly block: Block | undefined }
  | { readonly kind: 'function'; readonly symbol: FunctionSymbol }
  | { readonly kind: 'enumerator'; readonly symbol: EnumeratorSymbol }
  | { readonly kind: 'minimal symbol'; readonly symbol: MinimalSymbol }
  /** `$name`: a register, or else a convenience variable or function. */
  | { readonly kind: 'dollar'; readonly name: string }
  /** `$`, `$$`, `$$3` count back from the last; `$3` from the first. */
  | { readonly kind: 'history'; readonly from: 'first' | 'last'; readonly number: number }
  /** `{1, 2, 3}` */
  | { readonly kind: 'array'; readonly elements: readonly Node[] }
  | { readonly kind: 'unary'; readonly operator: UnaryOperator; readonly operand: Node }
  | { readonly kind: 'increment'; readonly step: 1 | -1; readonly prefix: boolean; readonly operand: Node }
  | { readonly kind: 'binary'; readonly operator: BinaryOperator; readonly left: Node; readonly right: Node }
  | { readonly kind: 'logical'; readonly operator: '&&' | '||'; readonly left: Node; readonly right: Node }
  | { readonly kind: 'conditional'; readonly condition: Node; readonly whenTrue: Node; readonly whenFalse: Node }
  | { readonly kind: 'comma'; readonly left: Node; readonly right: Node }
  | { readonly kind: 'assign'; readonly operator: BinaryOperator | undefined; readonly left: Node; readonly right: Node }
  | { readonly kind: 'cast'; readonly type: Type; readonly operand: Node; readonly how: 'cast' | 'reinterpret' | 'dynamic' }
  /** `{type} address` */
  | { readonly kind: 'memory'; readonly type: Type; readonly operand: Node }
  | { readonly kind: 'sizeof' | 'alignof'; readonly operand: Node }
  | { readonly kind: 'member'; readonly object: Node; readonly name: string; readonly arrow: boolean }
  | { readonly kind: 'member pointer'; readonly object: Node; readonly pointer: Node; readonly arrow: boolean }
  | { readonly kind: 'index'; readonly object: Node; readonly index: Node }
  | { readonly kind: 'call'; readonly callee: Node; readonly args: readonly Node[] }
  /** A type where an expression could stand: `whatis int`, `sizeof (int)`. */
  | { readonly kind: 'type'; readonly type: Type };

export type UnaryOperator = '-' | '+' | '!' | '~' | '*' | '&';
export type BinaryOperator = '+' | '-' | '*' | '/' | '%' | '&' | '|' | '^' | '<<' | '>>' | '==' | '!=' | '<' | '>' | '<=' | '>=' | '@';
