import { cpuCount } from '../../kernel/cpus.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import { preciseTimers, type TimerBase, type TimerClock, timerBases } from '../../kernel/timers.ts';
import { type CrashCommand, type CrashContext, crashResult } from './command.ts';
import { selectedCpus } from './cpuSelection.ts';
import { parseOptions } from './options.ts';
import { pointer } from './taskText.ts';

export const timer: CrashCommand = {
  name: 'timer',
  summary: 'timer data',
  synopsis: '[-r][-C cpu]',
  help: `Timers that have not expired yet, by CPU, with what they will call; TTE is the time to expiry.
  -r  high-resolution timers, in nanoseconds of their clocks.
  -C  only those of these CPUs.`,
  run(args, context) {
    const options = parseOptions(args, 'rC:');
    const { kernel } = context.session;
    const wanted = options.value('C');
    const cpus = wanted === undefined ? Array.from({ length: cpuCount(kernel) }, (_, cpu) => cpu) : selectedCpus(kernel, wanted);
    if (options.has('r')) return precise(cpus, context);
    const jiffies = kernel.word(kernel.symbol('jiffies'));
    context.emit({
      kind: 'jiffies',
      data: Number(jiffies),
      text: () => `JIFFIES${' '.repeat(String(jiffies).length - 7)}\n${jiffies}\n\n`,
    });
    cpus.forEach((cpu, index) => {
      const bases = timerBases(kernel, cpu);
      context.emit(
        crashResult(
          'timers',
          () => bases.map((base) => ({ cpu, base: base.name, timers: base.timers.map((each) => timerData(kernel, each)) })),
          () => (index > 0 ? '\n' : '') + bases.map((base) => baseText(kernel, base, jiffies)).join(''),
        ),
      );
    });
  },
};

const handlerName = (kernel: Kernel, address: bigint): string => kernel.symbols.nearest(address)?.symbol.name ?? '';
const handlerText = (kernel: Kernel, address: bigint): string => `${pointer(address)}  <${handlerName(kernel, address)}>`;
const timerData = (kernel: Kernel, { address, expires, handler }: TimerBase['timers'][number]) => ({
  timer: `0x${pointer(address)}`,
  expires: Number(expires),
  handler: handlerName(kernel, handler),
});

function baseText(kernel: Kernel, { cpu, name, address, timers }: TimerBase, jiffies: bigint): string {
  const left = timers.map(({ expires }) => String(BigInt.asIntN(64, expires - jiffies)));
  const width = Math.max(3, ...left.map((text) => text.length));
  const digits = Math.max(10, ...timers.map(({ expires }) => String(expires).length));
  const lines = timers.map(
    ({ address: at, expires, handler }, index) =>
      `  ${String(expires).padStart(digits)}   ${left[index].padStart(width)}  ${pointer(at)}  ${handlerText(kernel, handler)}\n`,
  );
  return `TIMER_BASES[${cpu}][${name}]: ${pointer(address)}\n${'  EXPIRES'.padEnd(digits + 7)}${'TTE'.padEnd(width + 6)}TIMER_LIST     FUNCTION\n${lines.join('')}`;
}

function precise(cpus: readonly number[], { session: { kernel }, emit }: CrashContext): void {
  cpus.forEach((cpu, index) => {
    const { address, clocks } = preciseTimers(kernel, cpu);
    const text = () =>
      `${index > 0 ? '\n' : ''}CPU: ${cpu}  HRTIMER_CPU_BASE: ${pointer(address)}\n${clocks.map((clock, number) => clockText(kernel, clock, number)).join('\n')}`;
    const data = () => ({
      cpu,
      clocks: clocks.map(({ reader, now, timers }) => ({
        reader,
        now: String(now),
        timers: timers.map(({ address: at, softExpires, expires, handler }) => ({
          timer: `0x${pointer(at)}`,
          softExpires: String(softExpires),
          expires: String(expires),
          handler: handlerName(kernel, handler),
        })),
      })),
    });
    emit(crashResult('high-resolution timers', data, text));
  });
}

function clockText(kernel: Kernel, { address, reader, now, timers }: TimerClock, number: number): string {
  const head = `  CLOCK: ${number}  HRTIMER_CLOCK_BASE: ${pointer(address)}  [${reader}]\n`;
  if (timers.length === 0) return `${head}  (empty)\n`;
  const left = timers.map(({ expires }) => String(expires - now));
  const width = Math.max(11, ...timers.flatMap(({ softExpires, expires }) => [String(softExpires).length, String(expires).length]));
  const leftWidth = Math.max(...left.map((text) => text.length));
  const lines = timers.map(
    ({ address: at, softExpires, expires, handler }, index) =>
      `  ${centred(String(softExpires), width)}  ${centred(String(expires), width)}  ${left[index].padStart(leftWidth)}  ${pointer(at)}  ${handlerText(kernel, handler)}\n`,
  );
  return `${head}  ${centred('CURRENT', width)}\n  ${centred(String(now), width)}\n  ${centred('SOFTEXPIRES', width)}  ${centred('EXPIRES', width)}  ${centred('TTE', leftWidth)}      HRTIMER           FUNCTION    \n${lines.join('')}`;
}

/** What is left over goes to the left. */
function centred(text: string, width: number): string {
  return text.padStart(text.length + Math.ceil((width - text.length) / 2)).padEnd(width);
}
