import { AbsentError } from '../base/errors.ts';
import { type EntryValueRequest, evaluateNumber } from '../formats/dwarf/expression.ts';
import type { CallSiteParameter, VariableSymbol } from '../program/symbols.ts';
import type { Frame } from '../unwind/frame.ts';
import type { EvaluationContext } from './context.ts';
import { absentValue, valueFrom } from './makeValue.ts';
import { packInteger } from './scalars.ts';
import type { Value } from './value.ts';
import { machineContext } from './variables.ts';

/**
 * What a register (or what it points to) held when the frame's function was entered, as the call site in the caller
 * tells it (DWARF 5 §2.5.1.7, §3.4.2). AbsentError where the caller does not say.
 */
export function entryValue(request: EntryValueRequest, frame: Frame, context: EvaluationContext): bigint {
  const { parameter, caller } = callSiteParameter(frame, context, (candidate) =>
    request.kind === 'location' ? Buffer.compare(candidate.location, request.location) === 0 : candidate.parameterDie === request.sectionOffset,
  );
  const wantsData = request.kind === 'location' && request.dereference !== undefined;
  const expression = wantsData ? parameter.dataValue : parameter.value;
  const unit = context.program.functionAt(caller.lookupPc)?.unit;
  if (!expression || !unit) throw new AbsentError('optimized out');
  return evaluateNumber(expression, machineContext(unit, { ...context, frame: caller }));
}

/** `name@entry`: a parameter in a register at entry; its first location says which. */
export function parameterAtEntry(symbol: VariableSymbol, context: EvaluationContext): Value {
  const location = symbol.location;
  const first = location.kind === 'list' ? location.entries()[0]?.bytes : location.kind === 'expression' ? location.bytes : undefined;
  const isRegister = first?.length === 1 && first[0] >= 0x50 && first[0] <= 0x6f; // DW_OP_reg0 … DW_OP_reg31
  if (!first || !isRegister || !context.frame) return absentValue(symbol.type, 'optimized out');
  try {
    const value = entryValue({ kind: 'location', location: first }, context.frame, context);
    return valueFrom(symbol.type, packInteger(value, symbol.type.size));
  } catch (error) {
    if (error instanceof AbsentError) return absentValue(symbol.type, error.absence);
    throw error;
  }
}

function callSiteParameter(start: Frame, context: EvaluationContext, matches: (candidate: CallSiteParameter) => boolean): { parameter: CallSiteParameter; caller: Frame } {
  let frame = start;
  while (frame.kind === 'inline' && frame.older) frame = frame.older;
  const caller = frame.older;
  const callerFunction = caller && context.program.functionAt(caller.lookupPc);
  const site = caller && callerFunction?.callSites.find((candidate) => candidate.returnAddress === caller.pc && !candidate.tailCall);
  const callee = context.program.functionAt(frame.lookupPc);
  // Reached through a tail call of somebody else, the values at this call site are not ours.
  const isOther = site?.target?.entry !== undefined && callee !== undefined && site.target.entry !== callee.entry;
  const parameter = isOther ? undefined : site?.parameters.find(matches);
  if (!parameter || !caller) throw new AbsentError('optimized out');
  return { parameter, caller };
}
