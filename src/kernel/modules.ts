import type { Address } from '../base/address.ts';
import { SondeError } from '../base/errors.ts';
import type { Kernel } from './kernel.ts';
import { listEntries } from './lists.ts';
import type { KernelObject } from './object.ts';

/** A range of a module's memory. */
export interface ModuleRegion {
  readonly base: Address;
  readonly size: number;
}

export interface LoadedModule {
  readonly name: string;
  readonly object: KernelObject;
  /** Code and data; what was only needed while it was initialised is gone, or still there while it is. */
  readonly regions: readonly ModuleRegion[];
}

/** The modules that are loaded, newest first as the kernel has them; where its list is broken, those before. */
export function loadedModules(kernel: Kernel): LoadedModule[] {
  const modules: LoadedModule[] = [];
  if (kernel.findSymbol('modules') === undefined) return modules;
  try {
    for (const object of listEntries(kernel, kernel.symbol('modules'), 'module', 'list')) {
      modules.push({ name: object.string('name'), object, regions: regionsOf(object).filter(({ base, size }) => base !== 0n && size > 0) });
    }
  } catch (error) {
    if (!(error instanceof SondeError)) throw error;
  }
  return modules;
}

/** Since 6.4 an array by kind of memory (enum mod_mem_type); before, two layouts that each hold code and data. */
function regionsOf(module: KernelObject): ModuleRegion[] {
  const { kernel } = module;
  if (!module.has('mem')) {
    return ['core_layout', 'init_layout'].map((layout) => ({
      base: module.pointer(`${layout}.base`),
      size: module.number(`${layout}.size`),
    }));
  }
  const { size } = kernel.layouts.field('module', 'mem');
  const step = kernel.layouts.size('module_memory');
  return Array.from({ length: Math.floor(size / step) }, (_, index) => {
    const memory = kernel.object('module_memory', module.addressOf('mem') + BigInt(index * step));
    return { base: memory.pointer('base'), size: memory.number('size') };
  });
}

export const moduleAt = (modules: readonly LoadedModule[], address: Address): LoadedModule | undefined =>
  modules.find(({ regions }) => regions.some(({ base, size }) => address >= base && address < base + BigInt(size)));
