/**
 * What gdb prints for an ELF symbol that has no debug info. It tries every language's mangling on every name, and Ada's fits much of what
 * compilers make of C names: `calls.0` is printed `calls`, `f.cold` `f[cold]`, `a__b` `a.b`. Names with upper-case letters or a leading
 * underscore are not Ada's and stay as they are.
 */
export function printName(name: string): string {
  let text = name.startsWith('_ada_') ? name.slice(5) : name;
  if (/^[_<]/.test(text)) return name;
  const suffix = /^(.+)\.([A-Za-z]*)$/s.exec(text);
  if (suffix) text = suffix[1];
  text = text.replace(/(?<=.)(?:\.|\$|___|__)\d+$/, '').replace(/(?<=[a-z0-9])N$/, '');
  const encoding = text.indexOf('___');
  if (encoding >= 0 && encoding < text.length - 3) {
    if (text[encoding + 3] !== 'X') return name;
    text = text.slice(0, encoding);
  }
  text = text
    .replace(/(?<=.)TKB$/, '')
    .replace(/(?<=.)TB$/, '')
    .replace(/(?<=.)B$/, '')
    .replace(/(?<=.)(?:__\d[\d_]*|\$\d+)$/, '');
  text = text.replace(/__(?=.)/g, '.');
  if (/[A-Z ]/.test(text)) return name;
  return suffix ? `${text}[${suffix[2]}]` : text;
}
