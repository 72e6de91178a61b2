import type { Address } from '../base/address.ts';
import { AbsentError } from '../base/errors.ts';
import type { Program } from '../program/program.ts';
import type { CallSite } from '../program/symbols.ts';
import type { Frame } from './frame.ts';

/** What a call site says of one parameter: expressions to be evaluated in the caller's frame. */
export interface EntryParameter {
  readonly caller: Frame;
  /** DW_AT_call_value: the parameter itself. */
  readonly value: Uint8Array | undefined;
  /** DW_AT_call_data_value: what it points to. */
  readonly dataValue: Uint8Array | undefined;
}

/**
 * The call site's word on what a location (DW_OP_regN …, as DW_OP_entry_value quotes it) held when the frame's function was
 * entered (DWARF 5 §3.4). Throws AbsentError where it can't be known: no caller, no call site, or one for another function.
 */
export function entryParameter(program: Program, frame: Frame, location: Uint8Array): EntryParameter {
  const callee = outOfLine(frame);
  const caller = callee.older;
  const site = caller && callSiteAt(program, caller);
  if (!caller || !site || !mayCall(site, callee)) throw new AbsentError('optimized out');
  // A function that may have jumped to itself since has other parameters than those it was called with.
  if (callsItselfByTail(program, callee)) throw new AbsentError('optimized out');
  const parameter = site.parameters.find((candidate) => sameBytes(candidate.location, location));
  if (!parameter) throw new AbsentError('optimized out');
  return { caller, value: parameter.value, dataValue: parameter.dataValue };
}

function outOfLine(frame: Frame): Frame {
  let outer = frame;
  while (outer.kind === 'inline' && outer.older) outer = outer.older;
  return outer;
}

function callSiteAt(program: Program, caller: Frame): CallSite | undefined {
  return program.functionAt(caller.lookupPc)?.callSites.find((site) => site.returnAddress === caller.pc);
}

/** An indirect call has no known target and may have called anything. */
const mayCall = (site: CallSite, callee: Frame): boolean => site.target?.entry === undefined || site.target.entry === callee.id.code;

function callsItselfByTail(program: Program, frame: Frame): boolean {
  const start = frame.id.code;
  const seen = new Set<Address>();
  const queue: Address[] = [start];
  for (let entry = queue.pop(); entry !== undefined; entry = queue.pop()) {
    for (const site of program.functionAt(entry)?.callSites ?? []) {
      const target = site.tailCall ? site.target?.entry : undefined;
      if (target === start) return true;
      if (target === undefined || seen.has(target)) continue;
      seen.add(target);
      queue.push(target);
    }
  }
  return false;
}

const sameBytes = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length && a.every((byte, index) => byte === b[index]);
