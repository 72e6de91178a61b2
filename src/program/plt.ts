import { symbolTypes } from '../formats/elf/constants.ts';
import type { SymbolTable } from '../formats/elf/symbols.ts';
import type { ElfObjectFile } from './objectFile.ts';

/** Elf64_Rela types (AMD64 ABI table 4.9). */
const R_X86_64_GLOB_DAT = 6;
const R_X86_64_JUMP_SLOT = 7;
const R_X86_64_IRELATIVE = 37;

export interface PltEntry {
  /** `puts@plt`, as binutils' synthetic symbols are named. */
  readonly name: string;
  readonly address: bigint;
  readonly size: number;
}

/**
 * Names for the procedure linkage table: each entry jumps through a slot of the global offset table, and the relocation of that slot names
 * the function.
 */
export function pltEntries(file: ElfObjectFile, dynamicSymbols: SymbolTable | undefined): PltEntry[] {
  const slots = slotNames(file, dynamicSymbols);
  if (slots.size === 0) return [];
  const entries: PltEntry[] = [];
  for (const section of file.sectionHeaders) {
    if (!/^\.plt(\.sec|\.got|\.bnd)?$/.test(section.name)) continue;
    const bytes = file.sectionBytes(section.name);
    if (!bytes) continue;
    const size = section.name === '.plt.got' && (bytes.length % 16 !== 0 || slotOf(bytes, 8, 8, section.address) !== undefined) ? 8 : 16;
    for (let at = 0; at + size <= bytes.length; at += size) {
      const slot = slotOf(bytes, at, size, section.address);
      const name = slot === undefined ? undefined : slots.get(slot);
      if (name !== undefined) entries.push({ name: `${name}@plt`, address: section.address + BigInt(at), size });
    }
  }
  return entries;
}

/** The slot of `jmp *disp32(%rip)` (ff 25), which endbr64 or a bnd prefix may precede. */
function slotOf(bytes: Uint8Array, at: number, size: number, base: bigint): bigint | undefined {
  for (let from = at; from + 6 <= Math.min(at + size, bytes.length); from++) {
    if (bytes[from] !== 0xff || bytes[from + 1] !== 0x25) continue;
    const displacement = new DataView(bytes.buffer, bytes.byteOffset).getInt32(from + 2, true);
    return base + BigInt(from + 6 + displacement);
  }
  return undefined;
}

function slotNames(file: ElfObjectFile, symbols: SymbolTable | undefined): Map<bigint, string> {
  const names = new Map<bigint, string>();
  for (const section of ['.rela.plt', '.rela.dyn']) {
    const bytes = file.sectionBytes(section);
    if (!bytes) continue;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (let at = 0; at + 24 <= bytes.length; at += 24) {
      const type = view.getUint32(at + 8, true);
      const symbol = view.getUint32(at + 12, true);
      const slot = view.getBigUint64(at, true);
      if (type === R_X86_64_IRELATIVE) names.set(slot, `*ABS*+0x${view.getBigUint64(at + 16, true).toString(16)}`);
      else if (
        (type === R_X86_64_JUMP_SLOT || type === R_X86_64_GLOB_DAT) &&
        symbols &&
        symbol < symbols.count &&
        symbols.type(symbol) !== symbolTypes.tls
      ) {
        names.set(slot, symbols.name(symbol));
      }
    }
  }
  return names;
}
