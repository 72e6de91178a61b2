/** Everything other rooms use of `evaluate/`. README.md lists what each function promises. */
export type { Compiled, Watched } from './compiled.ts';
export { type Format, type FormatLetter, parseFormat, parsePrintFormat } from './format.ts';
export { formatTypeName } from './typeNames.ts';
