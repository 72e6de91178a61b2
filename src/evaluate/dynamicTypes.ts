import type { Address } from '../base/address.ts';
import { SondeError } from '../base/errors.ts';
import { type ArrayType, bare, type DynamicBound, type Type } from '../program/types.ts';
import type { EvaluationContext } from './context.ts';
import { asInteger } from './scalars.ts';
import { completed } from './scope.ts';
import { boundFromExpression, readVariable } from './variables.ts';

/** A type with its definition for a declaration and the bounds that only the running program knows, as far as they can be known. */
export function withKnownBounds(type: Type, context: EvaluationContext, address: Address | undefined): Type {
  switch (type.kind) {
    case 'array': {
      const element = withKnownBounds(type.element, context, address);
      const count = type.count ?? (type.dynamicCount && dynamicCount(type.dynamicCount, context, address));
      return count === type.count && element === type.element ? type : resolvedArray(type, element, count);
    }
    case 'typedef':
    case 'qualified': {
      const target = withKnownBounds(type.target, context, address);
      if (target === type.target) return type;
      // The typedef's own name no longer fits an array that has got its bound only now; a struct's still does.
      return { ...type, target, size: target.size };
    }
    case 'struct':
      return type.declaration ? completed(type, context) : type;
    default:
      return type;
  }
}

function resolvedArray(type: ArrayType, element: Type, count: number | undefined): ArrayType {
  return { ...type, element, count, size: count === undefined ? 0 : element.size * count };
}

/** gdb refuses values above max-value-size (64 KiB); a wild bound must not eat memory either. */
const maximumCount = 1n << 32n;

function dynamicCount(bound: DynamicBound, context: EvaluationContext, address: Address | undefined): number | undefined {
  try {
    let value: bigint | undefined;
    if (bound.variable) value = asInteger(readVariable(bound.variable, context));
    else if (bound.expression) value = boundFromExpression(bound.expression, context, address);
    if (value === undefined) return undefined;
    const count = BigInt.asIntN(64, value) + (bound.isUpperBound ? 1n : 0n);
    return count >= 0n && count < maximumCount ? Number(count) : undefined;
  } catch (error) {
    // Optimized out or unreadable: the array then has no known length.
    if (error instanceof SondeError) return undefined;
    throw error;
  }
}

/** True if sizeof the type is only known at run time. */
export function isDynamic(type: Type): boolean {
  const plain = bare(type);
  return plain.kind === 'array' && (plain.dynamicCount !== undefined || isDynamic(plain.element));
}
