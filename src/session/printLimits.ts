import type { PrintLimits } from '../evaluate/context.ts';
import type { Settings } from './settings.ts';

const derived = new WeakMap<Settings, { readonly changes: number; readonly limits: PrintLimits }>();

/** The settings that shape printed values. */
export function printLimits(settings: Settings): PrintLimits {
  let known = derived.get(settings);
  if (known?.changes !== settings.changes) derived.set(settings, (known = { changes: settings.changes, limits: limitsOf(settings) }));
  return known.limits;
}

function limitsOf(settings: Settings): PrintLimits {
  const maxDepth = settings.number('print max-depth');
  return {
    elements: settings.number('print elements'),
    repeats: settings.number('print repeats'),
    maxDepth: maxDepth < 0 ? Number.POSITIVE_INFINITY : maxDepth,
    pretty: settings.boolean('print pretty'),
    union: settings.boolean('print union'),
    address: settings.boolean('print address'),
    symbol: settings.boolean('print symbol'),
    array: settings.boolean('print array'),
    arrayIndexes: settings.boolean('print array-indexes'),
    nullStop: settings.boolean('print null-stop'),
    sevenBit: settings.boolean('print sevenbit-strings'),
    nibbles: settings.boolean('print nibbles'),
    staticMembers: settings.boolean('print static-members'),
    outputRadix: settings.number('output-radix') as 10 | 8 | 16,
    inputRadix: settings.number('input-radix'),
  };
}
