import { SondeError } from '../../base/errors.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import { fileType, type OpenFile, openFiles, pageCache, taskFolders } from '../../kernel/openFiles.ts';
import { dentryName } from '../../kernel/paths.ts';
import type { Task } from '../../kernel/tasks.ts';
import { type CrashCommand, type CrashContext, crashResult } from './command.ts';
import { type Parsed, parseOptions } from './options.ts';
import { tasksOrContext } from './taskSelection.ts';
import { padded, pointer, taskData, taskHeader } from './taskText.ts';

export const files: CrashCommand = {
  name: 'files',
  summary: 'open files',
  synopsis: '[-d dentry] | [-c] [-R reference] [pid | taskp] ... ',
  help: `Root, working directory and open files of tasks.
  -c  with the inode's page cache and the number of its pages.
  -d  what a dentry is.
  -R  only files to which this belongs: a descriptor, an address of the table, or a part of the path.`,
  run(args, context) {
    const options = parseOptions(args, 'd:cR:');
    const dentry = options.value('d');
    if (dentry !== undefined) return showDentry(dentry, context);
    for (const task of tasksOrContext(context.session, options.rest)) showTask(task, options, context);
  },
};

function showTask(task: Task, options: Parsed, { session: { kernel }, emit }: CrashContext): void {
  const folders = taskFolders(task);
  const reference = options.value('R');
  const all = openFiles(task);
  const shown = all.filter((file) => reference === undefined || belongs(file, reference));
  if (reference !== undefined && shown.length === 0) return;
  const withCache = options.has('c');
  const data = () => ({
    ...taskData(task),
    ...folders,
    files: shown.map(({ file, dentry, inode, ...rest }) => ({ ...rest, file: hexOf(file), dentry: hexOf(dentry), inode: hexOf(inode) })),
  });
  const text = () => {
    const head = `${taskHeader(task)}${folders ? `ROOT: ${folders.root}    CWD: ${folders.cwd}\n` : ''}`;
    if (all.length === 0) return `${head}No open files\n\n`;
    const heading = withCache
      ? ' FD      INODE          I_MAPPING     NRPAGES TYPE PATH\n'
      : ' FD       FILE            DENTRY           INODE       TYPE PATH\n';
    return `${head}${heading}${shown.map((file) => (withCache ? cacheLine(kernel, file) : fileLine(file))).join('')}\n`;
  };
  emit(crashResult('files', data, text));
}

const hexOf = (value: bigint): string => `0x${value.toString(16)}`;

const fileLine = ({ descriptor, file, dentry, inode, type, path }: OpenFile): string =>
  `${padded(descriptor, 3)} ${pointer(file)} ${pointer(dentry)} ${pointer(inode)} ${type.padEnd(4)} ${path}\n`;

function cacheLine(kernel: Kernel, { descriptor, inode, type, path }: OpenFile): string {
  const { mapping, pages } = pageCache(kernel, inode);
  return `${padded(descriptor, 3)} ${pointer(inode)} ${pointer(mapping)} ${padded(String(pages), 7)} ${type.padEnd(4)} ${path}\n`;
}

function belongs({ descriptor, file, dentry, inode, path }: OpenFile, reference: string): boolean {
  const address = /^(0x)?[0-9a-f]+$/i.test(reference) ? BigInt(`0x${reference.replace(/^0x/i, '')}`) : undefined;
  return [file, dentry, inode].some((candidate) => candidate === address) || reference === String(descriptor) || path.includes(reference);
}

function showDentry(text: string, { session: { kernel }, emit }: CrashContext): void {
  if (!/^(0x)?[0-9a-f]{1,16}$/i.test(text)) throw new SondeError(`invalid dentry address: ${text}`);
  const dentry = kernel.object('dentry', BigInt(`0x${text.replace(/^0x/i, '')}`));
  const inode = dentry.pointer('d_inode');
  const superBlock = inode === 0n ? 0n : kernel.object('inode', inode).pointer('i_sb');
  const type = inode === 0n ? 'N/A ' : fileType(kernel, inode);
  const name = dentryName(dentry);
  const data = () => ({ dentry: hexOf(dentry.address), inode: hexOf(inode), superBlock: hexOf(superBlock), type, name });
  const shown = (value: bigint) => (value === 0n ? '0'.padStart(16) : pointer(value));
  const line = () =>
    `     DENTRY           INODE           SUPERBLK     TYPE PATH\n${pointer(dentry.address)} ${shown(inode)} ${shown(superBlock)} ${type.padEnd(4)} ${name}\n`;
  emit(crashResult('dentry', data, line));
}
