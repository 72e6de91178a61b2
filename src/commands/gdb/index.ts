import type { Command } from '../command.ts';
import { backtraceCommands } from './backtrace.ts';
import { checkpointCommands } from './checkpoints.ts';
import { disassembleCommands } from './disassemble.ts';
import { environmentCommands } from './environment.ts';
import { examineCommands } from './examine.ts';
import { fileCommands } from './files.ts';
import { frameCommands } from './frames.ts';
import { helpCommands } from './help.ts';
import { infoFrameCommands } from './infoFrame.ts';
import { infoInferiorsCommand } from './infoInferiors.ts';
import { infoLocalsCommands } from './infoLocals.ts';
import { infoProcCommands } from './infoProc.ts';
import { infoProgramCommand } from './infoProgram.ts';
import { infoRegistersCommands } from './infoRegisters.ts';
import { listCommands } from './list.ts';
import { printCommands } from './print.ts';
import { printfCommands } from './printf.ts';
import { processCommands } from './process.ts';
import { settingCommands } from './settings.ts';
import { shellCommands } from './shell.ts';
import { showValuesCommands } from './showValues.ts';
import { directoryCommands } from './support.ts';
import { typeCommands } from './types.ts';

/** gdb's vocabulary. */
export const gdbCommands: readonly Command[] = [
  ...backtraceCommands,
  ...checkpointCommands,
  ...disassembleCommands,
  ...environmentCommands,
  ...examineCommands,
  ...frameCommands,
  ...infoFrameCommands,
  infoInferiorsCommand,
  ...infoLocalsCommands,
  ...infoProcCommands,
  infoProgramCommand,
  ...infoRegistersCommands,
  ...printCommands,
  ...printfCommands,
  ...processCommands,
  ...settingCommands,
  ...shellCommands,
  ...showValuesCommands,
  ...typeCommands,
  ...fileCommands,
  ...listCommands,
  ...directoryCommands,
  ...helpCommands,
];
