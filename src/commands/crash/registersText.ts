import type { SavedRegisters } from '../../kernel/savedRegisters.ts';
import { pointer } from './taskText.ts';

/** Three in a line, as crash has them. */
const rows = [
  [
    ['RAX', 'ax'],
    ['RBX', 'bx'],
    ['RCX', 'cx'],
  ],
  [
    ['RDX', 'dx'],
    ['RSI', 'si'],
    ['RDI', 'di'],
  ],
  [
    ['RBP', 'bp'],
    [' R8', 'r8'],
    [' R9', 'r9'],
  ],
  [
    ['R10', 'r10'],
    ['R11', 'r11'],
    ['R12', 'r12'],
  ],
  [
    ['R13', 'r13'],
    ['R14', 'r14'],
    ['R15', 'r15'],
  ],
] as const; // prettier-ignore

/** Registers of an interrupted context, indented by four. Those from the dump itself have no ORIG_RAX that means anything. */
export function registersText(registers: SavedRegisters): string {
  const selector = (name: 'cs' | 'ss') => registers.get(name).toString(16).padStart(4, '0');
  const flags = registers.get('flags').toString(16).padStart(8, '0');
  const lines = [`RIP: ${pointer(registers.get('ip'))}  RSP: ${pointer(registers.get('sp'))}  RFLAGS: ${flags}`];
  if (!registers.isPartial) {
    for (const row of rows) lines.push(row.map(([label, name]) => `${label}: ${pointer(registers.get(name))}`).join('  '));
  }
  const isSaved = registers.at !== undefined && !registers.isPartial;
  const original = isSaved ? `ORIG_RAX: ${pointer(registers.get('orig_ax'))}  ` : '';
  lines.push(`${original}CS: ${selector('cs')}  SS: ${selector('ss')}`);
  return lines.map((line) => `    ${line}\n`).join('');
}
