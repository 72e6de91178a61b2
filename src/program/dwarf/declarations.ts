import { At } from '../../formats/dwarf/constants.ts';
import type { Die } from '../../formats/dwarf/die.ts';
import type { SourceFile } from '../symbols.ts';
import { owner } from './attributes.ts';
import type { DwarfUnit } from './unit.ts';

/** DW_AT_decl_file and decl_line, of the DIE or of what it is an instance of: then numbered in the file table of that one's unit. */
export function declaredAt(unit: DwarfUnit, die: Die): { file?: SourceFile; line: number } {
  const lineOwner = owner(die, At.declLine);
  const fileOwner = owner(die, At.declFile);
  const number = fileOwner?.number(At.declFile);
  const fileUnit = fileOwner && fileOwner.unit !== die.unit ? unit.debug.unitOf(fileOwner.unit) : unit;
  return { file: number === undefined ? undefined : fileUnit.fileNumbered(number), line: lineOwner?.number(At.declLine) ?? 0 };
}
