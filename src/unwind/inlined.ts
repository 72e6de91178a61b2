import type { Address } from '../base/address.ts';
import type { Program } from '../program/program.ts';
import type { Block, FunctionSymbol } from '../program/symbols.ts';
import type { Frame } from './frame.ts';

/** The blocks of inlined instances that hold an address, innermost first, up to the out-of-line function. */
export function inlinedBlocksAt(program: Program, address: Address): Block[] {
  const inlined: Block[] = [];
  for (let block = program.blockAt(address); block; block = block.parent) {
    if (!block.function) continue;
    if (!block.function.inlinedAt) break;
    inlined.push(block);
  }
  return inlined;
}

/**
 * Inlined functions whose code begins at pc, innermost first. At a stop gdb shows the caller there, as if the call were still ahead; `step`
 * then enters them one by one without running anything.
 */
export function inlinedFunctionsStartingAt(program: Program, pc: Address): FunctionSymbol[] {
  const starting: FunctionSymbol[] = [];
  for (const block of inlinedBlocksAt(program, pc)) {
    if (block.function!.entry !== pc && !startsAt(program, block, pc)) break;
    starting.push(block.function!);
  }
  return starting;
}

/** True if the code before pc is not in the block. */
function startsAt(program: Program, block: Block, pc: Address): boolean {
  for (let before = program.blockAt(pc - 1n); before; before = before.parent) if (before === block) return false;
  return true;
}

/** The frame that inline frames are part of. */
export function normalFrame(frame: Frame): Frame {
  let normal = frame;
  while (normal.kind === 'inline' && normal.older) normal = normal.older;
  return normal;
}

/** Where a frame returns to: the frame that made the call. What was inlined or jumped on by a tail call is no longer waiting. */
export function callerOf(frame: Frame): Frame | undefined {
  let caller = normalFrame(frame).older;
  while (caller && normalFrame(caller).kind === 'tail call') caller = normalFrame(caller).older;
  return caller;
}
