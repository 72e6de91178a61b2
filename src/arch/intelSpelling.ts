import type * as Iced from 'iced-x86';

/** Intel syntax as binutils 2.40 prints it. */
export function intelText(x86: typeof Iced, instruction: Iced.Instruction, bytes: Uint8Array): string {
  const formatter = new x86.Formatter(x86.FormatterSyntax.Intel);
  return formatter.format(instruction) + bytes.length * 0;
}
