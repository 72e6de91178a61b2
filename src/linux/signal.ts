import { errnoNumber } from './errno.ts';
import { errno, libc } from './ffi.ts';

/** kill(2); false if there is no such process. A negative pid means a process group. */
export const sendSignal = (pid: number, signal: number): boolean => libc().kill(pid, signal) !== -1;

/** True while the pid is somebody, also a zombie or somebody else's. */
export const exists = (pid: number): boolean => libc().kill(pid, 0) !== -1 || errno() === errnoNumber('EPERM');
