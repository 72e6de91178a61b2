import { Tag } from '../../formats/dwarf/constants.ts';
import { Shape } from '../../formats/dwarf/scanProgram.ts';
import type { Symbol } from '../symbols.ts';
import { qualifiedEntryName } from './scopedNames.ts';
import { type DwarfUnit, orElse } from './unit.ts';
import { DwarfTypeSymbol, DwarfVariable, enumeratorSymbol } from './variables.ts';

/** What an entry of an outline is, by tag. */
const kinds: ReadonlyMap<number, 'function' | 'variable' | 'type' | 'enumerator'> = new Map([
  [Tag.subprogram, 'function'],
  [Tag.variable, 'variable'],
  [Tag.constant, 'variable'],
  [Tag.structureType, 'type'],
  [Tag.classType, 'type'],
  [Tag.unionType, 'type'],
  [Tag.interfaceType, 'type'],
  [Tag.enumerationType, 'type'],
  [Tag.typedef, 'type'],
  [Tag.baseType, 'type'],
  [Tag.unspecifiedType, 'type'],
  [Tag.templateAlias, 'type'],
  [Tag.enumerator, 'enumerator'],
]);

export const entryKind = (unit: DwarfUnit, index: number): 'function' | 'variable' | 'type' | 'enumerator' | undefined =>
  kinds.get(unit.outline.shape[index] & Shape.tagMask);

/** The symbol of an entry; undefined for what is none: declarations, abstract functions, namespaces, what has no name. */
export function entrySymbol(unit: DwarfUnit, index: number): Symbol | undefined {
  const { outline } = unit;
  const shape = outline.shape[index];
  const kind = entryKind(unit, index);
  if (kind === undefined || shape & Shape.declaration) return undefined;
  if (kind === 'function' && !(shape & Shape.hasCode)) return undefined;
  return orElse(undefined, () => {
    const die = unit.dieOf(index);
    if (kind === 'function') {
      const found = unit.functionOf(die);
      return found.name !== '' && found.linkRanges.length > 0 ? found : undefined;
    }
    if (kind === 'enumerator')
      return outline.parent[index] >= 0 ? enumeratorSymbol(unit, unit.dieOf(outline.parent[index]), die) : undefined;
    const name = qualifiedEntryName(unit, index);
    if (name === undefined) return undefined;
    return kind === 'variable' ? new DwarfVariable(unit, die, name) : new DwarfTypeSymbol(unit, die, name);
  });
}
