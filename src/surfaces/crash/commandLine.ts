/** A line of crash's command language, taken apart. */
export interface CommandLine {
  readonly command: string;
  /** What follows the command's name, as typed. */
  readonly argumentText: string;
  readonly args: readonly string[];
  /** Where the output goes instead of the terminal. */
  readonly destination?: { readonly kind: 'pipe' | 'file' | 'append'; readonly target: string };
}

/** The redirection begins at the first `|` or `>` outside of quotes and parentheses, unless that is part of `->` or `||`, `>>` of an expression. */
export function parseCommandLine(line: string): CommandLine {
  const at = redirectionAt(line);
  const own = (at < 0 ? line : line.slice(0, at)).trim();
  // As in gdb a format follows its command without a blank: x/4i.
  const name = /^(\*|x(?=\/)|[^\s*]+)/.exec(own)?.[0] ?? '';
  const argumentText = own.slice(name.length).trim();
  return { command: name, argumentText, args: splitWords(argumentText), destination: at < 0 ? undefined : destinationOf(line.slice(at)) };
}

function destinationOf(text: string): CommandLine['destination'] {
  if (text.startsWith('|')) return { kind: 'pipe', target: text.slice(1).trim() };
  if (text.startsWith('>>')) return { kind: 'append', target: text.slice(2).trim() };
  return { kind: 'file', target: text.slice(1).trim() };
}

function redirectionAt(line: string): number {
  let quote = '';
  let depth = 0;
  for (let at = 0; at < line.length; at++) {
    const letter = line[at];
    if (quote !== '') {
      if (letter === quote) quote = '';
    } else if (letter === '"' || letter === "'") quote = letter;
    else if (letter === '(') depth++;
    else if (letter === ')') depth--;
    else if (depth === 0 && (letter === '|' || (letter === '>' && line[at - 1] !== '-'))) return at;
  }
  return -1;
}

/** Words between blanks; quotes and parentheses keep blanks inside a word, quotes are dropped. */
export function splitWords(text: string): string[] {
  const words: string[] = [];
  let word = '';
  let isOpen = false;
  let quote = '';
  let depth = 0;
  for (const letter of text) {
    if (quote !== '') {
      if (letter === quote) quote = '';
      else word += letter;
    } else if (letter === '"' || letter === "'") {
      quote = letter;
      isOpen = true;
    } else if (/\s/.test(letter) && depth === 0) {
      if (isOpen) words.push(word);
      word = '';
      isOpen = false;
    } else {
      if (letter === '(') depth++;
      if (letter === ')') depth = Math.max(0, depth - 1);
      word += letter;
      isOpen = true;
    }
  }
  if (isOpen) words.push(word);
  return words;
}
