import { savedRegistersOn } from '../../kernel/stackScan.ts';
import { type KernelStack, taskStack } from '../../kernel/stacks.ts';
import { savedFrameText } from './btViews.ts';
import { type CrashContext, crashResult } from './command.ts';
import { wordAt } from './stackWords.ts';
import { taskData, taskHeader } from './taskText.ts';

/** `bt -E`: saved registers on each CPU's interrupt stack, then on its exception stacks. */
export function exceptionStacks(cpus: readonly number[] | undefined, { session, emit }: CrashContext): void {
  const { kernel } = session;
  const wanted = kernel.unwinder.stacks.filter(({ cpu = -1 }) => !cpus || cpus.includes(cpu));
  const interrupt = wanted.filter(({ kind }) => kind === 'IRQ');
  const exception = wanted.filter(({ kind }) => kind !== 'IRQ' && kind !== 'ENTRY');
  for (const stack of [...interrupt, ...exception]) {
    const found = savedRegistersOn(kernel, stack);
    if (found.length === 0 && isRare(stack)) continue;
    const name = `CPU ${stack.cpu} ${stack.kind} ${stack.kind === 'IRQ' ? 'STACK' : 'EXCEPTION STACK'}`;
    emit(
      crashResult(
        'stack',
        () => ({ cpu: stack.cpu, stack: stack.kind, registers: found.map(({ data }) => data) }),
        () => `${name}:\n${found.map((registers) => savedFrameText(kernel, registers)).join('') || '(none found)\n'}\n`,
      ),
    );
  }
}

/** Stacks for machine checks and virtual machines' exceptions: only told of when they were used. */
const isRare = ({ kind }: KernelStack): boolean => kind === 'MCE' || kind === 'VC';

/** STACK_END_MAGIC: the lowest word of every stack, as long as it was never full (include/uapi/linux/magic.h). */
const endMagic = 0x57ac6e9dn;

/** `bt -v`: stacks that were too small. */
export function overflows({ session, emit }: CrashContext): void {
  const { kernel } = session;
  const found = kernel.tasks
    .map((task) => ({ task, word: wordAt(kernel, taskStack(task.object).base) }))
    .filter(({ word }) => word !== undefined && word !== endMagic);
  emit(
    crashResult(
      'overflows',
      () => found.map(({ task }) => taskData(task)),
      () => {
        if (found.length === 0) return 'No stack overflows detected\n';
        return found
          .map(({ task, word }) => `${taskHeader(task)}  possible stack overflow: ${word?.toString(16)} != STACK_END_MAGIC\n`)
          .join('\n');
      },
    ),
  );
}
