import { type SwapArea, swapAreas } from '../../kernel/swapAreas.ts';
import { type CrashCommand, crashResult } from './command.ts';
import { pointer } from './taskText.ts';

export const swap: CrashCommand = {
  name: 'swap',
  summary: 'swap device information',
  synopsis: '',
  run(_, { session: { kernel }, emit }) {
    const areas = swapAreas(kernel).filter((area) => area !== undefined);
    const data = () => areas.map(({ object, ...rest }) => ({ ...rest, swapInfo: `0x${object.address.toString(16)}` }));
    const text = () => `SWAP_INFO_STRUCT    TYPE       SIZE       USED     PCT  PRI  FILENAME\n${areas.map(line).join('')}`;
    emit(crashResult('swap', data, text));
  },
};

function line({ object, kind, pages, used, priority, file }: SwapArea): string {
  const share = pages > 0 ? Math.floor((used * 100) / pages) : 0;
  return `${pointer(object.address)}  ${kind.padEnd(9)} ${`${pages * 4}k`.padStart(8)}  ${`${used * 4}k`.padStart(8)}  ${`${share}%`.padStart(4)}  ${String(priority).padStart(3)}  ${file}\n`;
}
