import { SondeError } from '../base/errors.ts';
import type { FunctionType, QualifiedType, Type } from '../program/types.ts';
import { arrayOf, builtin, pointerTo, qualified } from './builtinTypes.ts';
import type { Parser } from './parser.ts';
import { integerOf } from './scalars.ts';
import { findTag } from './scope.ts';

const qualifiers: Record<string, QualifiedType['qualifier']> = {
  const: 'const',
  volatile: 'volatile',
  restrict: 'restrict',
  __restrict: 'restrict',
  __restrict__: 'restrict',
  _Atomic: '_Atomic',
};
const tags = new Set(['struct', 'union', 'class', 'enum']);
/** Words that combine: in any order, with or without `int`. */
const sizeWords = new Set(['unsigned', 'signed', 'long', 'short', 'int', 'char', 'double']);
const plainNames: Record<string, Type> = {
  void: builtin.void,
  float: builtin.float,
  __int128: builtin.int128,
};
const cppNames: Record<string, Type> = { bool: builtin.bool, wchar_t: builtin.wchar, char16_t: builtin.char16, char32_t: builtin.char32 };
const typeofWords = new Set(['typeof', '__typeof__', '__typeof', 'decltype', '__decltype']);

/** True if a type's name starts at the current token. */
export function isTypeStart(parser: Parser): boolean {
  const { token } = parser;
  if (token.kind !== 'name' || token.quoted) return false;
  const { text } = token;
  if (text in qualifiers || tags.has(text) || sizeWords.has(text) || text in plainNames || typeofWords.has(text)) return true;
  if (parser.context.language === 'c++' && text in cppNames) return true;
  return namedType(parser) !== undefined;
}

/** A type with its abstract declarator: `const char *(*)[3]`. */
export function parseType(parser: Parser): Type {
  return parser.deeper(() => declarator(parser, specifiers(parser)));
}

function specifiers(parser: Parser): Type {
  const found = new Set<QualifiedType['qualifier']>();
  const words: string[] = [];
  let type: Type | undefined;
  for (;;) {
    const { token } = parser;
    if (token.kind !== 'name' || token.quoted) break;
    const { text } = token;
    if (text in qualifiers) {
      found.add(qualifiers[text]);
      parser.advance();
    } else if (type) break;
    else if (sizeWords.has(text) && !['int', 'char', 'double'].includes(words[words.length - 1])) {
      words.push(text);
      parser.advance();
    } else if (words.length > 0) break;
    else if (tags.has(text)) type = tagged(parser, text as 'struct');
    else if (typeofWords.has(text)) type = typeOfExpression(parser);
    else if (text in plainNames) {
      type = plainNames[text];
      parser.advance();
    } else if (parser.context.language === 'c++' && text in cppNames) {
      type = cppNames[text];
      parser.advance();
    } else {
      const named = namedType(parser);
      if (!named) break;
      type = named.type;
      parser.rewind(named.last);
      parser.advance();
    }
  }
  type ??= words.length > 0 ? combined(words, parser) : undefined;
  if (!type) throw parser.syntaxError();
  return [...found].reduce<Type>((target, qualifier) => qualified(qualifier, target), type);
}

/** `unsigned long int` and its permutations. */
function combined(words: readonly string[], parser: Parser): Type {
  const count = (word: string): number => words.filter((candidate) => candidate === word).length;
  const unsigned = count('unsigned') > 0;
  if (count('char')) return unsigned ? builtin.unsignedChar : count('signed') ? builtin.signedChar : builtin.char;
  if (count('double')) return count('long') ? builtin.longDouble : builtin.double;
  if (count('short')) return unsigned ? builtin.unsignedShort : builtin.short;
  if (count('long') > 2 || (unsigned && count('signed'))) throw parser.syntaxError();
  if (count('long') === 2) return unsigned ? builtin.unsignedLongLong : builtin.longLong;
  if (count('long') === 1) return unsigned ? builtin.unsignedLong : builtin.long;
  return unsigned ? builtin.unsignedInt : builtin.int;
}

function tagged(parser: Parser, keyword: 'struct' | 'union' | 'class' | 'enum'): Type {
  parser.advance();
  if (parser.token.kind !== 'name') throw parser.syntaxError();
  let name = parser.token.text;
  parser.advance();
  while (parser.at('::')) {
    parser.advance();
    if (parser.token.kind !== 'name') throw parser.syntaxError();
    name += `::${parser.token.text}`;
    parser.advance();
  }
  return findTag(keyword, name, parser.context);
}

