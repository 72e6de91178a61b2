/**
 * Places in a line of output where it may be broken when it gets wider than `set width`: gdb's wrap_here. A mark and the indentation of the rest, resolved by the
 * surface that knows the width; it never reaches a terminal or JSON.
 */
const mark = '\x1f';

/** `indent`: columns that the rest is indented by if the line is broken here. At most 63. */
export const wrapPoint = (indent: number): string => mark + String.fromCharCode(0x20 + Math.min(indent, 63));

/** The text without its marks. */
export const unwrapped = (text: string): string => (text.includes(mark) ? text.replace(/\x1f./g, '') : text);

/** Breaks lines wider than `width` at their last mark before the edge, as gdb's pager does; `column` is where the text begins. */
export function wrapped(text: string, width: number, column = 0): string {
  if (!text.includes(mark)) return text;
  if (!Number.isFinite(width)) return unwrapped(text);
  let out = '';
  let at = column;
  /** Where `out` can be broken, and by how much the rest is then indented. */
  let point: { length: number; indent: number } | undefined;
  for (let index = 0; index < text.length; index++) {
    const letter = text[index];
    if (letter === mark) {
      point = { length: out.length, indent: text.charCodeAt(++index) - 0x20 };
      continue;
    }
    if (letter === '\n') {
      at = 0;
      point = undefined;
    } else if (letter === '\t') at = ((at >> 3) + 1) << 3;
    else at++;
    out += letter;
    if (at < width) continue;
    if (!point) {
      at = 0; // the terminal goes on in the next line by itself
      continue;
    }
    const rest = out.slice(point.length);
    out = `${out.slice(0, point.length)}\n${' '.repeat(point.indent)}${rest}`;
    at = point.indent + rest.length;
    point = undefined;
  }
  return out;
}
