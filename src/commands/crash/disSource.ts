import { SondeError } from '../../base/errors.ts';
import { type CrashContext, crashResult } from './command.ts';
import { pointer } from './taskText.ts';

/** Lines before the one that an address is of. */
const before = 5;

/** `dis -s`: the source line of an address of the kernel's code and what follows it: to the end of the function, or `count` lines. */
export function sourceListing(word: string, address: bigint, count: number | undefined, { session, emit }: CrashContext): void {
  const { kernel } = session;
  if (!kernel.text.holds(address)) throw new SondeError(`${pointer(address).replace(/^0+(?=.)/, '')}: not a kernel text address`);
  const module = kernel.symbols.nearest(address)?.symbol.module;
  if (module) throw new SondeError(`${module}: module source code is not available`);
  const found = session.lineAt(address);
  if (!found) throw new SondeError(session.debugKernel ? `${word}: no line is known` : 'line numbers are not available');
  const { line, source } = found;
  const text = session.sources.lines(source);
  const heading = `FILE: ${source.name.replace(/^\.\//, '')}\nLINE: ${line}\n\n`;
  if (!text || line > text.length) {
    emit({ kind: 'source', data: { file: found.file, line }, text: () => heading });
    throw new SondeError(`${word}: source code is not available`);
  }
  // A function ends with a brace in the first column.
  const end = count === undefined ? text.findIndex((content, index) => index >= line - 1 && content.startsWith('}')) + 1 : line + count;
  const first = Math.max(1, line - before);
  const shown = text.slice(first - 1, end > 0 ? end : undefined).map((content, index) => ({ line: first + index, content }));
  emit(
    crashResult(
      'source',
      () => ({ file: found.file, line, lines: shown }),
      () => `${heading}${shown.map(({ line: at, content }) => `${at === line ? '*' : ' '} ${at}\t${content}\n`).join('')}\n`,
    ),
  );
}
