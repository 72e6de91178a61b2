import type { Address } from '../base/address.ts';
import type { Program } from '../program/program.ts';
import type { Block, FunctionSymbol } from '../program/symbols.ts';

/** Block of an inlined instance (not of an out-of-line function). */
export const isInlined = (block: Block): boolean => block.function?.inlinedAt !== undefined;

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
