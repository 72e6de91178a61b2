import { DwarfFile, type SectionReader } from '../../formats/dwarf/file.ts';
import type { DebugInfo, Module } from '../module.ts';
import type { SplitFiles } from '../splitFiles.ts';
import { DwarfDebugInfo } from './debugInfo.ts';

/**
 * Debug info of a module from the `.debug_*` sections that `sections` hands out; `supplementary` does so for the file that dwz moved common
 * parts to, `splitFiles` finds what the compiler left in .dwo files. Headers of units are read at once, and FormatError thrown if they are damaged; everything else when it is asked for.
 */
export function createDebugInfo(
  module: Module,
  sections: SectionReader,
  others: { readonly supplementary?: SectionReader; readonly splitFiles?: SplitFiles } = {},
): DebugInfo {
  return new DwarfDebugInfo(module, new DwarfFile(sections, others), others.splitFiles);
}