function typeOfExpression(parser: Parser): Type {
  parser.advance();
  parser.expect('(');
  const type = isTypeStart(parser) ? parseType(parser) : parser.typeOf(parser.expression(1));
  parser.expect(')');
  return type;
}

/** The typedef, base type or (in C++) class that the name here means; `last` is its last token. */
function namedType(parser: Parser): { type: Type; last: Parser['token'] } | undefined {
  const first = parser.token;
  if (first.kind !== 'name') return undefined;
  const isCpp = parser.context.language === 'c++';
  let best: { type: Type; last: Parser['token'] } | undefined;
  let name = first.text;
  const consider = (last: Parser['token']): void => {
    const found = parser.meaning(name);
    best = found?.symbol.kind === 'type' ? { type: found.symbol.type, last } : undefined;
  };
  consider(first);
  if (!isCpp) return parser.text.slice(first.end).trimStart().startsWith('::') ? undefined : best;
  // a::b::c is a type only as a whole; a<b> by its text.
  for (;;) {
    const last = parser.token;
    if (parser.text[last.end] === '<') {
      const end = closingAngle(parser.text, last.end);
      if (end > 0) {
        name += parser.text.slice(last.end, end);
        const whole = { ...last, end } as Parser['token'];
        consider(whole);
        parser.rewind(whole);
      }
    }
    const next = parser.peek();
    if (next.kind !== 'operator' || next.text !== '::') break;
    parser.advance();
    parser.advance();
    const part = parser.token;
    if (part.kind !== 'name') {
      best = undefined;
      break;
    }
    name += `::${part.text}`;
    consider(part);
  }
  parser.rewind(first);
  return best;
}

function closingAngle(text: string, start: number): number {
  let depth = 0;
  for (let at = start; at < text.length; at++) {
    if (text[at] === '<') depth++;
    if (text[at] === '>' && --depth === 0) return at + 1;
  }
  return -1;
}

/** Stars, then what binds tighter: arrays and parameter lists, or a declarator in parentheses. */
function declarator(parser: Parser, base: Type): Type {
  let type = base;
  for (;;) {
    if (parser.accept('*')) type = pointerTo(type);
    else if (parser.accept('&&')) type = { kind: 'reference', size: 8, target: type, rvalue: true };
    else if (parser.accept('&')) type = { kind: 'reference', size: 8, target: type, rvalue: false };
    else if (parser.token.kind === 'name' && parser.token.text in qualifiers) {
      type = qualified(qualifiers[parser.token.text], type);
      parser.advance();
    } else break;
  }
  return suffixed(parser, type);
}

function suffixed(parser: Parser, type: Type): Type {
  if (parser.at('(')) {
    const next = parser.peek();
    const isGroup = next.kind === 'operator' && ['*', '&', '&&', '('].includes(next.text);
    if (isGroup) return grouped(parser, type);
    parser.advance();
    return suffixed(parser, parameters(parser, type));
  }
  if (parser.accept('[')) {
    const count = arrayBound(parser);
    return arrayOf(suffixed(parser, type), count);
  }
  return type;
}

/** `(*)[3]`: the inner declarator applies to what follows the parenthesis, so it is read twice. */
function grouped(parser: Parser, type: Type): Type {
  const opening = parser.advance();
  parser.deeper(() => declarator(parser, builtin.int));
  parser.expect(')');
  const outer = suffixed(parser, type);
  const afterSuffix = parser.token;
  parser.rewind(opening);
  parser.advance();
  const inner = parser.deeper(() => declarator(parser, outer));
  parser.rewind(afterSuffix);
  return inner;
}

function arrayBound(parser: Parser): number | undefined {
  if (parser.accept(']')) return undefined;
  const { token } = parser;
  if (token.kind !== 'number') throw parser.syntaxError();
  const count = integerOf(token.value);
  if (count < 0n || count > 1n << 40n) throw new SondeError('Invalid array bound.');
  parser.advance();
  parser.expect(']');
  return Number(count);
}

function parameters(parser: Parser, returns: Type): FunctionType {
  const list: Type[] = [];
  let varargs = false;
  if (!parser.accept(')')) {
    do {
      if (parser.accept('...')) {
        varargs = true;
        break;
      }
      if (!isTypeStart(parser)) throw parser.syntaxError();
      list.push(parseType(parser));
    } while (parser.accept(','));
    parser.expect(')');
  }
  const isVoid = list.length === 1 && list[0].kind === 'void';
  return {
    kind: 'function',
    size: 1,
    returns,
    parameters: isVoid ? [] : list.map((type) => ({ type })),
    prototyped: list.length > 0,
    varargs,
  };
}
