import { wrapPoint } from '../base/wrap.ts';
import type { FunctionType, QualifiedType, Type } from '../program/types.ts';

export type TypeLanguage = 'c' | 'c++' | 'asm';

/**
 * A type's name as `whatis` shows it, or its declaration of `name`: C declarators read outwards from the name,
 * so the text is built from the inside.
 */
export function formatTypeName(type: Type, language: TypeLanguage = 'c', name = ''): string {
  return declare(type, name, (base) => baseName(base, language), language);
}

/** Same, with the innermost type written by `writeBase`: ptype puts a struct's body there. */
export function declare(type: Type, declarator: string, writeBase: (type: Type) => string, language: TypeLanguage): string {
  switch (type.kind) {
    case 'pointer':
      return declare(type.target, wrap(type.target, `*${declarator}`), writeBase, language);
    case 'reference':
      return declare(type.target, wrap(type.target, `${type.rvalue ? '&&' : '&'}${declarator}`), writeBase, language);
    case 'memberPointer':
      return declare(type.target, wrap(type.target, `${baseName(type.container, language)}::*${declarator}`), writeBase, language);
    case 'array': {
      const count = type.count ?? (type.dynamicCount ? 'variable length' : '');
      const suffix = type.vector ? ` __attribute__ ((vector_size(${type.count ?? ''})))` : `[${count}]`;
      return declare(type.element, declarator + suffix, writeBase, language);
    }
    case 'function':
      return declare(type.returns, `${declarator}(${parameterList(type, language)})`, writeBase, language);
    case 'qualified':
      return declareQualified(type, declarator, writeBase, language);
    default: {
      const base = writeBase(type);
      // A vector's attribute brings its own space.
      return declarator === '' ? base : declarator.startsWith(' ') ? base + declarator : `${base} ${declarator}`;
    }
  }
}

/** Qualifiers of a pointer follow its star, of anything else precede it; always in the order const, volatile, restrict, _Atomic. */
function declareQualified(type: QualifiedType, declarator: string, writeBase: (type: Type) => string, language: TypeLanguage): string {
  const found = new Set<string>();
  let target: Type = type;
  while (target.kind === 'qualified') {
    found.add(target.qualifier);
    target = target.target;
  }
  const words = ['const', 'volatile', 'restrict', '_Atomic'].filter((word) => found.has(word)).join(' ');
  if (target.kind === 'pointer' || target.kind === 'reference') {
    const star = target.kind === 'pointer' ? '*' : target.rvalue ? '&&' : '&';
    const inner = `${star} ${words}${declarator === '' || declarator.startsWith('[') ? '' : ' '}${declarator}`;
    return declare(target.target, wrap(target.target, inner), writeBase, language);
  }
  return declare(target, declarator, (base) => `${words} ${writeBase(base)}`, language);
}

/**
 * A type's text with wrap points where gdb's printers have them: between a function's parameters, deeper for those of a method, and before
 * each enumerator.
 */
export function withWrapPoints(text: string): string {
  if (!text.includes(', ') && !text.includes('enum ')) return text;
  const open: string[] = [];
  let out = '';
  for (let at = 0; at < text.length; at++) {
    const letter = text[at];
    out += letter;
    if (letter === '(') open.push(/\w/.test(text[at - 1] ?? '') ? 'method' : 'function');
    else if (letter === '<' || letter === '[') open.push(letter);
    else if (letter === '{') {
      open.push(letter);
      if (/\w/.test(text[at + 1])) out += wrapPoint(4);
    } else if (')>]}'.includes(letter)) open.pop();
    else if (letter === ',' && text[at + 1] === ' ' && open.length > 0 && !'<['.includes(open[open.length - 1])) {
      out += ` ${wrapPoint(open[open.length - 1] === 'method' ? 8 : 4)}`;
      at++;
    }
  }
  return out;
}

/** `(*x)`: a star binds looser than [] and (). */
function wrap(target: Type, declarator: string): string {
  let plain = target;
  while (plain.kind === 'qualified') plain = plain.target;
  return (plain.kind === 'array' && !plain.vector) || plain.kind === 'function' ? `(${declarator})` : declarator;
}

export function parameterList(type: FunctionType, language: TypeLanguage): string {
  // `this` is a constant pointer, though compilers do not all say so.
  const names = type.parameters.map(
    ({ type: parameter, artificial }) => formatTypeName(parameter, language) + (artificial && parameter.kind === 'pointer' ? ' const' : ''),
  );
  if (type.varargs) names.push('...');
  if (names.length > 0) return names.join(', ');
  return type.prototyped || language === 'c++' ? 'void' : '';
}

/** The name of a type that is no declarator: `int`, `struct foo`, `enum {...}`. */
export function baseName(type: Type, language: TypeLanguage): string {
  switch (type.kind) {
    case 'struct':
      if (type.name === undefined) return `${type.keyword} {...}`;
      return language === 'c++' ? type.name : `${type.keyword} ${type.name}`;
    case 'enum':
      if (type.name === undefined) return 'enum {...}';
      return language === 'c++' ? type.name : `enum ${type.name}`;
    case 'pointer':
    case 'reference':
    case 'memberPointer':
    case 'array':
    case 'function':
    case 'qualified':
      return formatTypeName(type, language);
    default:
      return type.name;
  }
}

/** True for `char` and its kin behind typedefs, and for wchar_t, char16_t, char32_t by name. */
export function textual(type: Type): '' | 'L' | 'u' | 'U' | undefined {
  let at = type;
  for (;;) {
    if (at.kind === 'qualified') at = at.target;
    else if (at.kind === 'typedef' || at.kind === 'integer') {
      if (at.name === 'wchar_t') return 'L';
      if (at.name === 'char16_t') return 'u';
      if (at.name === 'char32_t') return 'U';
      if (at.kind === 'integer') return at.size === 1 && at.character ? '' : undefined;
      at = at.target;
    } else return undefined;
  }
}
