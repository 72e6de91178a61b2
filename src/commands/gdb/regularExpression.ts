import { SondeError } from '../../base/errors.ts';

/**
 * A POSIX basic regular expression with GNU's additions, as gdb takes them: `\(`, `\)`, `\{`, `\}`, `\|`, `\+` and `\?` are operators, the plain
 * characters are themselves; so is a `*` with nothing before it. Throws `Invalid regexp: …`.
 */
export function basicRegularExpression(pattern: string, options: { ignoreCase?: boolean } = {}): RegExp {
  let text = '';
  for (let i = 0; i < pattern.length; i++) {
    const character = pattern[i];
    if (character === '\\') {
      const next = pattern[++i];
      if (next === undefined) throw new SondeError('Invalid regexp: Trailing backslash');
      text += escaped(next);
    } else if (character === '[') {
      const end = bracketEnd(pattern, i);
      text += bracket(pattern.slice(i + 1, end));
      i = end;
    } else if (character === '*' && (text === '' || text.endsWith('(') || text === '^')) text += '\\*';
    else if ('+?(){}|'.includes(character)) text += `\\${character}`;
    else if (character === '^' && i > 0 && !/(\\\(|\\\|)$/.test(pattern.slice(0, i))) text += '\\^';
    else if (character === '$' && i < pattern.length - 1 && !/^\\[)|]/.test(pattern.slice(i + 1))) text += '\\$';
    else text += character === '/' ? '\\/' : character;
  }
  try {
    return new RegExp(text, options.ignoreCase ? 'is' : 's');
  } catch {
    throw new SondeError(`Invalid regexp: ${reason(pattern)}`);
  }
}

/** What follows a backslash. */
function escaped(character: string): string {
  if ('(){}|+?'.includes(character)) return character;
  if (character === '<') return '\\b(?=\\w)';
  if (character === '>') return '\\b(?<=\\w)';
  if (character === '`') return '^';
  if (character === "'") return '$';
  return /[wWsSbB1-9]/.test(character) ? `\\${character}` : character.replace(/[.*^$[\]\\/-]/, '\\$&');
}

/** Index of the `]`; one that comes first belongs to the set. */
function bracketEnd(pattern: string, start: number): number {
  let from = start + 1;
  if (pattern[from] === '^') from++;
  if (pattern[from] === ']') from++;
  let end = pattern.indexOf(']', from);
  for (let named = pattern.indexOf('[:', from); named >= 0 && named < end; named = pattern.indexOf('[:', end))
    end = pattern.indexOf(']', end + 1);
  if (end < 0) throw new SondeError('Invalid regexp: Unmatched [ or [^');
  return end;
}

const classes: Readonly<Record<string, string>> = {
  alpha: 'A-Za-z',
  digit: '0-9',
  alnum: 'A-Za-z0-9',
  upper: 'A-Z',
  lower: 'a-z',
  space: '\\s',
  blank: ' \\t',
  punct: '!-\\/:-@\\[-`{-~',
  xdigit: '0-9A-Fa-f',
};

function bracket(set: string): string {
  const negated = set.startsWith('^');
  const members = (negated ? set.slice(1) : set)
    .replace(/\\|\[(?!:)|\]/g, '\\$&')
    .replace(/\[:(\w+):\\\]|\[:(\w+):\]/g, (_, a?: string, b?: string) => classes[a ?? b ?? ''] ?? '');
  return `[${negated ? '^' : ''}${members}]`;
}

function reason(pattern: string): string {
  const opened = pattern.split('\\(').length;
  const closed = pattern.split('\\)').length;
  if (opened > closed) return 'Unmatched ( or \\(';
  if (opened < closed) return 'Unmatched ) or \\)';
  return 'Invalid preceding regular expression';
}
