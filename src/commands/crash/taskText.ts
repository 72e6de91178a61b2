import type { Task } from '../../kernel/tasks.ts';

export const padded = (value: string | number, width: number): string => String(value).padStart(width);

/** An address without `0x`, 16 digits, as crash writes pointers. */
export const pointer = (address: bigint): string => address.toString(16).padStart(16, '0');

/** The line that begins what is said of a task; it ends with a newline. */
export const taskHeader = ({ pid, address, cpu, comm }: Task): string =>
  `PID: ${String(pid).padEnd(7)}  TASK: ${pointer(address)}  CPU: ${String(cpu).padEnd(3)}  COMMAND: "${comm}"\n`;

/** The same as data. */
export const taskData = ({ pid, address, cpu, comm }: Task) => ({ pid, task: `0x${address.toString(16)}`, cpu, command: comm });
