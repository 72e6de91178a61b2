import type { Module } from '../program/module.ts';
import type { Checkpoint } from './checkpoints.ts';

/** The part of run control that begins and ends processes; what `run`, `attach`, `kill`, `checkpoint` … call. */
export interface ProcessControl {
  /**
   * `run`, `start`, `starti`: starts the program with the settings `args`, `cwd`, `environment` … and lets it go up to its first stop. `announce` is called
   * with program and arguments when everything that can be refused beforehand was not.
   */
  start(stopAt: 'nowhere' | 'main' | 'first instruction', announce: (program: string, args: string) => void): Promise<void>;
  /** Attaches, loads symbols if there is no program yet, and shows where the process is; before that `modulesRead` is told of the files that were opened. */
  attach(pid: number, modulesRead: (modules: readonly Module[]) => void): Promise<void>;
  /** Breakpoints out, the process goes on; `[Inferior 1 (process N) detached]`. */
  detach(): void;
  /** Kills the process and its checkpoints; `[Inferior 1 (process N) killed]` unless quiet. */
  kill(options?: { quiet?: boolean }): void;
  /** Forks the stopped process. */
  checkpoint(): Checkpoint;
  /** Goes on with another fork: breakpoints, threads and frames are those of that one now. */
  switchToCheckpoint(checkpoint: Checkpoint): void;
  /** A fork that is not the current one. */
  dropCheckpoint(checkpoint: Checkpoint, how: 'kill' | 'detach'): void;
}
