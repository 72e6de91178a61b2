import { SondeError } from '../../base/errors.ts';
import { cpuCount } from '../../kernel/cpus.ts';
import { panicTask } from '../../kernel/panic.ts';
import { currentTask, type Task } from '../../kernel/tasks.ts';
import type { KernelSession } from '../../session/kernelSession.ts';
import { type CrashCommand, type CrashContext, crashResult } from './command.ts';
import { contextData, contextText, describeContext } from './contextText.ts';
import { type Parsed, parseOptions } from './options.ts';
import { taskNamed } from './taskSelection.ts';

export const set: CrashCommand = {
  name: 'set',
  summary: 'set a process context or internal crash variable',
  synopsis: '[[pid | taskp] | [-c cpu] | -p] | [crash_variable [setting]] | -v',
  help: `Without arguments the selected task is shown.
  pid, taskp  selects this task.
  -c cpu      selects the task that runs on this CPU.
  -p          selects the task that panicked.
  -v          shows the variables: scroll, radix, print_max, print_array.`,
  run(args, context) {
    const options = parseOptions(args, 'c:pv');
    const { session } = context;
    if (options.has('v')) return showVariables(context);
    const [name, value] = radixWords[options.rest[0]] ?? options.rest;
    const variable = variables.find((candidate) => candidate.name === name);
    if (variable) {
      if (value !== undefined && !variable.set(session, value)) throw new SondeError(`invalid command: set ${args.join(' ')} `);
      const text = variable.show(session);
      context.emit({ kind: 'variable', data: { name, value: text }, text: () => `${variable.label ?? name}: ${text}\n` });
      return;
    }
    const task = selected(session, options);
    if (task) session.context = task;
    const shown = describeContext(session, session.context);
    context.emit(
      crashResult(
        'context',
        () => contextData(shown),
        () => contextText(shown),
      ),
    );
  },
};

function selected(session: KernelSession, options: Parsed): Task | undefined {
  const { kernel } = session;
  if (options.has('p')) {
    const panicked = panicTask(kernel);
    if (!panicked) throw new SondeError('no panic task found!');
    return panicked.task;
  }
  const cpu = options.value('c');
  if (cpu !== undefined) {
    if (!/^\d+$/.test(cpu) || Number(cpu) >= cpuCount(kernel))
      throw new SondeError(`invalid cpu number: system has only ${cpuCount(kernel)} cpus`);
    const address = currentTask(kernel, Number(cpu));
    return kernel.tasks.find((task) => task.address === address);
  }
  return options.rest.length > 0 ? taskNamed(session, options.rest[0]) : undefined;
}

const radixTexts = { 10: '10 (decimal)', 16: '16 (hex)' } as const;
const radixWords: Readonly<Record<string, readonly string[]>> = { hex: ['radix', '16'], dec: ['radix', '10'] };

/** Variables that mean something here. */
const variables: readonly {
  readonly name: string;
  readonly label?: string;
  show(session: KernelSession): string;
  /** False: no such value. */
  set(session: KernelSession, value: string): boolean;
}[] = [
  {
    name: 'scroll',
    show: ({ settings }) => (settings.boolean('pagination') ? 'on' : 'off (none)'),
    set: ({ settings }, value) => {
      if (!['on', 'off'].includes(value)) return false;
      settings.set('pagination', value === 'on');
      return true;
    },
  },
  {
    name: 'radix',
    label: 'output radix',
    show: ({ radix }) => radixTexts[radix],
    set: (session, value) => {
      if (!['10', '16', 'dec', 'hex', 'decimal', 'hexadecimal'].includes(value)) return false;
      session.radix = /^(16|hex)/.test(value) ? 16 : 10;
      return true;
    },
  },
  {
    name: 'print_max',
    show: ({ settings }) => String(settings.number('print elements')),
    set: ({ settings }, value) => {
      if (!/^\d{1,9}$/.test(value)) return false;
      settings.set('print elements', Number(value));
      return true;
    },
  },
  {
    name: 'print_array',
    show: ({ settings }) => (settings.boolean('print array') ? 'on' : 'off'),
    set: ({ settings }, value) => {
      if (!['on', 'off'].includes(value)) return false;
      settings.set('print array', value === 'on');
      return true;
    },
  },
];

function showVariables({ session, emit }: CrashContext): void {
  const values = variables.map(({ name, show }) => ({ name, value: show(session) }));
  const files = [
    { name: 'namelist', value: session.debugKernel?.path ?? '(none: everything is read from the dump)' },
    { name: 'dumpfile', value: session.dumpFile },
  ];
  const all = [...values, ...files];
  emit(
    crashResult(
      'variables',
      () => Object.fromEntries(all.map(({ name, value }) => [name, value])),
      () => all.map(({ name, value }) => `${name.padStart(14)}: ${value}\n`).join(''),
    ),
  );
}
