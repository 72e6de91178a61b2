import type { CommandContext } from '../command.ts';

/**
 * The lines of a body up to the `end` that closes it, `else` of its own level included; `if`, `while` and their like inside have their own ends.
 * `level`: how deep the prompts are indented, as gdb's control_level: 0 for define and commands, 1 for if and while.
 */
export async function readBody({ readLine }: CommandContext, level: 0 | 1 = 0): Promise<string[]> {
  const lines: string[] = [];
  for (let depth = 0; ; ) {
    const line = await readLine('>'.padStart(level + depth + 1));
    if (line === undefined) return lines;
    const text = line.trim();
    if (text === 'end') {
      if (depth === 0) return lines;
      depth--;
    } else if (opensBody(text)) depth++;
    if (text !== '') lines.push(text);
  }
}

export const opensBody = (text: string): boolean => /^(if|while|commands|while-stepping|python|define|document)\b/.test(text);

/** A body as `info breakpoints` and `show user` list it: indented by its nesting. */
export function bodyText(lines: readonly string[], indent: number): string {
  let text = '';
  let depth = indent;
  for (const line of lines) {
    if (line === 'end' || line === 'else') depth--;
    text += `${'  '.repeat(depth)}${line}\n`;
    if (line === 'else' || opensBody(line)) depth++;
  }
  return text;
}

/** The two branches of an `if`. */
export function splitElse(lines: readonly string[]): { then: string[]; else: string[] } {
  let depth = 0;
  for (const [index, line] of lines.entries()) {
    if (line === 'else' && depth === 0) return { then: lines.slice(0, index), else: lines.slice(index + 1) };
    if (line === 'end') depth--;
    else if (opensBody(line)) depth++;
  }
  return { then: [...lines], else: [] };
}
