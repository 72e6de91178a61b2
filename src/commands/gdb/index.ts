import type { Command } from '../command.ts';
import { memoryCommands } from '../memory/index.ts';
import { autoLoadCommands } from './autoLoad.ts';
import { backtraceCommands } from './backtrace.ts';
import { breakpointBodyCommands } from './breakpointBodies.ts';
import { breakpointStateCommands } from './breakpointState.ts';
import { breakpointCommands } from './breakpoints.ts';
import { catchCommands } from './catch.ts';
import { checkpointCommands } from './checkpoints.ts';
import { coreCommands } from './core.ts';
import { disassembleCommands } from './disassemble.ts';
import { displayCommands } from './displays.ts';
import { environmentCommands } from './environment.ts';
import { examineCommands } from './examine.ts';
import { fileCommands } from './files.ts';
import { frameCommands } from './frames.ts';
import { helpCommands } from './help.ts';
import { infoBreakpointsCommands } from './infoBreakpoints.ts';
import { infoFilesCommands } from './infoFiles.ts';
import { infoFrameCommands } from './infoFrame.ts';
import { infoInferiorsCommand } from './infoInferiors.ts';
import { infoLocalsCommands } from './infoLocals.ts';
import { infoProcCommands } from './infoProc.ts';
import { infoProgramCommand } from './infoProgram.ts';
import { infoRegistersCommands } from './infoRegisters.ts';
import { infoScopeCommands } from './infoScope.ts';
import { infoSymbolsCommands } from './infoSymbols.ts';
import { listCommands } from './list.ts';
import { prefixCommands } from './prefixes.ts';
import { printCommands } from './print.ts';
import { printfCommands } from './printf.ts';
import { processCommands } from './process.ts';
import { returnCommand } from './return.ts';
import { runningCommands } from './running.ts';
import { scriptingCommands } from './scripting.ts';
import { settingCommands } from './settings.ts';
import { shellCommands } from './shell.ts';
import { showValuesCommands } from './showValues.ts';
import { signalCommands } from './signals.ts';
import { sourceInfoCommands } from './sourceInfo.ts';
import { substitutePathCommands } from './substitutePath.ts';
import { directoryCommands } from './support.ts';
import { threadCommands } from './threads.ts';
import { typeCommands } from './types.ts';
import { watchCommands } from './watch.ts';
import { wrapperCommands } from './wrappers.ts';

/** gdb's vocabulary. */
export const gdbCommands: readonly Command[] = [
  ...autoLoadCommands,
  ...backtraceCommands,
  ...breakpointBodyCommands,
  ...breakpointCommands,
  ...breakpointStateCommands,
  ...catchCommands,
  ...checkpointCommands,
  ...disassembleCommands,
  ...displayCommands,
  ...environmentCommands,
  ...examineCommands,
  ...frameCommands,
  ...memoryCommands,
  ...infoBreakpointsCommands,
  ...infoFilesCommands,
  ...infoFrameCommands,
  infoInferiorsCommand,
  ...infoLocalsCommands,
  ...infoProcCommands,
  infoProgramCommand,
  ...infoRegistersCommands,
  ...infoScopeCommands,
  ...infoSymbolsCommands,
  ...printCommands,
  ...printfCommands,
  ...processCommands,
  returnCommand,
  ...runningCommands,
  ...settingCommands,
  ...shellCommands,
  ...showValuesCommands,
  ...signalCommands,
  ...threadCommands,
  ...typeCommands,
  ...watchCommands,
  ...fileCommands,
  ...listCommands,
  ...directoryCommands,
  ...helpCommands,
  ...coreCommands,
  ...scriptingCommands,
  ...sourceInfoCommands,
  ...prefixCommands,
  ...substitutePathCommands,
  ...wrapperCommands,
];
