import { At } from '../../formats/dwarf/constants.ts';
import type { Die } from '../../formats/dwarf/die.ts';

/** Longer chains than any compiler makes end: a damaged file may refer in circles. */
const longestChain = 16;

/** The DIE itself, then what it is an instance or the definition of (DW_AT_abstract_origin, DW_AT_specification), and so on. */
export function* withOrigins(die: Die): Iterable<Die> {
  let current: Die | undefined = die;
  for (let i = 0; current && i < longestChain; i++) {
    yield current;
    current = current.reference(At.abstractOrigin) ?? current.reference(At.specification);
  }
}

/** Whoever of the DIE and its origins has the attribute. */
export function owner(die: Die, attribute: number): Die | undefined {
  if (die.has(attribute)) return die;
  for (const origin of withOrigins(die)) if (origin.has(attribute)) return origin;
  return undefined;
}

export const inheritedName = (die: Die): string | undefined => owner(die, At.name)?.string(At.name);
export const inheritedType = (die: Die): Die | undefined => owner(die, At.type)?.reference(At.type);
export const inheritedFlag = (die: Die, attribute: number): boolean => owner(die, attribute)?.flag(attribute) ?? false;
export const linkageNameOf = (die: Die): string | undefined =>
  owner(die, At.linkageName)?.string(At.linkageName) ?? owner(die, At.mipsLinkageName)?.string(At.mipsLinkageName);
