import type { Address } from '../base/address.ts';
import { FormatError } from '../base/errors.ts';
import { type CfiSection, CfiTable, type Fde, type UnwindRow, unwindRow } from '../formats/dwarf/cfi.ts';
import type { Module, ObjectFile } from '../program/module.ts';

/** The call frame information of a module, read when first asked for. Addresses are run-time. */
export class ModuleCfi {
  static readonly #known = new WeakMap<Module, ModuleCfi>();

  static of(module: Module): ModuleCfi {
    let cfi = ModuleCfi.#known.get(module);
    if (!cfi) {
      cfi = new ModuleCfi(module);
      ModuleCfi.#known.set(module, cfi);
    }
    return cfi;
  }

  readonly #table: CfiTable;
  /** Stepping asks for the same few places again and again. By link-time address. */
  readonly #rows = new Map<Address, { fde: Fde; row: UnwindRow } | undefined>();

  private constructor(readonly module: Module) {
    const { file, debugFile } = module;
    const header = section(file, '.eh_frame_hdr', '.eh_frame');
    this.#table = new CfiTable({
      ehFrame: section(file, '.eh_frame', '.eh_frame'),
      ehFrameHeader: header && { bytes: header.bytes, address: header.address },
      debugFrame: (debugFile && section(debugFile, '.debug_frame', '.debug_frame')) ?? section(file, '.debug_frame', '.debug_frame'),
    });
  }

  /** The unwind row for a run-time address, and the FDE it is from. Undefined where there is none or it is damaged. */
  rowAt(address: Address): { readonly fde: Fde; readonly row: UnwindRow } | undefined {
    const linkAddress = address - this.module.bias;
    if (this.#rows.has(linkAddress)) return this.#rows.get(linkAddress);
    if (this.#rows.size >= maximalRows) this.#rows.clear();
    const found = this.#find(linkAddress);
    this.#rows.set(linkAddress, found);
    return found;
  }

  #find(linkAddress: Address): { fde: Fde; row: UnwindRow } | undefined {
    const fde = this.#table.fdeAt(linkAddress);
    if (!fde) return undefined;
    try {
      return { fde, row: unwindRow(fde, linkAddress) };
    } catch (error) {
      if (error instanceof FormatError) return undefined;
      throw error;
    }
  }
}

const maximalRows = 4096;

function section(file: ObjectFile, name: string, kind: CfiSection['kind']): CfiSection | undefined {
  const bytes = file.sectionBytes(name);
  const at = (wanted: string) => file.sectionHeaders.find((header) => header.name === wanted)?.address;
  const address = at(name);
  return bytes && address !== undefined ? { kind, bytes, address, textBase: at('.text'), dataBase: at('.got') } : undefined;
}
