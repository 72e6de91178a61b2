import { FormatError } from '../../base/errors.ts';
import { type ByteSource, bytesAsSource } from '../../formats/kdump/byteSource.ts';
import { isDiskDump, parseDiskDump } from '../../formats/kdump/diskdump.ts';
import { type ElfNote, parseElfVmcore, parseNotes } from '../../formats/kdump/elfVmcore.ts';
import { isFlattened, unflatten } from '../../formats/kdump/flattened.ts';
import { parseVmcoreInfo, type VmcoreInfo } from '../../formats/vmcoreinfo/vmcoreinfo.ts';
import { CompressedMemory, type Decompressors, type PhysicalMemory, SegmentMemory } from './physical.ts';

/** A kernel dump, whatever its format: physical memory, VMCOREINFO and what is known of the CPUs. */
export interface Vmcore {
  readonly format: string;
  readonly physical: PhysicalMemory;
  readonly info: VmcoreInfo;
  readonly cpus: readonly CpuState[];
  /** makedumpfile's dump level: nonzero says that pages were left out. */
  readonly dumpLevel: number;
}

/** A CPU when the dump was taken. */
export interface CpuState {
  /** `struct user_regs_struct` order, 27 words (NT_PRSTATUS). */
  readonly registers: BigUint64Array;
  /** pid in NT_PRSTATUS: kdump's dumps have it, QEMU's have the CPU's number + 1. */
  readonly pid: number;
  /** From QEMU's own note. */
  readonly cr3?: bigint;
  readonly gsBase?: bigint;
  readonly kernelGsBase?: bigint;
}

const NT_PRSTATUS = 1;

/**
 * Recognises a dump by its content and opens it. `parts`: the file, or the files of a split dump, as mapped bytes.
 * Throws FormatError when it is no kernel dump, or is damaged.
 */
export function openVmcore(parts: readonly Uint8Array[], decompressors: Decompressors): Vmcore {
  const [first] = parts;
  if (first[0] === 0x7f && first[1] === 0x45) return openElf(bytesAsSource(first), first);
  const sources = parts.map((bytes) => (isFlattened(bytes) ? unflatten(bytes) : bytesAsSource(bytes)));
  const head = sources[0].read(0, 64);
  if (isDiskDump(head)) return openDiskDump(sources, decompressors, isFlattened(first));
  if (head[0] === 0x7f && head[1] === 0x45) return openElf(sources[0], sources[0].read(0, 1 << 20));
  throw new FormatError('not a supported file format');
}

function openElf(source: ByteSource, headers: Uint8Array): Vmcore {
  const { segments, notes } = parseElfVmcore(headers);
  const info = notes.find((note) => note.name === 'VMCOREINFO');
  if (!info) throw new FormatError('no VMCOREINFO in this dump');
  const ranges = segments.map(({ physical, fileSize, fileOffset }) => ({ physical: Number(physical), size: fileSize, fileOffset }));
  return {
    format: 'ELF',
    physical: new SegmentMemory(source, ranges),
    info: parseVmcoreInfo(info.bytes),
    cpus: cpuStates(notes),
    dumpLevel: 0,
  };
}

function openDiskDump(sources: readonly ByteSource[], decompressors: Decompressors, flattened: boolean): Vmcore {
  const dumps = sources.map(parseDiskDump);
  const information = dumps.map((dump) => dump.vmcoreInfo).find((bytes) => bytes !== undefined);
  if (!information) throw new FormatError('no VMCOREINFO in this dump');
  const notes = dumps.map((dump) => dump.notes).find((bytes) => bytes !== undefined);
  const format = flattened ? 'kdump-compressed, flattened' : 'kdump-compressed';
  const cpus = notes ? cpuStates(parseNotes(notes)) : [];
  return {
    format,
    physical: new CompressedMemory(dumps, decompressors),
    info: parseVmcoreInfo(information),
    cpus,
    dumpLevel: dumps[0].dumpLevel,
  };
}

/** NT_PRSTATUS: pid at 32, registers at 112. QEMU's note: `QEMUCPUState`, target/i386/arch_dump.c. */
function cpuStates(notes: readonly ElfNote[]): CpuState[] {
  const qemu = notes.filter((note) => note.name === 'QEMU' && note.bytes.length >= 440);
  const status = notes.filter((note) => note.type === NT_PRSTATUS && note.name === 'CORE' && note.bytes.length >= 328);
  return status.map(({ bytes }, index) => {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const registers = BigUint64Array.from({ length: 27 }, (_, word) => view.getBigUint64(112 + word * 8, true));
    const own = qemu[index]?.bytes;
    const ownView = own && new DataView(own.buffer, own.byteOffset, own.byteLength);
    const segmentBase = (segment: number) => ownView?.getBigUint64(152 + segment * 24 + 16, true);
    return {
      registers,
      pid: view.getUint32(32, true),
      cr3: ownView?.getBigUint64(152 + 10 * 24 + 3 * 8, true),
      gsBase: segmentBase(4),
      kernelGsBase: own && own.length >= 440 ? ownView?.getBigUint64(432, true) : undefined,
    };
  });
}
