import { R } from '../../arch/registers.ts';
import { hex } from '../../base/address.ts';
import { SondeError } from '../../base/errors.ts';
import { asInteger } from '../../evaluate/scalars.ts';
import type { Checkpoint } from '../../session/checkpoints.ts';
import type { Session } from '../../session/session.ts';
import type { Command, CommandContext, Result } from '../command.ts';
import { textResult } from '../command.ts';

/** `checkpoint` and `restart`: snapshots of a program as forks of it. */
export const checkpointCommands: readonly Command[] = [
  {
    name: 'checkpoint',
    group: 'obscure',
    summary: 'Fork a duplicate process (experimental).',
    completes: 'none',
    needs: ['process'],
    run: (_args, { session, emit }) => {
      const checkpoint = session.control.checkpoint();
      const { number, target } = checkpoint;
      emit({
        kind: 'checkpoint',
        data: { number, pid: target.pid },
        text: () => `checkpoint ${number}: fork returned pid ${target.pid}.\n`,
      });
    },
  },
  {
    name: 'info checkpoints',
    group: 'status',
    summary: 'IDs of currently known checkpoints.',
    completes: 'none',
    run: async (args, { session, emit }) => emit(list(args === '' ? undefined : await numberOf(args, session), session)),
  },
  {
    name: 'restart',
    group: 'obscure',
    summary: 'Restore program context from a checkpoint.',
    help: "Usage: restart N\nArgument N is checkpoint ID, as displayed by 'info checkpoints'.",
    completes: 'none',
    run: restart,
  },
  {
    name: 'delete checkpoint',
    group: 'breakpoints',
    summary: 'Delete a checkpoint (experimental).',
    completes: 'none',
    run: async (args, context) => {
      const checkpoint = await named(args, 'delete', 'deleting', context.session);
      const name = processName(checkpoint, context.session);
      context.session.control.dropCheckpoint(checkpoint, 'kill');
      if (context.fromTerminal) context.emit(textResult(`Killed ${name}\n`));
    },
  },
  {
    name: 'detach checkpoint',
    group: 'running',
    summary: 'Detach from a checkpoint (experimental).',
    completes: 'none',
    run: async (args, context) => {
      const checkpoint = await named(args, 'detach', 'detaching', context.session);
      const name = processName(checkpoint, context.session);
      context.session.control.dropCheckpoint(checkpoint, 'detach');
      if (context.fromTerminal) context.emit(textResult(`Detached ${name}\n`));
    },
  },
];

async function restart(args: string, context: CommandContext): Promise<void> {
  const { session } = context;
  if (args === '') throw new SondeError('Requires argument (checkpoint id to restart)');
  const checkpoint = session.checkpoints.find(await numberOf(args, session));
  if (!checkpoint) throw new SondeError(`Not found: checkpoint id ${args}`);
  session.control.switchToCheckpoint(checkpoint);
  context.emit(textResult(`Switching to ${processName(checkpoint, session)}\n`));
  await context.execute('frame');
}

/** A checkpoint's number may be any expression. */
const numberOf = async (args: string, session: Session): Promise<number> => Number(asInteger(await session.evaluate(args)));

/** The checkpoint that `delete` or `detach` is about: never the current process. */
async function named(args: string, verb: string, doing: string, session: Session): Promise<Checkpoint> {
  if (args === '') throw new SondeError(`Requires argument (checkpoint id to ${verb})`);
  const checkpoint = session.checkpoints.find(await numberOf(args, session));
  if (!checkpoint) throw new SondeError(`No such checkpoint id, ${args}`);
  if (isCurrent(checkpoint, session)) throw new SondeError(`Please switch to another checkpoint before ${doing} the current one`);
  return checkpoint;
}

const isCurrent = ({ target }: Checkpoint, { live }: Session): boolean => target.pid === live?.pid;

/** Only the current process's thread library is known. */
function processName(checkpoint: Checkpoint, session: Session): string {
  const pthread = isCurrent(checkpoint, session) ? session.threads[0]?.pthread : undefined;
  return pthread === undefined ? `process ${checkpoint.target.pid}` : `Thread ${hex(pthread)} (LWP ${checkpoint.target.pid})`;
}

function list(number: number | undefined, session: Session): Result {
  const forks = session.checkpoints.all.filter((fork) => number === undefined || fork.number === number);
  if (forks.length === 0) return textResult(number === undefined ? 'No checkpoints.\n' : `No checkpoint number ${number}.\n`);
  const rows = forks.map((fork) => {
    const pc = fork.target.registers(fork.target.pid).get(R.rip) ?? 0n;
    const line = session.program.lineAt(pc);
    const symbol = line ? undefined : session.program.minimalSymbolAt(pc)?.symbol.name;
    return { fork, current: isCurrent(fork, session), name: processName(fork, session), pc, line, symbol };
  });
  return {
    kind: 'checkpoints',
    data: rows.map(({ fork, current, pc }) => ({ number: fork.number, pid: fork.target.pid, current, pc: hex(pc) })),
    text: () =>
      rows
        .map(({ fork, current, name, pc, line, symbol }) => {
          const place = line ? `, file ${line.file.name}, line ${line.line}` : symbol ? `, <${symbol}>` : '';
          return `${current ? '*' : ' '} ${fork.number} ${name}${fork.number === 0 ? ' (main process)' : ''} at ${hex(pc)}${place}\n`;
        })
        .join(''),
  };
}
