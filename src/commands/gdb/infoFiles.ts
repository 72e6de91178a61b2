import { realpathSync } from 'node:fs';
import { type Address, hex, hex16 } from '../../base/address.ts';
import { SondeError } from '../../base/errors.ts';
import type { Module } from '../../program/module.ts';
import type { Session } from '../../session/session.ts';
import { threadText } from '../../session/threads.ts';
import { CoreTarget } from '../../targets/corefile/coreTarget.ts';
import { type Command, type CommandContext, textResult } from '../command.ts';

/** What is mapped where: info files, info sharedlibrary. */
export const infoFilesCommands: readonly Command[] = [
  {
    name: 'info files',
    aliases: ['info target'],
    group: 'status',
    summary: 'Names of targets and files being debugged.',
    completes: 'none',
    run: infoFiles,
  },
  {
    name: 'info sharedlibrary',
    aliases: ['info dll'],
    group: 'status',
    summary: 'Status of loaded shared object libraries.',
    completes: 'none',
    run: infoSharedLibrary,
  },
];

const isVdso = ({ path }: Module): boolean => !path.startsWith('/');

function infoSharedLibrary(pattern: string, { session, emit }: CommandContext): void {
  const libraries = session.target ? session.program.modules.slice(1).filter((module) => !isVdso(module)) : [];
  const expression = regularExpression(pattern);
  const shown = libraries.filter(({ path }) => expression.test(path));
  if (shown.length === 0) {
    emit(textResult(pattern === '' ? 'No shared libraries loaded at this time.\n' : 'No shared libraries matched.\n'));
    return;
  }
  const rows = shown.map((module) => {
    const text = module.sections.find(({ name }) => name === '.text');
    return {
      path: module.path,
      from: text?.address,
      to: text && text.address + BigInt(text.size),
      hasDebugInfo: module.debugFile !== undefined,
    };
  });
  const address = (value: Address | undefined): string => (value === undefined ? ' '.repeat(18) : hex16(value));
  const withoutDebug = rows.some(({ hasDebugInfo }) => !hasDebugInfo);
  emit({
    kind: 'shared libraries',
    data: rows.map(({ path, from, to, hasDebugInfo }) => ({ path, from: from && hex(from), to: to && hex(to), debugInfo: hasDebugInfo })),
    text: () => {
      let text = 'From                To                  Syms Read   Shared Object Library\n';
      for (const { path, from, to, hasDebugInfo } of rows)
        text += `${address(from)}  ${address(to)}  ${(hasDebugInfo ? 'Yes' : 'Yes (*)').padEnd(10)}  ${path}\n`;
      return withoutDebug ? `${text}(*): Shared library is missing debugging information.\n` : text;
    },
  });
}

function regularExpression(pattern: string): RegExp {
  try {
    return new RegExp(pattern);
  } catch {
    throw new SondeError('Invalid regexp: Invalid regular expression');
  }
}

/** Where symbols and code are read from: the program's file behind links, libraries as the dynamic linker names them. */
export function fileName({ program }: Session, module: Module): string {
  if (module !== program.main && module !== program.executable) return module.path;
  try {
    return realpathSync(module.path);
  } catch {
    return module.path;
  }
}

function infoFiles(_args: string, { session, emit }: CommandContext): void {
  const { main, executable, symbolFile } = session.program;
  let text = symbolFile ? `Symbols from "${fileName(session, symbolFile)}".\n` : '';
  text += targetText(session);
  if (executable) {
    const { file, bias } = executable;
    const path = fileName(session, executable);
    text += `Local exec file:\n\t\`${path}', file type elf64-x86-64.\n\tEntry point: ${hex(file.entry + bias)}\n${sectionLines(executable, '')}`;
  }
  for (const module of session.program.modules) if (module !== main) text += sectionLines(module, ` in ${module.path}`);
  emit({ kind: 'files', data: session.program.modules.map(({ path, bias }) => ({ path, bias: hex(bias) })), text: () => text });
}

function sectionLines({ sections }: Module, where: string): string {
  return sections
    .filter(({ allocated, size }) => allocated && size > 0)
    .map(({ name, address, size }) => `\t${hex16(address)} - ${hex16(address + BigInt(size))} is ${name}${where}\n`)
    .join('');
}

function targetText(session: Session): string {
  const { live, target } = session;
  const [thread] = session.threads;
  if (live && thread) {
    const how = live.attached ? 'attached ' : 'child ';
    return `Native process:\n\tUsing the running image of ${how}${threadText(thread, live, session.threads.length === 1)}.\n\tWhile running this, GDB does not access memory from...\n`;
  }
  if (!(target instanceof CoreTarget)) return '';
  const loads = target.core.segments.map(
    ({ address, memorySize }, index) => `\t${hex16(address)} - ${hex16(address + BigInt(memorySize))} is load${index + 1}\n`,
  );
  return `Local core dump file:\n\t\`${target.path}', file type elf64-x86-64.\n${loads.join('')}\tWhile running this, GDB does not access memory from...\n`;
}
