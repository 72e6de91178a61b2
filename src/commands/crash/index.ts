import { alias } from './alias.ts';
import { ascii } from './ascii.ts';
import { bt } from './bt.ts';
import type { CrashCommand } from './command.ts';
import { core } from './core.ts';
import { dev } from './dev.ts';
import { dis } from './dis.ts';
import { evaluate } from './eval.ts';
import { files } from './files.ts';
import { foreach } from './foreach.ts';
import { fuser } from './fuser.ts';
import { gdb } from './gdb.ts';
import { help } from './help.ts';
import { ipcs } from './ipcs.ts';
import { irq } from './irq.ts';
import { kmem } from './kmem.ts';
import { list } from './list.ts';
import { log } from './log.ts';
import { mach } from './mach.ts';
import { mod } from './mod.ts';
import { mount } from './mount.ts';
import { net } from './net.ts';
import { p } from './p.ts';
import { ps } from './ps.ts';
import { quitCommands } from './quit.ts';
import { rd } from './rd.ts';
import { repeat } from './repeat.ts';
import { runq } from './runq.ts';
import { search } from './search.ts';
import { set } from './set.ts';
import { sig } from './sig.ts';
import { structCommands } from './struct.ts';
import { swap } from './swap.ts';
import { sym } from './sym.ts';
import { sys } from './sys.ts';
import { task } from './task.ts';
import { timer } from './timer.ts';
import { btop, pte, ptob, ptov } from './translate.ts';
import { tree } from './tree.ts';
import { userCommands } from './user.ts';
import { vm } from './vm.ts';
import { vtop } from './vtop.ts';
import { waitq } from './waitq.ts';
import { whatis } from './whatis.ts';

/** crash's vocabulary. */
export const crashCommands: readonly CrashCommand[] = [
  runq,
  ascii,
  evaluate,
  p,
  rd,
  btop,
  pte,
  ptob,
  ptov,
  swap,
  vm,
  vtop,
  files,
  fuser,
  mod,
  mount,
  sig,
  alias,
  bt,
  core,
  dis,
  foreach,
  help,
  ipcs,
  net,
  waitq,
  irq,
  timer,
  dev,
  mach,
  kmem,
  list,
  log,
  ps,
  ...quitCommands,
  repeat,
  search,
  set,
  ...structCommands,
  task,
  tree,
  ...userCommands,
  whatis,
  gdb,
  sym,
  sys,
];

/** A command by its name: crash has no prefixes. */
export const findCrashCommand = (commands: readonly CrashCommand[], name: string): CrashCommand | undefined =>
  commands.find((command) => command.name === name);
