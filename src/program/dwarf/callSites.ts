import { At, Tag } from '../../formats/dwarf/constants.ts';
import type { Die } from '../../formats/dwarf/die.ts';
import { rangesOf } from '../../formats/dwarf/ranges.ts';
import type { CallSite, CallSiteParameter } from '../symbols.ts';
import { toRun } from './address.ts';
import { inheritedName, linkageNameOf, withOrigins } from './attributes.ts';
import type { DwarfUnit } from './unit.ts';

/** Every DW_TAG_call_site of a function (DWARF 5 §3.4; as GNU extension before), in its blocks and inlined calls too. */
export function readCallSites(unit: DwarfUnit, die: Die): CallSite[] {
  const sites: CallSite[] = [];
  const visit = (parent: Die): void => {
    for (const child of parent.children()) {
      switch (child.tag) {
        case Tag.callSite:
        case Tag.gnuCallSite: {
          const site = readCallSite(unit, child);
          if (site) sites.push(site);
          break;
        }
        case Tag.lexicalBlock:
        case Tag.inlinedSubroutine:
        case Tag.tryBlock:
        case Tag.catchBlock:
          visit(child);
      }
    }
  };
  visit(die);
  return sites;
}

function readCallSite(unit: DwarfUnit, die: Die): CallSite | undefined {
  const { module } = unit;
  // The GNU tag has the address behind the call as DW_AT_low_pc. Of a tail call clang gives only the address of the jump: gdb 13 leaves those out.
  const link = die.address(At.callReturnPc) ?? die.address(At.lowPc);
  if (link === undefined) return undefined;
  const parameters = [...die.children()]
    .filter(({ tag }) => tag === Tag.callSiteParameter || tag === Tag.gnuCallSiteParameter)
    .map(readParameter);
  return {
    get returnAddress() {
      return toRun(module, link);
    },
    tailCall: die.flag(At.callTailCall) || die.flag(At.gnuTailCall),
    get target() {
      return target(unit, die);
    },
    targetExpression: die.block(At.callTarget) ?? die.block(At.gnuCallSiteTarget),
    parameters: parameters.filter((parameter) => parameter !== undefined),
  };
}

function readParameter(die: Die): CallSiteParameter | undefined {
  const location = die.block(At.location);
  const parameter = die.reference(At.callParameter) ?? die.reference(At.abstractOrigin);
  if (!location && !parameter) return undefined;
  return {
    location: location ?? new Uint8Array(0),
    value: die.block(At.callValue) ?? die.block(At.gnuCallSiteValue),
    dataValue: die.block(At.callDataValue) ?? die.block(At.gnuCallSiteDataValue),
    parameterDie: parameter?.offset,
  };
}

/** The callee where it is known statically: the DIE of a function, which may be defined in another unit. */
function target(unit: DwarfUnit, die: Die): CallSite['target'] {
  const callee = die.reference(At.callOrigin) ?? die.reference(At.abstractOrigin);
  const name = callee && inheritedName(callee);
  if (!callee || name === undefined) return undefined;
  const linkageName = linkageNameOf(callee);
  const ranges = [...withOrigins(callee)].map(rangesOf).find((list) => list.length > 0);
  return {
    name,
    linkageName,
    get entry() {
      if (ranges) return toRun(unit.module, ranges[0].low);
      const definition = unit.debug.functions(linkageName ?? name).find(({ external }) => external);
      return definition?.entry ?? unit.module.minimal.named(linkageName ?? name).find(({ kind }) => kind === 'text')?.address;
    },
  };
}
