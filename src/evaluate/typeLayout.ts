import type { Member, StructType } from '../program/types.ts';

/** The left column of `ptype/o`: offset and size of each field, holes and padding. All positions are bits. */
export class LayoutColumns {
  readonly blank = ' '.repeat(27);
  /** Where the previous field ended, for each struct that is being written. */
  #ends: { type: StructType; start: number; end: number }[] = [];

  constructor(readonly hexadecimal: boolean) {}

  enter(type: StructType, start: number): void {
    this.#ends.push({ type, start, end: start });
  }

  /** The column of a field's line; lines about a hole before it come first. */
  field(type: StructType, member: Member, start: number): string[] {
    if (member.isStatic) return [this.blank];
    const size = this.#number(member.type.size);
    if (type.keyword === 'union') return [`/*${' '.repeat(14)}${size.padStart(8)} */`];
    const state = this.#ends[this.#ends.length - 1];
    const position = start + member.offset * 8 + (member.bitOffset ?? 0);
    const lines = state.end > state.start ? hole(position - state.end, 'hole') : [];
    state.end = position + (member.bitSize ?? member.type.size * 8);
    const byte = this.#number(Math.floor(position / 8));
    const bit = member.bitSize === undefined ? '   ' : `:${String(position % 8).padStart(2)}`;
    return [...lines, `/* ${byte.padStart(6)}${bit}   |${size.padStart(8)} */`];
  }

  /** Padding, and the size of the whole; not for a struct that is only shown because it has no name. */
  leave(type: StructType, level: number, wantsTotal: boolean): string[] {
    const state = this.#ends.pop();
    if (!wantsTotal) return [];
    const padding =
      state && type.keyword !== 'union' && state.end > state.start ? hole(state.start + type.size * 8 - state.end, 'padding') : [];
    return [...padding, '', `${this.blank}${' '.repeat(level + 4)}/* total size (bytes): ${String(type.size).padStart(4)} */`];
  }

  #number(value: number): string {
    return this.hexadecimal ? `0x${value.toString(16).padStart(4, '0')}` : String(value);
  }
}

function hole(bits: number, what: 'hole' | 'padding'): string[] {
  if (bits <= 0) return [];
  const lines: string[] = [];
  if (bits % 8 > 0) lines.push(`/* XXX ${String(bits % 8).padStart(2)}-bit ${what.padEnd(7)}    */`);
  if (bits >= 8) lines.push(`/* XXX ${String(Math.floor(bits / 8)).padStart(2)}-byte ${what.padEnd(7)}   */`);
  return lines;
}
