import { SondeError } from '../base/errors.ts';
import type { Kernel } from './kernel.ts';

/** jiffies begin five minutes before they wrap around at 32 bits: INITIAL_JIFFIES (include/linux/jiffies.h). */
const initialJiffies = (hz: number): bigint => BigInt.asUintN(32, BigInt(-300 * hz));

/** Ticks per second: what the jiffies clock source counts (kernel/time/jiffies.c: TICK_NSEC << JIFFIES_SHIFT). */
export function ticksPerSecond(kernel: Kernel): number {
  const clock = kernel.object('clocksource', kernel.symbol('clocksource_jiffies'));
  const tick = clock.number('mult') / 2 ** clock.number('shift');
  if (!(tick > 0)) throw new SondeError('the jiffies clock source does not say how long a tick is');
  return Math.round(1e9 / tick);
}

/** Since the kernel started, in ticks. */
export const uptimeTicks = (kernel: Kernel): bigint => kernel.word(kernel.symbol('jiffies_64')) - initialJiffies(ticksPerSecond(kernel));

export const uptimeSeconds = (kernel: Kernel): number => Number(uptimeTicks(kernel)) / ticksPerSecond(kernel);

/**
 * Seconds since the epoch when the dump was taken: the timekeeper's (kernel/time/timekeeping.c), which follows a sequence counter; the first of several since 6.17.
 */
export function wallClock(kernel: Kernel): number {
  const core = kernel.findSymbol('tk_core') ?? kernel.symbol('timekeeper_data');
  const offset = kernel.layouts.has('tk_data', 'timekeeper') ? kernel.layouts.offset('tk_data', 'timekeeper') : 8;
  return kernel.object('timekeeper', core + BigInt(offset)).number('xtime_sec');
}

/** Load averages over 1, 5 and 15 minutes, in units of 1/2048 (FSHIFT, include/linux/sched/loadavg.h). */
export const loadAverages = (kernel: Kernel): number[] =>
  [0, 8, 16].map((at) => Number(kernel.word(kernel.symbol('avenrun') + BigInt(at))));

/** `uname`'s words. */
export function systemNames(kernel: Kernel): Record<'node' | 'release' | 'version' | 'machine', string> {
  const names = kernel.object('uts_namespace', kernel.symbol('init_uts_ns')).member('name', 'new_utsname');
  return {
    node: names.string('nodename'),
    release: names.string('release'),
    version: names.string('version'),
    machine: names.string('machine'),
  };
}

export const processorMegahertz = (kernel: Kernel): number => Math.floor(kernel.int(kernel.symbol('cpu_khz')) / 1000);

/** Pages of memory that are really there, over all nodes. */
export function presentPages(kernel: Kernel): number {
  const single = kernel.findSymbol('contig_page_data');
  if (single !== undefined) return kernel.object('pglist_data', single).number('node_present_pages');
  const nodes = kernel.symbol('node_data');
  let pages = 0;
  for (let node = 0; node < nodeLimit(kernel); node++) {
    const address = kernel.word(nodes + BigInt(node * 8));
    if (address !== 0n) pages += kernel.object('pglist_data', address).number('node_present_pages');
  }
  return pages;
}

/** nr_node_ids is a constant in kernels for one node only. */
function nodeLimit(kernel: Kernel): number {
  const address = kernel.findSymbol('nr_node_ids');
  const limit = address === undefined ? 1 : kernel.int(address);
  if (limit < 1 || limit > 1024) throw new SondeError(`impossible number of memory nodes: ${limit}`);
  return limit;
}

/** What the firmware says of the machine: names without `DMI_`'s meaning, in the kernel's order (drivers/firmware/dmi_scan.c). */
export function firmwareStrings(kernel: Kernel): { name: string; value: string }[] {
  const address = kernel.findSymbol('dmi_ident');
  const fields = kernel.types.enumeration('dmi_field');
  if (address === undefined || !fields) return [];
  return fields.enumerators
    .filter(({ name }) => !['DMI_NONE', 'DMI_STRING_MAX', 'DMI_OEM_STRING'].includes(name))
    .map(({ name, value }) => {
      const at = kernel.word(address + value * 8n);
      return { name, value: at === 0n ? undefined : kernel.string(at) };
    })
    .filter((field): field is { name: string; value: string } => field.value !== undefined);
}
