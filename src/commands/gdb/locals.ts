import { formatField, readVariable } from '../../evaluate/index.ts';
import type { Block, VariableSymbol } from '../../program/symbols.ts';
import type { Session } from '../../session/session.ts';
import type { Frame } from '../../unwind/frame.ts';
import { messageOf } from './frameText.ts';

/** The local variables of a frame, innermost block first, as `info locals` and (indented by 8) `backtrace full` print them. */
export function localsText(session: Session, frame: Frame, indent = 0, keep: (variable: VariableSymbol) => boolean = () => true): string {
  if (!frame.block) return 'No symbol table info available.\n';
  const lines: string[] = [];
  for (const block of blocksOf(frame)) {
    for (const variable of block.variables) {
      if (isShown(variable) && keep(variable))
        lines.push(`${' '.repeat(indent)}${variable.name} = ${valueText(session, frame, variable, indent / 2)}\n`);
    }
  }
  return lines.length > 0 ? lines.join('') : 'No locals.\n';
}

/** gdb's iterate_over_block_locals leaves out constants that are given as bytes. */
const isShown = ({ isParameter, location }: VariableSymbol): boolean =>
  !isParameter && !(location.kind === 'constant' && location.value instanceof Uint8Array);

/** From the innermost block at the frame's pc to the function's own. */
export function* blocksOf(frame: Frame): Iterable<Block> {
  for (let block = frame.block; block; block = block.parent) {
    yield block;
    if (block.function) return;
  }
}

/** `<error reading variable i (Cannot access memory at address 0x0)>` where it can't be read. */
function valueText(session: Session, frame: Frame, variable: VariableSymbol, level: number): string {
  try {
    const context = session.evaluationContext(frame);
    return formatField(readVariable(variable, context), undefined, context, { level, breaks: true });
  } catch (error) {
    return `<error reading variable ${variable.name} (${messageOf(error)})>`;
  }
}
