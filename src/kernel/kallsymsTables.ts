import type { Address } from '../base/address.ts';
import { FormatError, MemoryError } from '../base/errors.ts';
import { Kallsyms, type KallsymsTables } from '../formats/kallsyms/kallsyms.ts';
import { locateKallsyms } from '../formats/kallsyms/locate.ts';
import type { VmcoreInfo } from '../formats/vmcoreinfo/vmcoreinfo.ts';
import type { AddressSpace } from './addressSpace.ts';

/** Run-time addresses of the tables. */
interface Places {
  readonly count: number;
  readonly offsets: Address;
  /** Undefined since 7.0: each offset is from its own place. */
  readonly relativeBase: Address | undefined;
  readonly names: Address;
  readonly tokenTable: Address;
  readonly tokenIndex: Address;
}

/** More symbols than any kernel has. */
const mostSymbols = 2_000_000;
/** The kernel's text and read-only data lie within so many bytes. */
const imageAtMost = 96 << 20;
const chunk = 1 << 21;

/** The kernel's symbol table, out of its own memory. Throws FormatError where it can't be found or makes no sense. */
export function readKallsyms(info: VmcoreInfo, memory: AddressSpace): Kallsyms {
  const places = told(info, memory) ?? searched(info, memory);
  if (!places) throw new FormatError("kallsyms: the kernel's symbol table was not found in its memory");
  if (places.count === 0 || places.count > mostSymbols) throw new FormatError(`kallsyms: impossible number of symbols ${places.count}`);
  const index = view(memory, places.tokenIndex, 512);
  const tokenIndex = Uint16Array.from({ length: 256 }, (_, token) => index.getUint16(token * 2, true));
  const namesLength = Number(places.tokenTable - places.names);
  if (namesLength <= 0 || namesLength > 1 << 26) throw new FormatError('kallsyms: the token table does not follow the names');
  const raw = memory.read(places.offsets, places.count * 4).slice();
  const offsets = new Int32Array(raw.buffer, raw.byteOffset, places.count);
  return new Kallsyms({
    count: places.count,
    names: memory.read(places.names, namesLength),
    tokenTable: memory.read(places.tokenTable, tokenIndex[255] + 128),
    tokenIndex,
    offsets,
    ...reference(places, memory, offsets),
  });
}

function reference(
  { relativeBase, offsets: table }: Places,
  memory: AddressSpace,
  offsets: Int32Array,
): Pick<KallsymsTables, 'from' | 'base'> {
  if (relativeBase === undefined) return { from: 'place', base: table };
  // Only with CONFIG_KALLSYMS_ABSOLUTE_PERCPU are there negative ones.
  const from = offsets.some((offset) => offset < 0) ? 'per-cpu' : 'base';
  return { from, base: view(memory, relativeBase, 8).getBigUint64(0, true) };
}

/** From 6.0 on VMCOREINFO says where the tables are (kernel/crash_core.c). */
function told(info: VmcoreInfo, memory: AddressSpace): Places | undefined {
  const names = info.symbol('kallsyms_names');
  const number = info.symbol('kallsyms_num_syms');
  const tokenTable = info.symbol('kallsyms_token_table');
  const tokenIndex = info.symbol('kallsyms_token_index');
  const offsets = info.symbol('kallsyms_offsets');
  const relativeBase = info.symbol('kallsyms_relative_base');
  if (!names || !number || !tokenTable || !tokenIndex || !offsets) return undefined;
  return { count: view(memory, number, 4).getUint32(0, true), names, tokenTable, tokenIndex, offsets, relativeBase };
}

function searched(info: VmcoreInfo, memory: AddressSpace): Places | undefined {
  const start = info.symbol('_stext');
  if (start === undefined) return undefined;
  const found = locateKallsyms(kernelImage(memory, start));
  if (!found) return undefined;
  const at = (offset: number): Address => start + BigInt(offset);
  return {
    count: found.count,
    offsets: at(found.offsets),
    relativeBase: at(found.relativeBase),
    names: at(found.names),
    tokenTable: at(found.tokenTable),
    tokenIndex: at(found.tokenIndex),
  };
}

/** Text and data from the first byte of text; what is not mapped or not in the dump is zeros. */
function kernelImage(memory: AddressSpace, start: Address): Uint8Array {
  const image = new Uint8Array(imageAtMost);
  for (let at = 0; at < imageAtMost; at += chunk) {
    try {
      image.set(memory.read(start + BigInt(at), chunk), at);
    } catch (error) {
      if (!(error instanceof MemoryError)) throw error;
      readPages(memory, start, image, at);
    }
  }
  return image;
}

function readPages(memory: AddressSpace, start: Address, image: Uint8Array, from: number): void {
  for (let at = from; at < from + chunk; at += 4096) {
    try {
      image.set(memory.read(start + BigInt(at), 4096), at);
    } catch (error) {
      if (!(error instanceof MemoryError)) throw error;
    }
  }
}

function view(memory: AddressSpace, address: Address, length: number): DataView {
  const bytes = memory.read(address, length);
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
