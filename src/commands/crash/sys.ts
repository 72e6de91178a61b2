import { cpuCount, onlineCpus } from '../../kernel/cpus.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import {
  firmwareStrings,
  loadAverages,
  presentPages,
  processorMegahertz,
  systemNames,
  uptimeSeconds,
  wallClock,
} from '../../kernel/machine.ts';
import { panicMessage, panicTask } from '../../kernel/panic.ts';

import type { KernelSession } from '../../session/kernelSession.ts';
import { type CrashCommand, type CrashContext, crashResult, UsageError } from './command.ts';
import { contextData, contextText, describeContext } from './contextText.ts';
import { dateText } from './dateText.ts';
import { duration } from './duration.ts';
import { parseOptions } from './options.ts';
import { systemCalls } from './sysCalls.ts';

export const sys: CrashCommand = {
  name: 'sys',
  summary: 'system data',
  synopsis: '[-c [name|number]] [-t] [-i] config',
  help: `Without arguments: what the banner says of the system.
  -c [name|number]  the table of system calls, or the part of it that matches.
  -t                why the kernel is tainted.
  -i                what the firmware says of the machine (DMI).`,
  run(args, context) {
    const options = parseOptions(args, 'ctip:');
    if (options.has('c')) return systemCalls(options.rest, context);
    if (options.has('i')) return firmware(context);
    if (options.has('t')) return taint(context);
    if (options.rest.length > 0) throw new UsageError('');
    const lines = describeSystem(context.session);
    context.emit(
      crashResult(
        'system',
        () => systemData(lines),
        () => systemText(lines),
      ),
    );
  },
};

type Lines = readonly (readonly [name: string, value: string])[];

/** What the banner says of the system. */
function describeSystem({ kernel, dumpFile, debugKernel, isLive }: KernelSession): Lines {
  const names = systemNames(kernel);
  const load = loadAverages(kernel).map(loadText).join(', ');
  return [
    ['KERNEL', debugKernel?.path ?? `${names.release} (described by the dump itself)`],
    ['DUMPFILE', `${dumpFile}${kernel.dump.dumpLevel > 0 ? '  [PARTIAL DUMP]' : ''}`],
    ['CPUS', cpusText(kernel)],
    ['DATE', dateText(wallClock(kernel))],
    ['UPTIME', duration(uptimeSeconds(kernel))],
    ['LOAD AVERAGE', load],
    ['TASKS', String(kernel.tasks.length)],
    ['NODENAME', names.node],
    ['RELEASE', names.release],
    ['VERSION', names.version],
    ['MACHINE', `${names.machine}  (${processorMegahertz(kernel)} Mhz)`],
    ['MEMORY', memoryText(presentPages(kernel))],
    ...(isLive ? [] : [['PANIC', `"${panicMessage(kernel) ?? ''}"`] as const]),
  ];
}

/** Those that don't run are counted too. */
export function cpusText(kernel: Kernel): string {
  const all = cpuCount(kernel);
  const offline = all - onlineCpus(kernel).length;
  return offline > 0 ? `${all} [OFFLINE: ${offline}]` : String(all);
}

const systemText = (lines: Lines): string => lines.map(([name, value]) => `${name.padStart(12)}: ${value}\n`).join('');
const systemData = (lines: Lines) => Object.fromEntries(lines.map(([name, value]) => [name.toLowerCase().replace(' ', '_'), value]));

/** What `mach` says of the same. */
export const machineFacts = (kernel: Kernel): { readonly machine: string; readonly memory: string } => ({
  machine: systemNames(kernel).machine,
  memory: memoryText(presentPages(kernel)),
});

/** All that is said at the start. */
export function banner(session: KernelSession, { emit }: Pick<CrashContext, 'emit'>): void {
  const lines = describeSystem(session);
  const context = describeContext(session, session.context);
  const warning = session.isLive || panicTask(session.kernel) ? '' : '     WARNING: panic task not found\n';
  emit(
    crashResult(
      'banner',
      () => ({ ...systemData(lines), ...contextData(context) }),
      () => `${systemText(lines)}${contextText(context, 12)}${warning}\n`,
    ),
  );
}

/** 1/2048ths, rounded to hundredths as the kernel does in /proc/loadavg. */
function loadText(value: number): string {
  const rounded = value + Math.floor(2048 / 200);
  return `${rounded >> 11}.${String(((rounded & 2047) * 100) >> 11).padStart(2, '0')}`;
}

function memoryText(pages: number): string {
  const megabytes = pages / 256;
  if (megabytes < 1024) return `${trimmed(megabytes)} MB`;
  return `${trimmed(megabytes / 1024)} GB`;
}
const trimmed = (value: number): string => value.toFixed(1).replace(/\.0$/, '');

function firmware({ session, emit }: CrashContext): void {
  const found = firmwareStrings(session.kernel);
  const text = () => found.map(({ name, value }) => `${name.padStart(25)}: ${value}\n`).join('');
  emit(crashResult('firmware', () => Object.fromEntries(found.map(({ name, value }) => [name, value])), text));
}

/** One letter for each bit of tainted_mask (kernel/panic.c: taint_flags). */
const taintLetters = 'PFSRMBUDAWCIOELKXTNJ';

function taint({ session: { kernel }, emit }: CrashContext): void {
  const mask = kernel.word(kernel.symbol('tainted_mask'));
  const letters = [...taintLetters].filter((_, bit) => (mask >> BigInt(bit)) & 1n).join('');
  emit({
    kind: 'taint',
    data: { mask: `0x${mask.toString(16)}`, letters },
    text: () => `TAINTED_MASK: ${mask.toString(16)}  ${letters}\n`,
  });
}
