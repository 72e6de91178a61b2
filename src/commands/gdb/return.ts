import { SondeError } from '../../base/errors.ts';
import { cast, compile } from '../../evaluate/index.ts';
import { fetched } from '../../evaluate/makeValue.ts';
import type { Value } from '../../evaluate/value.ts';
import type { FunctionSymbol } from '../../program/symbols.ts';
import { bare } from '../../program/types.ts';
import { classify } from '../../session/returnValue.ts';
import type { Session } from '../../session/session.ts';
import type { Command, CommandContext } from '../command.ts';
import { showSelected } from './frames.ts';

/** return: leaving a function without executing the rest of it. */
export const returnCommand: Command = {
  name: 'return',
  group: 'running',
  summary: 'Make selected stack frame return to its caller.',
  help: 'Control remains in the debugger, but when you continue\nexecution will resume in the frame above the one now selected.\nIf an argument is given, it is an expression for the value to return.',
  completes: 'expression',
  run: returnFromFrame,
};

async function returnFromFrame(args: string, context: CommandContext): Promise<void> {
  const { session } = context;
  const frame = session.innermostFrame && session.selectedFrame;
  if (!frame) throw new SondeError('No selected frame.');
  if (frame.kind === 'inline') throw new SondeError('Can not force return from an inlined function.');
  const value = args === '' ? undefined : await valueToReturn(session, args, frame.function);
  if (context.fromTerminal && !(await confirmed(context, frame.function, value))) throw new SondeError('Not confirmed');
  session.control.returnFrom(frame, value);
  if (context.fromTerminal) showSelected(context);
}

async function valueToReturn(session: Session, expression: string, called: FunctionSymbol | undefined): Promise<Value> {
  const value = fetched(await session.evaluate(expression));
  if (called) return cast(called.type.returns, value, session.evaluationContext());
  if (compile(expression, session.evaluationContext()).isCast) return value;
  throw new SondeError('Return value type not available for selected stack frame.\nPlease use an explicit cast of the value to return.');
}

function confirmed({ session, query }: CommandContext, called: FunctionSymbol | undefined, value: Value | undefined): Promise<boolean> {
  if (!called) return query('Make selected stack frame return now? ');
  if (called.doesNotReturn) session.emit({ kind: 'warning', text: 'Function does not return normally to caller.' });
  const ignored =
    value && bare(value.type).kind !== 'void' && classify(value.type)[0] === 'memory'
      ? "The location at which to store the function's return value is unknown.\nIf you continue, the return value that you specified will be ignored.\n"
      : '';
  return query(`${ignored}Make ${called.name} return now? `);
}
