import type { Member, StructType } from '../program/types.ts';

/** The left column of `ptype/o`: offset and size of each field, holes and padding. All positions are bits. */
export class LayoutColumns {
  readonly blank = ' '.repeat(27);
  /** Of each struct that is being written: where it begins in the outermost one, and where its last field ended, from its own beginning. */
  #open: { readonly type: StructType; readonly start: number; end: number }[] = [];

  constructor(readonly hexadecimal: boolean) {}

  /** `isPart`: it lies in the struct around it, whose end is already behind it. gdb goes on from there, so a union shows padding that it does not have. */
  enter(type: StructType, start: number, isPart: boolean): void {
    const outer = isPart ? this.#open[this.#open.length - 1] : undefined;
    this.#open.push({ type, start, end: outer ? outer.end - type.size * 8 : 0 });
  }

  /** The column of a field's line; a line about a hole before it comes first. */
  field(member: Member): string[] {
    if (member.isStatic) return [this.blank];
    const size = this.#number(member.type.size);
    const state = this.#open[this.#open.length - 1];
    if (state.type.keyword === 'union') return [`/*${' '.repeat(14)}${size.padStart(8)} */`];
    const position = member.offset * 8 + (member.bitOffset ?? 0);
    const lines = hole(state.end, position, 'hole');
    state.end = position + (member.bitSize ?? member.type.size * 8);
    const byte = this.#number(Math.floor((state.start + position) / 8));
    const bit = member.bitSize === undefined ? '   ' : `:${String(position % 8).padStart(2)}`;
    return [...lines, `/* ${byte.padStart(6)}${bit}   |${size.padStart(8)} */`];
  }

  /** Padding, and the size of the whole; not for a struct that is only shown because it has no name. */
  leave(type: StructType, level: number, wantsTotal: boolean): string[] {
    const state = this.#open.pop();
    if (!wantsTotal || !state) return [];
    const total = `${this.blank}${' '.repeat(level + 4)}/* total size (bytes): ${String(type.size).padStart(4)} */`;
    return [...hole(state.end, type.size * 8, 'padding'), '', total];
  }

  #number(value: number): string {
    return this.hexadecimal ? `0x${value.toString(16).padStart(4, '0')}` : String(value);
  }
}

function hole(from: number, to: number, what: 'hole' | 'padding'): string[] {
  const bits = to - from;
  if (from <= 0 || bits <= 0) return [];
  const lines: string[] = [];
  if (bits % 8 > 0) lines.push(`/* XXX ${String(bits % 8).padStart(2)}-bit ${what.padEnd(7)}    */`);
  if (bits >= 8) lines.push(`/* XXX ${String(Math.floor(bits / 8)).padStart(2)}-byte ${what.padEnd(7)}   */`);
  return lines;
}
