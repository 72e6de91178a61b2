import { SondeError } from '../../base/errors.ts';
import { type CrashCommand, crashResult } from './command.ts';

/** Names of the characters that can't be printed. */
const names = 'NUL SOH STX ETX EOT ENQ ACK BEL BS HT LF VT FF CR SO SI DLE DC1 DC2 DC3 DC4 NAK SYN ETB CAN EM SUB ESC FS GS RS US'.split(
  ' ',
);

export const ascii: CrashCommand = {
  name: 'ascii',
  summary: 'translate a hexadecimal string to ASCII',
  synopsis: 'value ...',
  help: 'The bytes of a number as they lie in memory, as characters. Without arguments: the table of characters.',
  run(args, { emit }) {
    if (args.length === 0) return emit(crashResult('characters', () => names, table));
    for (const word of args) {
      if (!/^(0x)?[0-9a-f]{1,16}$/i.test(word)) throw new SondeError(`invalid input: "${word}"`);
      const value = BigInt(`0x${word.replace(/^0x/i, '')}`);
      const text = Array.from({ length: 8 }, (_, byte) => character(Number((value >> BigInt(byte * 8)) & 0xffn))).join('');
      emit(
        crashResult(
          'characters',
          () => text,
          () => `${value.toString(16).padStart(16, '0')}:  ${text}\n`,
        ),
      );
    }
  },
};

function character(code: number): string {
  if (code < names.length) return `<${names[code]}>`;
  if (code === 0x7f) return '<DEL>';
  return code < 0x7f ? String.fromCharCode(code) : `<${code.toString(16)}>`;
}

function table(): string {
  const cell = (code: number): string =>
    code < names.length ? names[code] : code === 0x20 ? 'SP' : code === 0x7f ? 'DEL' : String.fromCharCode(code);
  const rows = Array.from({ length: 16 }, (_, low) => {
    const cells = Array.from({ length: 8 }, (_unused, high) => cell(high * 16 + low).padStart(3));
    return `  ${low.toString(16).toUpperCase()} | ${cells.join(' ')}\n`;
  });
  return `\n      0    1   2   3   4   5   6   7\n    +-------------------------------\n${rows.join('')}\n`;
}
