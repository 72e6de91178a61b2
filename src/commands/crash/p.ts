import { SondeError } from '../../base/errors.ts';
import type { EvaluationContext } from '../../evaluate/context.ts';
import { evaluate, type Format, formatTypeName, formatValue } from '../../evaluate/index.ts';
import { memoryValue } from '../../evaluate/makeValue.ts';
import type { Value } from '../../evaluate/value.ts';
import { variableType } from '../../kernel/kernelProgram.ts';
import { type CrashCommand, type CrashContext, crashResult, UsageError } from './command.ts';
import { selectedCpus } from './cpuSelection.ts';

export const p: CrashCommand = {
  name: 'p',
  summary: 'print the value of an expression',
  synopsis: '[-x|-d][-u] [expression | symbol[:cpuspec]]',
  raw: true,
  help: `A C expression over the kernel's variables and types. A per-CPU variable is followed by the CPUs it is wanted of: runqueues:0,
current_task:a; without any, where it is of each.
  -x, -d  in hexadecimal or decimal.
  -u      an expression of the selected task's user program instead; a name that only the program has means that too.`,
  run([text], context) {
    const [, flags, expression] = /^((?:-[xdu]\s+)*)(.*)$/s.exec(text) as RegExpExecArray;
    if (expression.trim() === '') throw new UsageError('');
    const { session } = context;
    if (flags.includes('u')) return context.executeInProcess(`print${flags.includes('x') ? '/x' : ''} ${expression}`);
    const radix = flags.includes('x') ? 16 : flags.includes('d') ? 10 : session.radix;
    const evaluation = session.evaluationContext();
    const shown: EvaluationContext = { ...evaluation, limits: { ...evaluation.limits, outputRadix: radix } };
    const [, name, cpus] = /^(\w+)(?::(\S+))?$/.exec(expression.trim()) ?? [];
    if (name !== undefined && isPerCpu(name, context))
      return cpus === undefined ? perCpuAddresses(name, context) : perCpu(name, cpus, shown, context);
    if (cpus !== undefined) throw new SondeError(`${name} is not a per-cpu symbol`);
    const value = evaluatedInKernel(expression, shown, context);
    if (value === undefined) return context.executeInProcess(`print${radix === 16 ? '/x' : ''} ${expression}`);
    show(name !== undefined && session.kernel.findSymbol(name) !== undefined ? `${name} = ` : '', value, shown, context);
  },
};

/** Undefined: a name in it is not the kernel's, and the selected task has a program, which may know it. */
function evaluatedInKernel(text: string, shown: EvaluationContext, { session }: CrashContext): Value | undefined {
  try {
    return evaluated(text, shown);
  } catch (error) {
    const isUnknown = error instanceof SondeError && /No symbol "\w+" in current context/.test(error.message);
    const name = isUnknown ? /No symbol "(\w+)"/.exec(error.message)?.[1] : undefined;
    const { context: task } = session;
    if (name === undefined || !task.mm || !knows(session, name)) throw error;
    return undefined;
  }
}

/** Has the selected task's program something of this name? */
function knows(session: CrashContext['session'], name: string): boolean {
  try {
    const { program, selectedFrame } = session.process(session.context).session;
    return (
      program.modules.some(({ minimal }) => minimal.named(name).length > 0) ||
      selectedFrame?.block?.variables.some((variable) => variable.name === name) === true
    );
  } catch (error) {
    if (error instanceof SondeError) return false;
    throw error;
  }
}

export function evaluated(text: string, context: EvaluationContext): Value {
  try {
    return evaluate(text, context);
  } catch (error) {
    if (!(error instanceof SondeError)) throw error;
    throw new SondeError(`gdb request failed: ${error.message}`);
  }
}

/** `label` and the value as `$1 = …`; it is kept as that. */
export function show(label: string, value: Value, shown: EvaluationContext, { session, emit }: CrashContext, format?: Format): void {
  const text = formatValue(value, format, shown);
  const number = session.values.record(value);
  emit(
    crashResult(
      'value',
      () => ({ number, label: label.replace(' = ', ''), text }),
      () => `${label}$${number} = ${text}\n`,
    ),
  );
}

/** BTF says which variables are per-CPU, but for that of old compilers; their symbols lie between two of the linker's labels. */
function isPerCpu(name: string, { session: { kernel } }: CrashContext): boolean {
  const address = kernel.findSymbol(name);
  if (address === undefined) return false;
  const [start, end] = [kernel.findSymbol('__per_cpu_start'), kernel.findSymbol('__per_cpu_end')];
  return kernel.types.variable(name) !== undefined || (start !== undefined && end !== undefined && address >= start && address < end);
}

function perCpu(name: string, cpus: string, shown: EvaluationContext, context: CrashContext): void {
  const { kernel } = context.session;
  const type = variableType(kernel, name);
  if (!type) throw new SondeError(`the type of ${name} is not known`);
  for (const cpu of selectedCpus(kernel, cpus)) {
    show(`per_cpu(${name}, ${cpu}) = `, memoryValue(type, kernel.perCpu(name, cpu), shown.memory), shown, context);
  }
}

function perCpuAddresses(name: string, { session: { kernel }, emit }: CrashContext): void {
  const type = variableType(kernel, name);
  const places = selectedCpus(kernel, 'a').map((cpu) => ({ cpu, address: kernel.perCpu(name, cpu).toString(16) }));
  const lines = places.map(({ cpu, address }) => `  [${cpu}]: ${address}\n`);
  emit(
    crashResult(
      'per-cpu addresses',
      () => places.map(({ cpu, address }) => ({ cpu, address: `0x${address}` })),
      () => `PER-CPU DATA TYPE:\n  ${type ? formatTypeName(type, 'c', name) : name};\nPER-CPU ADDRESSES:\n${lines.join('')}`,
    ),
  );
}
