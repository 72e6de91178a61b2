import type { Module, ObjectFile } from '../program/module.ts';

/**
 * A thread library: part of libc since 2.34, of libpthread before, of a static program itself. The names are looked for in the string
 * tables as they are: sorting all of libc's symbols for this would double the time of a start.
 */
export const holdsThreadLibrary = ({ file, path }: Module): boolean =>
  /\/lib(c|pthread)[-.][^/]*$/.test(path)
    ? holdsName(file, '.dynstr', 'pthread_create')
    : file.interpreter === undefined && holdsName(file, '.strtab', 'nptl_version');

function holdsName(file: ObjectFile, section: string, name: string): boolean {
  const strings = file.sectionBytes(section);
  return strings !== undefined && Buffer.from(strings.buffer, strings.byteOffset, strings.byteLength).includes(`${name}\0`);
}
