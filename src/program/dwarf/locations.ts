import type { Address } from '../../base/address.ts';
import { At } from '../../formats/dwarf/constants.ts';
import type { Die } from '../../formats/dwarf/die.ts';
import { locationListOf } from '../../formats/dwarf/ranges.ts';
import type { Location, LocationEntry } from '../symbols.ts';
import { toRun } from './address.ts';
import type { DwarfUnit } from './unit.ts';

/** Where an attribute (DW_AT_location, DW_AT_frame_base) says something is. Without it: DW_AT_const_value, or nothing at all. */
export function locationOf(unit: DwarfUnit, die: Die, attribute: number): Location {
  const { module } = unit;
  // Addresses and indices in the expression mean what they mean in the DIE's own unit.
  const owner = die.unit === unit.header ? unit : unit.debug.unitOf(die.unit);
  const bytes = die.block(attribute);
  if (bytes) return bytes.length > 0 ? { kind: 'expression', bytes, unit: owner } : { kind: 'absent' };
  if (die.has(attribute)) {
    const rows = (): (LocationEntry | { base: Address })[] =>
      (locationListOf(die, attribute) ?? []).map((row) =>
        'base' in row
          ? { base: BigInt.asUintN(64, BigInt(row.base)) }
          : { low: toRun(module, row.low), high: toRun(module, row.high), bytes: row.expression },
      );
    let known: { bias: Address; entries: readonly LocationEntry[] } | undefined;
    const entries = (): readonly LocationEntry[] => {
      if (known?.bias !== module.bias) {
        const list = rows().filter((row): row is LocationEntry => 'bytes' in row && row.low < row.high);
        known = { bias: module.bias, entries: list };
      }
      return known.entries;
    };
    return { kind: 'list', entries, rows, unit: owner };
  }
  return attribute === At.location ? constantOf(die) : { kind: 'absent' };
}

function constantOf(die: Die): Location {
  if (!die.has(At.constValue)) return { kind: 'absent' };
  const value = die.constant(At.constValue) ?? die.block(At.constValue);
  if (value !== undefined) return { kind: 'constant', value };
  const text = die.string(At.constValue);
  return text === undefined ? { kind: 'absent' } : { kind: 'constant', value: new TextEncoder().encode(`${text}\0`) };
}
