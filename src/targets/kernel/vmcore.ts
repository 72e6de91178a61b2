import { FormatError } from '../../base/errors.ts';
import { type ByteSource, bytesAsSource } from '../../formats/kdump/byteSource.ts';
import { isDiskDump, parseDiskDump } from '../../formats/kdump/diskdump.ts';
import { type ElfNote, parseElfVmcore, parseNotes } from '../../formats/kdump/elfVmcore.ts';
import { isFlattened, unflatten } from '../../formats/kdump/flattened.ts';
import { parseVmcoreInfo, type VmcoreInfo } from '../../formats/vmcoreinfo/vmcoreinfo.ts';
import { findVmcoreInfo } from './findVmcoreInfo.ts';
import { CompressedMemory, type Decompressors, type PhysicalMemory, SegmentMemory } from './physical.ts';

/** A kernel dump, whatever its format: physical memory, VMCOREINFO and what is known of the CPUs. */
export interface Vmcore {
  readonly format: string;
  readonly physical: PhysicalMemory;
  readonly info: VmcoreInfo;
  readonly cpus: readonly CpuState[];
  /** Pages are compressed with zstd, whose library takes time to start. */
  readonly usesZstd?: boolean;
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
 * Recognises a dump by its content and opens it. `parts`: the file, or the files of a split dump, as mapped bytes. Anything else is
 * taken for a plain image of memory. Throws FormatError when no kernel is in it, or it is damaged.
 */
export function openVmcore(parts: readonly Uint8Array[], decompressors: Decompressors): Vmcore {
  const [first] = parts;
  if (isElf(first)) return openElf(bytesAsSource(first), first);
  const sources = parts.map((bytes) => (isFlattened(bytes) ? unflatten(bytes) : bytesAsSource(bytes)));
  const head = sources[0].read(0, 64);
  if (isDiskDump(head)) return openDiskDump(sources, decompressors, isFlattened(first));
  if (isElf(head)) return openElf(sources[0], sources[0].read(0, headersAtMost));
  return openMemory(new SegmentMemory(sources[0], [{ physical: 0, size: sources[0].size, fileOffset: 0 }]), 'memory image');
}

/** The running kernel, through /proc/kcore: an ELF core whose notes tell of the process that reads it, so of no CPU. */
export function openRunningKernel(source: ByteSource): Vmcore {
  return { ...openElf(source, source.read(0, headersAtMost)), format: '/proc/kcore', cpus: [] };
}

/** Memory that comes with nothing said about it. */
export const openMemory = (physical: PhysicalMemory, format: string): Vmcore => ({
  format,
  physical,
  info: informationOf(undefined, physical),
  cpus: [],
  dumpLevel: 0,
});

const isElf = (head: Uint8Array): boolean => head[0] === 0x7f && head[1] === 0x45 && head[2] === 0x4c && head[3] === 0x46;

/** Program headers and notes lie in the first megabyte. */
const headersAtMost = 1 << 20;

/** p_paddr of a range that has no fixed place in memory: vmalloc's and the modules' in /proc/kcore. */
const noPhysical = 0xffff_ffff_ffff_ffffn;

function openElf(source: ByteSource, headers: Uint8Array): Vmcore {
  const { segments, notes } = parseElfVmcore(headers);
  const placed = segments.filter(({ physical }) => physical !== noPhysical);
  const ranges = placed.map(({ physical, fileSize, fileOffset }) => ({ physical: Number(physical), size: fileSize, fileOffset }));
  const physical = new SegmentMemory(source, ranges);
  const note = notes.find(({ name }) => name === 'VMCOREINFO');
  return { format: 'ELF', physical, info: informationOf(note?.bytes, physical), cpus: cpuStates(notes), dumpLevel: 0 };
}

/** From the dump's note, else from the kernel's own memory. */
function informationOf(note: Uint8Array | undefined, physical: PhysicalMemory): VmcoreInfo {
  const bytes = note && note.length > 0 ? note : findVmcoreInfo(physical);
  if (!bytes) throw new FormatError('no Linux kernel found: there is no VMCOREINFO, neither as a note nor in memory');
  return parseVmcoreInfo(bytes);
}

function openDiskDump(sources: readonly ByteSource[], decompressors: Decompressors, flattened: boolean): Vmcore {
  const dumps = sources.map(parseDiskDump);
  const information = dumps.map((dump) => dump.vmcoreInfo).find((bytes) => bytes !== undefined);
  const physical = new CompressedMemory(dumps, decompressors);
  const notes = dumps.map((dump) => dump.notes).find((bytes) => bytes !== undefined);
  const format = flattened ? 'kdump-compressed, flattened' : 'kdump-compressed';
  const cpus = notes ? cpuStates(parseNotes(notes)) : [];
  return {
    format,
    physical,
    info: informationOf(information, physical),
    cpus,
    usesZstd: dumps[0].compression === 'zstd',
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
