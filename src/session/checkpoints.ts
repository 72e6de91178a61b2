import { SondeError } from '../base/errors.ts';
import { type FileOffsets, fileOffsets, restoreFileOffsets } from '../linux/fileOffsets.ts';
import type { LiveTarget } from '../targets/target.ts';

/** One of the forks of a checkpointed program. Number 0 is the process that was there first. */
export interface Checkpoint {
  readonly number: number;
  readonly target: LiveTarget;
  /** Its files' positions when it was left: a fork shares them with the others. */
  offsets: FileOffsets;
}

/**
 * Checkpoints: stopped forks of the inferior. The table is empty while there is only one process; the numbering
 * then begins again, as in gdb.
 */
export class CheckpointTable {
  #forks: Checkpoint[] = [];
  #highest = 0;

  get all(): readonly Checkpoint[] {
    return this.#forks;
  }

  find(number: number): Checkpoint | undefined {
    return this.#forks.find((fork) => fork.number === number);
  }

  /** Forks the stopped inferior; breakpoints must be out of its memory. */
  add(live: LiveTarget): Checkpoint {
    if (live.threads().length > 1) throw new SondeError("checkpoint: can't checkpoint multiple threads.");
    const child = live.adopt(live.forkStopped(live.threads()[0].tid));
    const offsets = fileOffsets(live.pid);
    if (this.#forks.length === 0) {
      this.#forks.push({ number: 0, target: live, offsets });
      this.#highest = 0;
    }
    const checkpoint = { number: ++this.#highest, target: child, offsets };
    this.#forks.push(checkpoint);
    return checkpoint;
  }

  /** Notes where the files of the process are that the session turns away from. */
  leave(from: LiveTarget): void {
    const left = this.#forks.find((fork) => fork.target.pid === from.pid);
    if (left) left.offsets = fileOffsets(from.pid);
  }

  /** Gets the files of a fork ready; the caller makes it the session's process. */
  enter(to: Checkpoint): void {
    restoreFileOffsets(to.target.pid, to.offsets);
  }

  /** Who goes on when a process has ended: the latest of the others. */
  heirOf(pid: number): Checkpoint | undefined {
    return this.#forks.findLast((fork) => fork.target.pid !== pid);
  }

  /** Takes it off the list; what becomes of the process is the caller's affair. */
  remove(pid: number): void {
    this.#forks = this.#forks.filter((fork) => fork.target.pid !== pid);
    if (this.#forks.length === 1) this.#forks = [];
  }

  clear(): void {
    this.#forks = [];
  }
}
