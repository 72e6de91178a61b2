import { fstatSync, openSync, readSync } from 'node:fs';
import { SondeError } from '../base/errors.ts';
import { fileErrorText } from './errno.ts';

const blockSize = 4096;

/**
 * A file that can't be mapped, as /proc/kcore, by position. Blocks that were read are kept until `forget`: what is looked at
 * in one go then fits together. Where the file can't be read the answer is short.
 */
export interface FileBytes {
  readonly size: number;
  read(offset: number, length: number): Uint8Array;
  forget(): void;
}

/** Throws SondeError `PATH: No such file or directory.` and the like. */
export function openFileBytes(path: string): FileBytes {
  let fd: number;
  try {
    fd = openSync(path, 'r');
  } catch (error) {
    throw new SondeError(`${path}: ${fileErrorText(error)}.`);
  }
  const blocks = new Map<number, Uint8Array>();
  const block = (index: number): Uint8Array => {
    let bytes = blocks.get(index);
    if (bytes === undefined) {
      bytes = readBlock(fd, index * blockSize);
      blocks.set(index, bytes);
    }
    return bytes;
  };
  return {
    size: fstatSync(fd).size,
    read: (offset, length) => {
      const within = offset % blockSize;
      if (within + length <= blockSize) return block((offset - within) / blockSize).subarray(within, within + length);
      const out = new Uint8Array(length);
      let done = 0;
      while (done < length) {
        const skip = (offset + done) % blockSize;
        const part = block((offset + done - skip) / blockSize).subarray(skip, skip + length - done);
        if (part.length === 0) break;
        out.set(part, done);
        done += part.length;
      }
      return out.subarray(0, done);
    },
    forget: () => blocks.clear(),
  };
}

function readBlock(fd: number, position: number): Uint8Array {
  const bytes = Buffer.allocUnsafe(blockSize);
  try {
    return bytes.subarray(0, readSync(fd, bytes, 0, blockSize, position));
  } catch {
    return bytes.subarray(0, 0);
  }
}
