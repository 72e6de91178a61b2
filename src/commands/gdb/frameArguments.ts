import { wrapPoint } from '../../base/wrap.ts';
import type { EvaluationContext } from '../../evaluate/context.ts';
import { formatArgument, formatField, parameterAtEntry, readVariable } from '../../evaluate/index.ts';
import type { Value } from '../../evaluate/value.ts';
import type { VariableSymbol } from '../../program/symbols.ts';
import type { Session } from '../../session/session.ts';
import type { Frame } from '../../unwind/frame.ts';
import { messageOf } from './frameText.ts';

/** The arguments between a frame's parentheses: `argc=2, argv=0x7ffe…`. */
export function frameArguments(session: Session, frame: Frame): string {
  const parameters = frame.function?.block.variables.filter((variable) => variable.isParameter) ?? [];
  const mode = session.settings.text('print frame-arguments');
  if (mode === 'presence') return parameters.length > 0 ? '...' : '';
  if (mode === 'none') return parameters.map(({ name }) => `${name}=...`).join(', ');
  const context = session.evaluationContext(frame);
  const show = (value: Value): string =>
    mode === 'all' ? formatField(value, undefined, context, { level: 2 }) : formatArgument(value, context);
  return parameters
    .flatMap((parameter) => argumentTexts(session, parameter, context, show))
    .map((text) => wrapPoint(4) + text)
    .join(', ');
}

interface Read {
  readonly value?: Value;
  readonly error?: string;
}

/** One or two texts: `x=1`, `x=x@entry=1`, or `x=1` and `x@entry=2`, as `set print entry-values` wants. */
function argumentTexts(session: Session, parameter: VariableSymbol, context: EvaluationContext, show: (value: Value) => string): string[] {
  const mode = session.settings.text('print entry-values');
  const now = mode === 'only' ? undefined : read(() => readVariable(parameter, context));
  const wantsEntry = mode !== 'no' && (mode !== 'if-needed' || isAbsent(now));
  const readEntry = wantsEntry ? read(() => parameterAtEntry(parameter, context)) : undefined;
  const entry = readEntry && !isAbsent(readEntry) ? readEntry : undefined;
  const text = (label: string, { value, error }: Read): string =>
    `${label}=${error === undefined ? valueText(value!, show) : errorText(error)}`;
  const { name } = parameter;
  const entryName = `${name}@entry`;
  if (mode === 'only' || mode === 'both') {
    const missing = entry ? text(entryName, entry) : `${entryName}=<optimized out>`;
    return now ? [text(name, now), missing] : [missing];
  }
  if (mode === 'preferred') return [entry ? text(entryName, entry) : isAbsent(now) ? `${entryName}=<optimized out>` : text(name, now!)];
  if (!entry) return [text(name, now!)];
  if (mode === 'if-needed') return [text(entryName, entry)];
  if (sameContents(now!, entry)) return [text(`${name}=${entryName}`, now!)];
  if (mode === 'compact' && isAbsent(now)) return [text(entryName, entry)];
  return [text(name, now!), text(entryName, entry)];
}

function read(how: () => Value): Read {
  try {
    return { value: how() };
  } catch (error) {
    return { error: messageOf(error) };
  }
}

const isAbsent = (read: Read | undefined): boolean => read?.value?.absence !== undefined;

function sameContents(a: Read, b: Read): boolean {
  if (!a.value || !b.value || a.value.absence || b.value.absence) return false;
  try {
    return Buffer.compare(a.value.bytes, b.value.bytes) === 0;
  } catch {
    return false;
  }
}

function valueText(value: Value, show: (value: Value) => string): string {
  try {
    return show(value);
  } catch (error) {
    return errorText(messageOf(error));
  }
}

const errorText = (message: string): string => `<error reading variable: ${message}>`;
