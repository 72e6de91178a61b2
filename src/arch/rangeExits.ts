import type * as Iced from 'iced-x86';
import type { Address } from '../base/address.ts';

/** A range that can be left in more places is not worth their breakpoints. */
const mostExits = 6;

/**
 * Where execution that goes on at `pc` first arrives outside of a range of code: addresses behind its end and targets of its direct branches and calls. An
 * instruction whose target is not written in it (return, indirect jump, system call) is an exit itself. Undefined where `pc` is such a one, or there are
 * too many. `code`: the range's bytes, without breakpoints.
 */
export function rangeExits(x86: typeof Iced, code: Uint8Array, start: Address, pc: Address): Address[] | undefined {
  const end = start + BigInt(code.length);
  const known = new Set<Address>();
  const exits = new Set<Address>();
  const open: Address[] = [pc];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    if (known.has(at)) continue;
    known.add(at);
    const next = at >= start && at < end ? successors(x86, code.subarray(Number(at - start)), at) : undefined;
    if (next) {
      open.push(...next.inside);
      for (const exit of next.outside) exits.add(exit);
    } else exits.add(at);
    if (exits.size > mostExits) return undefined;
  }
  return exits.has(pc) ? undefined : [...exits];
}

interface Successors {
  readonly inside: readonly Address[];
  /** A call's target: an exit even where it lies in the range. */
  readonly outside: readonly Address[];
}

function successors(x86: typeof Iced, code: Uint8Array, at: Address): Successors | undefined {
  const decoder = new x86.Decoder(64, code, x86.DecoderOptions.None);
  decoder.ip = at;
  const instruction = decoder.decode();
  try {
    if (instruction.isInvalid) return undefined;
    const following = at + BigInt(instruction.length);
    switch (instruction.flowControl) {
      case x86.FlowControl.Next:
        return { inside: [following], outside: [] };
      case x86.FlowControl.ConditionalBranch:
        return { inside: [following, instruction.nearBranchTarget], outside: [] };
      case x86.FlowControl.UnconditionalBranch:
        return { inside: [instruction.nearBranchTarget], outside: [] };
      case x86.FlowControl.Call:
        return instruction.isCallNear ? { inside: [], outside: [instruction.nearBranchTarget] } : undefined;
      default:
        return undefined;
    }
  } finally {
    instruction.free();
    decoder.free();
  }
}
