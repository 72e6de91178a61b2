import type { Language } from '../symbols.ts';

/** DW_LANG_* (DWARF 5 §7.12, and dwarfstd.org's list) → what decides how names and values are written. */
const languages: ReadonlyMap<number, Language> = new Map<number, Language>([
  ...[0x01, 0x02, 0x0c, 0x1d, 0x2c].map((code) => [code, 'c'] as const),
  ...[0x04, 0x19, 0x1a, 0x21, 0x2a, 0x2b].map((code) => [code, 'c++'] as const),
  ...[0x07, 0x08, 0x0e, 0x22, 0x23].map((code) => [code, 'fortran'] as const),
  [0x16, 'go'],
  [0x1c, 'rust'],
  [0x8001, 'asm'],
]);

export const languageOf = (code: number | undefined): Language => (code === undefined ? 'minimal' : (languages.get(code) ?? 'other'));

/** Where nothing but a file's name is known: gdb's deduce_language_from_filename. */
export function languageOfFile(name: string): Language {
  const extension = name.slice(name.lastIndexOf('.') + 1);
  return languagesByExtension.find(({ extensions }) => extensions.includes(extension))?.language ?? 'minimal';
}
const languagesByExtension: readonly { readonly language: Language; readonly extensions: readonly string[] }[] = [
  { language: 'c', extensions: ['c'] },
  { language: 'c++', extensions: ['C', 'cc', 'cp', 'cpp', 'cxx', 'c++'] },
  { language: 'asm', extensions: ['s', 'sx', 'S'] },
  { language: 'fortran', extensions: ['f', 'F', 'for', 'FOR', 'f77', 'f90', 'f95', 'f03', 'f08'] },
  { language: 'rust', extensions: ['rs'] },
];

/** Names of these are written with the namespaces and classes that they are in. */
export const hasScopedNames = (language: Language): boolean => language === 'c++' || language === 'rust';

/** gcc's spelling of base types → the canonical one, which gdb prints. */
const canonicalBaseTypes: Readonly<Record<string, string>> = {
  'long int': 'long',
  'long unsigned int': 'unsigned long',
  'long long int': 'long long',
  'long long unsigned int': 'unsigned long long',
  'short int': 'short',
  'short unsigned int': 'unsigned short',
};
const baseTypeSpellings = /\b(?:long long unsigned int|long unsigned int|long long int|long int|short unsigned int|short int)\b/g;

/** A base type's name as gdb canonicalizes it; a C++ name with the types among its template arguments, qualifiers behind what they qualify. */
export function canonicalName(name: string): string {
  const spelled = name.includes(' int') ? name.replace(baseTypeSpellings, (spelling) => canonicalBaseTypes[spelling]) : name;
  if (!spelled.includes('<')) return spelled;
  const respelled = spelled
    .replace(/(?<=<.*[^,]) (?=[*&])/g, '')
    .replace(/(?<=[<, -])\d+U?L{0,2}(?=[>,])/g, (number) => number.toLowerCase());
  return /[<,] ?(?:const|volatile) /.test(respelled) ? withTrailingQualifiers(respelled) : respelled;
}

/** `pair<const A<const char*>, int>` → `pair<A<char const*> const, int>`. */
function withTrailingQualifiers(name: string): string {
  let text = '';
  for (let at = 0; at < name.length; ) {
    const qualifiers = /^(?:const |volatile )+/.exec(name.slice(at))?.[0];
    if (!qualifiers || !/[<,] ?$/.test(text)) {
      text += name[at++];
      continue;
    }
    const start = at + qualifiers.length;
    const end = endOfBase(name, start);
    text += `${withTrailingQualifiers(name.slice(start, end)).trimEnd()} ${qualifiers.trim()}`;
    at = end;
  }
  return text;
}

/** Behind the type that qualifiers at `start` belong to: at its `*`, `&`, or the end of the argument. */
function endOfBase(name: string, start: number): number {
  let depth = 0;
  for (let at = start; at < name.length; at++) {
    if (name[at] === '<') depth++;
    else if (depth === 0 && /[*&,>([]/.test(name[at])) return at;
    else if (name[at] === '>') depth--;
  }
  return name.length;
}
