import { userRegistersSize } from '../arch/registerBlock.ts';
import { MemoryError, SondeError } from '../base/errors.ts';
import { cpuRegisters } from './backtrace.ts';
import type { Kernel } from './kernel.ts';
import type { KernelObject } from './object.ts';
import { type SavedRegisters, savedRegistersAt, savedRegistersSize } from './savedRegisters.ts';
import { taskStack } from './stacks.ts';
import type { Task } from './tasks.ts';

/** TOP_OF_KERNEL_STACK_PADDING (arch/x86/include/asm/thread_info.h): none, or what FRED pushes behind the registers. */
const paddings = [0n, 16n];

/**
 * The registers of a task in user mode: the CPU's own if the dump was taken there, else what it saved when it entered the kernel, at the very
 * top of its kernel stack. Throws SondeError for a task that has never been in user mode.
 */
export function userModeRegisters(kernel: Kernel, task: Task): SavedRegisters {
  const own = task.active ? cpuRegisters(kernel, task) : undefined;
  if (own?.isUserMode) return own;
  const { end } = taskStack(task.object);
  for (const padding of paddings) {
    try {
      const saved = savedRegistersAt(kernel, end - padding - BigInt(savedRegistersSize));
      if (saved.isUserMode && saved.get('ss') !== 0n) return saved;
    } catch (error) {
      if (!(error instanceof MemoryError)) throw error;
    }
  }
  throw new SondeError(`task ${task.pid} (${task.comm}) has no user-mode registers`);
}

/** The same as struct user_regs_struct, with the segments that the kernel keeps for a thread that does not run. */
export function userRegisters(kernel: Kernel, task: Task): Uint8Array {
  const out = new Uint8Array(userRegistersSize);
  const view = new DataView(out.buffer);
  userModeRegisters(kernel, task).words.forEach((word, index) => view.setBigUint64(index * 8, word, true));
  const { object } = task;
  const segments = ['thread.fsbase', 'thread.gsbase', 'thread.ds', 'thread.es', 'thread.fsindex', 'thread.gsindex'];
  segments.forEach((path, index) => {
    if (object.has(path)) view.setBigUint64(savedRegistersSize + index * 8, BigInt.asUintN(64, object.value(path)), true);
  });
  return out;
}

const legacySize = 512;
const headerSize = 64;
/** XCR0 bits: x87, SSE, AVX; in the compacted format too AVX comes first after the header. */
const upToAvx = 7n;
const avx = 4n;
const avxSize = 256;
/** Where the XSAVE area's legacy part says which components there are (arch/x86/include/uapi/asm/sigcontext.h). */
const xcr0At = 464;

/** The XSAVE area in the standard format as far as AVX. Undefined where it can't be read. */
export function extendedRegisters({ object }: Task): Uint8Array | undefined {
  const at = savedState(object);
  if (at === undefined) return undefined;
  try {
    const area = object.kernel.memory.read(at, legacySize + headerSize + avxSize).slice();
    const view = new DataView(area.buffer);
    const present = view.getBigUint64(legacySize, true) & upToAvx;
    view.setBigUint64(legacySize, present, true);
    view.setBigUint64(legacySize + 8, 0n, true); // no longer compacted
    if ((present & avx) === 0n) area.fill(0, legacySize + headerSize);
    view.setBigUint64(xcr0At, upToAvx, true);
    return area;
  } catch (error) {
    if (error instanceof MemoryError) return undefined;
    throw error;
  }
}

/** Since 5.16 `fpu` points to its state, before it held it. */
function savedState(task: KernelObject): bigint | undefined {
  if (task.has('thread.fpu.fpstate')) {
    const state = task.follow('thread.fpu.fpstate', 'fpstate');
    return state?.addressOf('regs');
  }
  return task.has('thread.fpu.state') ? task.addressOf('thread.fpu.state') : undefined;
}
