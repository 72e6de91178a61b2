import { R } from '../arch/registers.ts';
import type { Address } from '../base/address.ts';
import { SondeError } from '../base/errors.ts';
import { segmentTypes } from '../formats/elf/constants.ts';
import type { Module } from '../program/module.ts';
import type { Program } from '../program/program.ts';
import type { Memory, RegisterFile } from '../targets/target.ts';

interface ThreadContext {
  readonly memory: Memory;
  readonly registers: RegisterFile;
  /** Address of the module's `struct link_map`; undefined for the program itself before the linker ran. */
  readonly linkMap: Address | undefined;
}

/**
 * Address of a thread's copy of a thread-local variable (ELF Handling For Thread-Local Storage, variant II). The program's own block lies right
 * below the thread pointer; a library's is found through the thread's vector, with the offsets that the C library publishes for libthread_db.
 */
export function threadLocalAddress(program: Program, module: Module, offset: bigint, context: ThreadContext): Address {
  const threadPointer = context.registers.get(R.fs_base);
  if (threadPointer === undefined || threadPointer === 0n) throw new SondeError('Cannot find thread-local variables on this target');
  if (module === program.main) {
    const segment = module.file.programHeaders.find(({ type }) => type === segmentTypes.tls);
    if (!segment) throw new SondeError('Cannot find thread-local variables on this target');
    const align = BigInt(Math.max(segment.align, 1));
    const size = (BigInt(segment.memorySize) + align - 1n) & -align;
    return threadPointer - size + offset;
  }
  return blockOfLibrary(program, module, threadPointer, context) + offset;
}

function blockOfLibrary(program: Program, module: Module, threadPointer: Address, { memory, linkMap }: ThreadContext): Address {
  const field = (name: string): bigint => {
    const [symbol] = program.minimalSymbols(`_thread_db_${name}`);
    if (!symbol) throw new SondeError('Cannot find thread-local variables on this target');
    // Three 32-bit words: size in bits, number of elements, offset.
    const bytes = memory.read(symbol.address, 12);
    return BigInt(new DataView(bytes.buffer, bytes.byteOffset).getUint32(8, true));
  };
  if (linkMap === undefined) throw new SondeError('Cannot find thread-local variables on this target');
  const word = (address: Address): bigint => {
    const bytes = memory.read(address, 8);
    return new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
  };
  const id = word(linkMap + field('link_map_l_tls_modid'));
  const vector = word(threadPointer + field('pthread_dtvp'));
  const entrySize = 16n; // union dtv: { void *val; void *to_free; }
  const block = word(vector + id * entrySize + field('dtv_t_pointer_val'));
  if (block === (1n << 64n) - 1n || block === 0n) {
    throw new SondeError(
      `Cannot find thread-local storage for this thread, shared library ${module.path}:\nThe inferior has not yet allocated storage for thread-local variables in\nthe shared library \`${module.path}'`,
    );
  }
  return block;
}
