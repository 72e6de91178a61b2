import { SondeError } from '../../base/errors.ts';
import type { EvaluationContext } from '../../evaluate/context.ts';
import { memoryValue } from '../../evaluate/makeValue.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import type { Task } from '../../kernel/tasks.ts';
import { type CrashCommand, crashResult } from './command.ts';
import { parseOptions } from './options.ts';
import { evaluationFor } from './struct.ts';
import { findMember, memberText, structText } from './structValue.ts';
import { tasksOrContext } from './taskSelection.ts';
import { taskData, taskHeader } from './taskText.ts';

export const task: CrashCommand = {
  name: 'task',
  summary: 'task_struct and thread_info contents',
  synopsis: '[-R member[,member]] [-dx] [pid | taskp] ...',
  help: `The task_struct and thread_info of tasks, of the selected one when none is named.
  -R      only these members: comm,se.load,flags.
  -x, -d  in hexadecimal or decimal.`,
  run(args, { session, emit }) {
    const options = parseOptions(args, 'R:dx');
    const evaluation = evaluationFor(session, options);
    const members = options.given.filter(({ letter }) => letter === 'R').flatMap(({ value }) => value.split(','));
    for (const one of tasksOrContext(session, options.rest)) {
      const structs = structsOf(session.kernel, one);
      const body = members.length > 0 ? membersText(structs, members, evaluation) : wholeText(structs, evaluation);
      emit(
        crashResult(
          'task',
          () => taskData(one),
          () => `${taskHeader(one)}${body}\n`,
        ),
      );
    }
  },
};

interface Struct {
  readonly name: string;
  readonly address: bigint;
}

/** A kernel keeps thread_info at the beginning of the task, or of its stack (CONFIG_THREAD_INFO_IN_TASK). */
function structsOf(kernel: Kernel, { address }: Task): Struct[] {
  const object = kernel.object('task_struct', address);
  const info = object.has('thread_info') ? object.addressOf('thread_info') : object.pointer('stack');
  return [
    { name: 'task_struct', address },
    { name: 'thread_info', address: info },
  ].filter(({ name }) => kernel.layouts.has(name));
}

const wholeText = (structs: readonly Struct[], evaluation: EvaluationContext): string =>
  structs.map(({ name, address }) => structText(structType(name, evaluation), name, address, evaluation)).join('\n');

function membersText(structs: readonly Struct[], members: readonly string[], evaluation: EvaluationContext): string {
  return members.map((path) => memberLines(structs, path, evaluation)).join('');
}

/** Of whichever has it, or both; what is wrong with one member does not keep the others away. */
function memberLines(structs: readonly Struct[], path: string, evaluation: EvaluationContext): string {
  try {
    const found = structs.map(({ name, address }) =>
      findMember(memoryValue(structType(name, evaluation), address, evaluation.memory), path, evaluation),
    );
    const lines = found.flatMap((member) => (member ? [memberText(path, member, evaluation)] : []));
    return lines.length > 0 ? lines.join('') : `task: ${path}: not a task_struct or thread_info member\n`;
  } catch (error) {
    if (!(error instanceof SondeError)) throw error;
    return `task: ${error.message}\n`;
  }
}

function structType(name: string, { program }: EvaluationContext) {
  const [symbol] = program.types(name, 'struct');
  if (!symbol) throw new SondeError(`invalid data structure reference: ${name}`);
  return symbol.type;
}
