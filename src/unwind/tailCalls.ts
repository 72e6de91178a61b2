import type { Address } from '../base/address.ts';
import type { Program } from '../program/program.ts';
import type { CallSite } from '../program/symbols.ts';

/**
 * Functions that ended in a jump to another leave no frame. Where the debug info's call sites allow only one way from a call to the
 * function that is running, gdb shows those between (DWARF 5 §3.4.2). Answers their call sites, the innermost first: each is where
 * that function jumped on. Empty where there are none or the way is not certain.
 */
export function tailCallsBetween(program: Program, returnAddress: Address, callee: Address): readonly CallSite[] {
  const start = callSiteAt(program, returnAddress);
  if (!start || callee === 0n) return [];
  const chains = start && waysTo(program, start, callee);
  return chains ? certainPart(chains).reverse() : [];
}

/** By call site, as long as the modules are the same and where they were. */
const called = new WeakMap<
  CallSite,
  { readonly modules: readonly unknown[]; readonly returnAddress: Address; readonly entry: Address | undefined }
>();

/** Entry of the function that a call site names, in whichever module it is; undefined for an indirect call. */
export function calledFunction(program: Program, site: CallSite): Address | undefined {
  const { modules } = program;
  const { returnAddress } = site;
  let known = called.get(site);
  if (!known || known.modules !== modules || known.returnAddress !== returnAddress)
    called.set(site, (known = { modules, returnAddress, entry: findCalled(program, site) }));
  return known.entry;
}

function findCalled(program: Program, { target }: CallSite): Address | undefined {
  if (!target) return undefined;
  return (
    target.entry ??
    program.minimalSymbols(target.linkageName ?? target.name).find(({ kind }) => kind === 'text' || kind === 'ifunc')?.address
  );
}

/** Call sites before which the number of ways is not worth counting. */
const maximalSites = 1000;

function callSiteAt(program: Program, returnAddress: Address): CallSite | undefined {
  return program.functionAt(returnAddress - 1n)?.callSites.find((site) => site.returnAddress === returnAddress);
}

/** Every chain of tail calls from a call to the callee, no site twice; undefined where some call's target is not known. */
function waysTo(program: Program, start: CallSite, callee: Address): CallSite[][] | undefined {
  const ways: CallSite[][] = [];
  const chain: CallSite[] = [];
  let visited = 0;
  const visit = (site: CallSite): boolean => {
    const target = calledFunction(program, site);
    if (target === undefined || ++visited > maximalSites) return false;
    if (target === callee) {
      ways.push([...chain]);
      return true;
    }
    const fn = program.functionAt(target);
    if (!fn) return false;
    // Last one first, and no further once a site is met again: the order decides what is found in recursive functions, so it is gdb's.
    for (const next of fn.callSites.filter(({ tailCall }) => tailCall).reverse()) {
      if (chain.includes(next)) break;
      chain.push(next);
      const known = visit(next);
      chain.pop();
      if (!known) return false;
    }
    return true;
  };
  return visit(start) && ways.length > 0 ? ways : undefined;
}

/** What all ways have in common at their beginning and at their end. */
function certainPart(ways: readonly CallSite[][]): CallSite[] {
  const [first, ...others] = ways;
  let callers = first.length;
  let callees = first.length;
  for (const way of others) {
    callers = commonLength(Math.min(callers, way.length), (index) => first[index] === way[index]);
    callees = commonLength(Math.min(callees, way.length), (index) => first[first.length - 1 - index] === way[way.length - 1 - index]);
    if (callers === 0 && callees === 0) return [];
  }
  if (callers === first.length || callees === first.length) return [...first];
  return [...first.slice(0, callers), ...first.slice(first.length - callees)];
}

function commonLength(limit: number, same: (index: number) => boolean): number {
  let length = 0;
  while (length < limit && same(length)) length++;
  return length;
}
