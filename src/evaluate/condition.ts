import type { EvaluationContext } from './context.ts';
import type { Node } from './syntax.ts';

/** A quick answer for a condition, or undefined where only the evaluator can tell. */
export type Condition = (context: EvaluationContext) => boolean | undefined;

export function conditionFor(tree: Node): Condition {
  void tree;
  return () => undefined;
}
