import { R } from '../../arch/registers.ts';
import { hex } from '../../base/address.ts';
import { signalDescription, signalName } from '../../linux/signals.ts';
import type { Session } from '../../session/session.ts';
import { threadText } from '../../session/threads.ts';
import type { Command } from '../command.ts';
import { textResult } from '../command.ts';

/** `info program`: where it stopped and why. */
export const infoProgramCommand: Command = {
  name: 'info program',
  group: 'status',
  summary: 'Execution status of the program.',
  completes: 'none',
  run: (_args, { session, emit, fromTerminal }) => {
    const { live, selectedThread } = session;
    if (!live || !selectedThread) {
      emit(textResult('The program being debugged is not being run.\n'));
      return;
    }
    const pc = live.registers(selectedThread.tid).get(R.rip) ?? 0n;
    const lines = [
      `\tUsing the running image of ${live.attached ? 'attached' : 'child'} ${threadText(selectedThread, live, session.threads.length === 1)}.`,
      `Program stopped at ${hex(pc)}.`,
      ...reasons(session),
    ];
    if (fromTerminal) lines.push('Type "info stack" or "info registers" for more information.');
    emit({ kind: 'program', data: { pid: live.pid, thread: selectedThread.number, pc: hex(pc) }, text: () => `${lines.join('\n')}\n` });
  },
};

function reasons({ control, breakpoints }: Session): string[] {
  const reason = control.lastStop?.reason;
  switch (reason?.kind) {
    case 'step':
      return ['It stopped after being stepped.'];
    case 'breakpoint':
    case 'catchpoint':
    case 'watchpoint scope':
      return [stoppedAt(reason.breakpoint.number, breakpoints)];
    case 'watchpoint':
      return reason.changes.map(({ breakpoint }) => stoppedAt(breakpoint.number, breakpoints));
    case 'signal':
      return [`It stopped with signal ${signalName(reason.signal)}, ${signalDescription(reason.signal)}.`];
    default:
      return [];
  }
}

const stoppedAt = (number: number, breakpoints: Session['breakpoints']): string =>
  breakpoints.find(number) ? `It stopped at breakpoint ${number}.` : 'It stopped at a breakpoint that has since been deleted.';
