import { closeSync, openSync, readSync } from 'node:fs';
import { SondeError } from '../base/errors.ts';
import { fileErrorText } from './errno.ts';

/**
 * A file of the kernel with a 64-bit word for every page: /proc/PID/pagemap by virtual page, /proc/kpageflags, kpagecount and kpagecgroup by frame
 * (Documentation/admin-guide/mm/pagemap.rst).
 */
export class WordFile {
  readonly path: string;
  readonly #fd: number;

  /** Throws SondeError: `PATH: Permission denied.` */
  constructor(path: string) {
    this.path = path;
    try {
      this.#fd = openSync(path, 'r');
    } catch (error) {
      throw new SondeError(`${path}: ${fileErrorText(error)}.`);
    }
  }

  /** Undefined where it can't be opened. */
  static tryOpen(path: string): WordFile | undefined {
    try {
      return new WordFile(path);
    } catch (error) {
      if (error instanceof SondeError) return undefined;
      throw error;
    }
  }

  /** Words from the `first` on as pairs of halves, low half first; fewer than `count` at the end. `into` is used again and again by scans. */
  read(first: number, count: number, into: Uint32Array<ArrayBuffer> = new Uint32Array(count * 2)): Uint32Array {
    const bytes = new Uint8Array(into.buffer, into.byteOffset, count * 8);
    let done = 0;
    while (done < bytes.length) {
      let length: number;
      try {
        length = readSync(this.#fd, bytes, done, bytes.length - done, first * 8 + done);
      } catch {
        break; // the process has ended, or there are no such frames
      }
      if (length === 0) break;
      done += length;
    }
    return into.subarray(0, (done >> 3) * 2);
  }

  close(): void {
    closeSync(this.#fd);
  }
}
