import { FormatError } from '../base/errors.ts';
import { type ExpressionContext, evaluateExpression } from '../formats/dwarf/expression.ts';

/** The number that a DW_CFA expression leaves on the stack: an address or a value, the rule says which. */
export function evaluateCfiExpression(
  bytes: Uint8Array,
  stack: readonly bigint[],
  context: Pick<ExpressionContext, 'register' | 'read'>,
): bigint {
  const result = evaluateExpression(bytes, context, stack);
  if (result.kind === 'memory') return result.address;
  if (result.kind === 'value') return result.value;
  throw new FormatError('call frame information: an expression yields no address');
}
