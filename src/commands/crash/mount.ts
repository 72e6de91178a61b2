import { type Mount, mountsOf } from '../../kernel/mounts.ts';
import { type CrashCommand, crashResult } from './command.ts';
import { parseOptions } from './options.ts';
import { taskNamed } from './taskSelection.ts';
import { pointer } from './taskText.ts';

export const mount: CrashCommand = {
  name: 'mount',
  summary: 'mounted filesystem data',
  synopsis: '[-n pid|task] [mount|vfsmount|superblock|dev|dir]',
  help: `What is mounted, in the name space of init or (-n) of a task; only what an address, a device or a directory belongs to, if one is given.`,
  run(args, { session, emit }) {
    const options = parseOptions(args, 'n:');
    const named = options.value('n');
    const task = named === undefined ? (session.kernel.tasks.find(({ pid }) => pid === 1) ?? session.context) : taskNamed(session, named);
    const all = mountsOf(task);
    const shown = all.filter((one) => options.rest.length === 0 || options.rest.some((word) => belongs(one, word)));
    const text = () =>
      shown.length === 0 ? '' : `     MOUNT           SUPERBLK     TYPE   DEVNAME   DIRNAME\n${shown.map(line).join('')}`;
    const data = () =>
      shown.map(({ address, superBlock, ...rest }) => ({
        mount: `0x${address.toString(16)}`,
        superBlock: `0x${superBlock.toString(16)}`,
        ...rest,
      }));
    emit(crashResult('mounts', data, text));
  },
};

const line = ({ address, superBlock, type, device, directory }: Mount): string =>
  `${pointer(address)} ${pointer(superBlock)} ${type.padEnd(6)} ${device.padEnd(9)} ${directory.padEnd(10)}\n`;

const belongs = ({ address, superBlock, type, device, directory }: Mount, word: string): boolean =>
  [address.toString(16), superBlock.toString(16)].includes(word.replace(/^0x/i, '').toLowerCase()) ||
  [type, device, directory].includes(word);
