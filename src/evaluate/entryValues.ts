import type { Address } from '../base/address.ts';
import { AbsentError } from '../base/errors.ts';
import { type EntryValueRequest, evaluateNumber } from '../formats/dwarf/expression.ts';
import { Op } from '../formats/dwarf/opcodes.ts';
import type { Program } from '../program/program.ts';
import type { CallSite, CallSiteParameter, FunctionSymbol, VariableSymbol } from '../program/symbols.ts';
import type { Frame } from '../unwind/frame.ts';
import { calledFunction } from '../unwind/tailCalls.ts';
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
    request.kind === 'location'
      ? Buffer.compare(candidate.location, request.location) === 0
      : candidate.parameterDie === request.sectionOffset,
  );
  const wantsData = request.kind === 'location' && request.dereference !== undefined;
  const expression = wantsData ? parameter.dataValue : parameter.value;
  const unit = context.program.functionAt(caller.lookupPc)?.unit;
  if (!expression || !unit) throw new AbsentError('optimized out');
  return evaluateNumber(expression, machineContext(unit, { ...context, frame: caller }));
}

/** `name@entry`: a parameter that was in a register or on the stack at entry; the call site says what it was there. */
export function parameterAtEntry(symbol: VariableSymbol, context: EvaluationContext): Value {
  const location = quotable(locationAtEntry(symbol, context));
  if (!location || !context.frame) return absentValue(symbol.type, 'optimized out');
  try {
    const value = entryValue({ kind: 'location', location }, context.frame, context);
    return valueFrom(symbol.type, packInteger(value, symbol.type.size));
  } catch (error) {
    if (error instanceof AbsentError) return absentValue(symbol.type, error.absence);
    throw error;
  }
}

function locationAtEntry({ location }: VariableSymbol, context: EvaluationContext): Uint8Array | undefined {
  if (location.kind === 'expression') return location.bytes;
  // Of an inlined call too: only what the function around it was called with is known to its caller.
  const entry = context.frame && context.program.functionAt(context.frame.lookupPc)?.entry;
  if (location.kind !== 'list' || entry === undefined) return undefined;
  return location.entries().find(({ low, high }) => low <= entry && (entry < high || low === high))?.bytes;
}

/** Call sites name a register, or a place above the stack pointer, which is where the callee's frame base is (DW_OP_call_frame_cfa). */
function quotable(place: Uint8Array | undefined): Uint8Array | undefined {
  if (!place) return undefined;
  if (place.length === 1 && place[0] >= Op.reg0 && place[0] < Op.breg0) return place;
  const isOneOperand = place.length > 1 && place.subarray(1).findIndex((byte) => byte < 0x80) === place.length - 2;
  return place[0] === Op.fbreg && isOneOperand ? Uint8Array.from([Op.breg0 + 7, ...place.subarray(1)]) : undefined;
}

function callSiteParameter(
  start: Frame,
  context: EvaluationContext,
  matches: (candidate: CallSiteParameter) => boolean,
): { parameter: CallSiteParameter; caller: Frame } {
  let frame = start;
  while (frame.kind === 'inline' && frame.older) frame = frame.older;
  let site = callSites.get(frame);
  if (site === undefined) {
    site = callSiteOf(frame, context) ?? null;
    callSites.set(frame, site);
  }
  const parameter = site?.parameters.find(matches);
  if (!parameter || !frame.older) throw new AbsentError('optimized out');
  return { parameter, caller: frame.older };
}

/** By frame, as each of its parameters asks. Null: the caller does not say. */
const callSites = new WeakMap<Frame, CallSite | null>();

/** The call that a frame was entered by. Reached through a tail call of somebody else, or having jumped to itself, the values at that call site are not its own. */
function callSiteOf(frame: Frame, context: EvaluationContext): CallSite | undefined {
  const caller = frame.older;
  const site = caller && context.program.functionAt(caller.lookupPc)?.callSites.find((candidate) => candidate.returnAddress === caller.pc);
  const isOurs = site && targetOf(site, caller, context) === frame.id.code && !callsItselfByTail(context.program, frame.id.code);
  return isOurs ? site : undefined;
}

/** The function that a call site calls; undefined for an indirect call of which nothing is known. */
function targetOf(site: CallSite, caller: Frame, context: EvaluationContext): Address | undefined {
  if (site.target) return calledFunction(context.program, site);
  const unit = context.program.functionAt(caller.lookupPc)?.unit;
  return site.targetExpression && unit && evaluateNumber(site.targetExpression, machineContext(unit, { ...context, frame: caller }));
}

/** By function: following all its tail calls for every argument of every frame would be slow. */
const tailCallers = new WeakMap<FunctionSymbol, boolean>();

function callsItselfByTail(program: Program, start: Address): boolean {
  const fn = program.functionAt(start);
  if (!fn) return false;
  let known = tailCallers.get(fn);
  if (known === undefined) {
    known = reachesItselfByTail(program, start);
    tailCallers.set(fn, known);
  }
  return known;
}

function reachesItselfByTail(program: Program, start: Address): boolean {
  const seen = new Set<Address>();
  const queue: Address[] = [start];
  for (let entry = queue.pop(); entry !== undefined; entry = queue.pop()) {
    for (const site of program.functionAt(entry)?.callSites ?? []) {
      const target = site.tailCall ? calledFunction(program, site) : undefined;
      if (target === start) return true;
      if (target === undefined || seen.has(target)) continue;
      seen.add(target);
      queue.push(target);
    }
  }
  return false;
}
