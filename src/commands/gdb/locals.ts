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
    for (const variable of inGdbOrder(block)) {
      if (!variable.isParameter && keep(variable)) lines.push(`${' '.repeat(indent)}${variable.name} = ${valueText(session, frame, variable)}\n`);
    }
  }
  return lines.length > 0 ? lines.join('') : 'No locals.\n';
}

/** From the innermost block at the frame's pc to the function's own. */
export function* blocksOf(frame: Frame): Iterable<Block> {
  for (let block = frame.block; block; block = block.parent) {
    yield block;
    if (block.function) return;
  }
}

/** `<error reading variable i (Cannot access memory at address 0x0)>` where it can't be read. */
function valueText(session: Session, frame: Frame, variable: VariableSymbol): string {
  try {
    const context = session.evaluationContext(frame);
    return formatField(readVariable(variable, context), undefined, context);
  } catch (error) {
    return `<error reading variable ${variable.name} (${messageOf(error)})>`;
  }
}

/**
 * gdb keeps the symbols of a function's outermost block in the order of the debug info, those of a nested block in a hash table
 * (dictionary.c), and prints them as they come. Buckets: 5/4 of the number of symbols, and one.
 */
export function inGdbOrder(block: Block): readonly VariableSymbol[] {
  if (block.function) return block.variables;
  const size = block.variables.length + block.types.length + block.labels.length;
  const buckets = Math.floor((size * 5) / 4) + 1;
  return block.variables
    .map((variable, index) => ({ variable, index, bucket: nameHash(variable.name) % buckets }))
    .sort((a, b) => a.bucket - b.bucket || a.index - b.index)
    .map(({ variable }) => variable);
}

/** gdb's default_search_name_hash: made so that Ada's encoded names and their plain forms hash alike. */
function nameHash(name: string): number {
  if (name.startsWith('_') && !name.startsWith('_ada_')) return plainHash(name);
  let hash = 0;
  for (let i = name.startsWith('_ada_') ? 5 : 0; i < name.length; i++) {
    const character = name[i];
    if ('$.X'.includes(character)) return i === 0 ? plainHash(name) : hash;
    if (character === ' ' || character === '(') return plainHash(name);
    if (character === '_' && name[i + 1] === '_' && i > 0) {
      if (!/[a-zO]/.test(name[i + 2] ?? '')) return hash;
      hash = 0;
      i++;
      continue;
    }
    if (name.slice(i) === 'TKB') return hash;
    hash = hashNext(hash, character);
  }
  return hash;
}

const plainHash = (name: string): number => [...name].reduce((hash, character) => (/\s/.test(character) ? hash : hashNext(hash, character)), 0);
const hashNext = (hash: number, character: string): number => (Math.imul(hash, 67) + character.toLowerCase().charCodeAt(0) - 113) >>> 0;
