import type { Address } from '../base/address.ts';
import { SondeError } from '../base/errors.ts';
import type { Kernel } from './kernel.ts';
import { ticksPerSecond, uptimeTicks } from './machine.ts';
import { arrayLength } from './memoryNodes.ts';
import { treeNodes } from './redBlackTree.ts';

export interface Timer {
  readonly address: Address;
  readonly expires: bigint;
  readonly handler: Address;
}

/** A timer wheel of a CPU: `struct timer_base`. */
export interface TimerBase {
  readonly cpu: number;
  readonly index: number;
  readonly name: string;
  readonly address: Address;
  /** By expiry, in jiffies. */
  readonly timers: readonly Timer[];
}

/** By how many there are (kernel/time/timer.c: BASE_STD …). */
const baseNames: Readonly<Record<number, readonly string[]>> = {
  1: ['BASE_STD'],
  2: ['BASE_STD', 'BASE_DEF'],
  3: ['BASE_LOCAL', 'BASE_GLOBAL', 'BASE_DEF'],
};
const mostTimers = 1 << 20;

export function timerBases(kernel: Kernel, cpu: number): TimerBase[] {
  const first = kernel.perCpu('timer_bases', cpu);
  const size = kernel.layouts.size('timer_base');
  const type = kernel.types.variable('timer_bases');
  const count = type?.kind === 'array' ? (type.count ?? 1) : 1;
  return Array.from({ length: count }, (_, index) => {
    const address = first + BigInt(index * size);
    return { cpu, index, name: baseNames[count]?.[index] ?? `BASE_${index}`, address, timers: timersOf(kernel, address) };
  });
}

function timersOf(kernel: Kernel, base: Address): Timer[] {
  const vectors = base + BigInt(kernel.layouts.offset('timer_base', 'vectors'));
  const link = BigInt(kernel.layouts.offset('timer_list', 'entry'));
  const timers: Timer[] = [];
  for (let index = 0; index < arrayLength(kernel, 'timer_base', 'vectors'); index++) {
    for (let at = kernel.word(vectors + BigInt(index * 8)); at !== 0n; at = kernel.word(at)) {
      if (timers.length > mostTimers) throw new SondeError('a list of timers goes round in a circle');
      const timer = kernel.object('timer_list', at - link);
      timers.push({ address: timer.address, expires: BigInt.asUintN(64, timer.value('expires')), handler: timer.pointer('function') });
    }
  }
  return timers.sort((a, b) => (a.expires < b.expires ? -1 : a.expires > b.expires ? 1 : 0));
}

/** A high-resolution timer; times in nanoseconds of its clock. */
export interface PreciseTimer extends Timer {
  readonly softExpires: bigint;
}

export interface TimerClock {
  readonly address: Address;
  /** Of the function that reads the clock; until 6.16. */
  readonly reader: string;
  readonly now: bigint;
  readonly timers: readonly PreciseTimer[];
}

/** High-resolution timers of a CPU by clock (include/linux/hrtimer.h). */
export function preciseTimers(kernel: Kernel, cpu: number): { readonly address: Address; readonly clocks: readonly TimerClock[] } {
  const address = kernel.perCpu('hrtimer_bases', cpu);
  const size = kernel.layouts.size('hrtimer_clock_base');
  const first = address + BigInt(kernel.layouts.offset('hrtimer_cpu_base', 'clock_base'));
  const uptime = (uptimeTicks(kernel) * 1_000_000_000n) / BigInt(ticksPerSecond(kernel));
  const clocks = Array.from({ length: arrayLength(kernel, 'hrtimer_cpu_base', 'clock_base') }, (_, index) => {
    const base = kernel.object('hrtimer_clock_base', first + BigInt(index * size));
    const root = base.pointer('active.rb_root.rb_root.rb_node');
    const timers: PreciseTimer[] = [];
    for (const timer of treeNodes(kernel, root, 'hrtimer', 'node.node')) {
      timers.push({
        address: timer.address,
        softExpires: timer.value('_softexpires'),
        expires: timer.value('node.expires'),
        handler: timer.pointer('function'),
      });
    }
    const reader = base.has('get_time')
      ? (kernel.symbols.nearest(base.pointer('get_time'))?.symbol.name ?? '')
      : `clock ${base.number('clockid')}`;
    return { address: base.address, reader, now: uptime + base.value('offset'), timers };
  });
  return { address, clocks };
}
