import type { Command } from '../command.ts';
import { backtraceCommands } from './backtrace.ts';
import { checkpointCommands } from './checkpoints.ts';
import { disassembleCommands } from './disassemble.ts';
import { environmentCommands } from './environment.ts';
import { frameCommands } from './frames.ts';
import { infoFrameCommands } from './infoFrame.ts';
import { infoProcCommands } from './infoProc.ts';
import { infoRegistersCommands } from './infoRegisters.ts';
import { processCommands } from './process.ts';
import { settingCommands } from './settings.ts';
import { shellCommands } from './shell.ts';

/** gdb's vocabulary. */
export const gdbCommands: readonly Command[] = [
  ...backtraceCommands,
  ...checkpointCommands,
  ...disassembleCommands,
  ...environmentCommands,
  ...frameCommands,
  ...infoFrameCommands,
  ...infoProcCommands,
  ...infoRegistersCommands,
  ...processCommands,
  ...settingCommands,
  ...shellCommands,
];
