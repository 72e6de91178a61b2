import { SondeError } from '../../base/errors.ts';
import { type CrashCommand, crashResult, UsageError } from './command.ts';
import { entryText } from './pageEntry.ts';

/** Commands of one or more numbers, each with its answer. */
const numeric = (name: string, summary: string, argument: string, answer: (value: bigint) => string): CrashCommand => ({
  name,
  summary,
  synopsis: `${argument} ...`,
  run(args, { emit }) {
    if (args.length === 0) throw new UsageError('');
    for (const word of args) {
      if (!/^(0x)?[0-9a-f]{1,16}$/i.test(word)) throw new SondeError(`invalid input: "${word}"`);
      const text = answer(BigInt(`0x${word.replace(/^0x/i, '')}`));
      emit(
        crashResult(
          name,
          () => text.trim(),
          () => text,
        ),
      );
    }
  },
});

export const btop = numeric('btop', 'bytes to page', 'address', (value) => `${value.toString(16)}: ${(value >> 12n).toString(16)}\n`);
export const pte = numeric('pte', 'translate a page table entry', 'contents', entryText);

/** A number without 0x is decimal here, as crash reads it. */
export const ptob: CrashCommand = {
  name: 'ptob',
  summary: 'page to bytes',
  synopsis: 'page_number ...',
  run(args, { emit }) {
    if (args.length === 0) throw new UsageError('');
    for (const word of args) {
      if (!/^(0x[0-9a-f]+|\d+|[0-9a-f]+)$/i.test(word)) throw new SondeError(`invalid input: "${word}"`);
      const page = /^(0x[0-9a-f]+|\d+)$/i.test(word) ? BigInt(word) : BigInt(`0x${word}`);
      const text = `${page.toString(16)}: ${(page << 12n).toString(16)}\n`;
      emit(
        crashResult(
          'ptob',
          () => text.trim(),
          () => text,
        ),
      );
    }
  },
};

/** All physical memory is mapped one to one from here (page_offset_base). */
export const ptov: CrashCommand = {
  name: 'ptov',
  summary: 'physical to virtual',
  synopsis: 'address ...',
  run(args, { session: { kernel }, emit }) {
    if (args.length === 0) throw new UsageError('');
    const base = kernel.word(kernel.symbol('page_offset_base'));
    for (const word of args) {
      if (!/^(0x)?[0-9a-f]{1,16}$/i.test(word)) throw new SondeError(`invalid input: "${word}"`);
      const physical = BigInt(`0x${word.replace(/^0x/i, '')}`);
      const virtual = (base + physical).toString(16);
      const text = () => `VIRTUAL           PHYSICAL        \n${virtual}  ${physical.toString(16)}\n`;
      emit(crashResult('ptov', () => ({ virtual: `0x${virtual}`, physical: `0x${physical.toString(16)}` }), text));
    }
  },
};
