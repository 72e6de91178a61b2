import { closeSync, existsSync, openSync, readFileSync, statSync, writeSync } from 'node:fs';
import { SondeError } from '../base/errors.ts';
import { inflateXz, inflateZlib, inflateZstd } from './decompress.ts';
import { fileErrorText } from './errno.ts';
import { mapFile } from './mapFile.ts';

/** Smaller files are read: that is quicker than loading the FFI library that maps. */
const smallEnoughToRead = 512 * 1024;

/** Files for `program/`'s FileSource: mapped unless small. */
export const files = {
  /** Throws SondeError: `PATH: No such file or directory.` */
  read(path: string): Uint8Array {
    try {
      const status = statSync(path);
      if (status.isDirectory()) throw new SondeError(`${path}: Is a directory.`);
      return status.isFile() && status.size > smallEnoughToRead ? mapFile(path) : readFileSync(path);
    } catch (error) {
      if (error instanceof SondeError) throw error;
      throw new SondeError(`${path}: ${fileErrorText(error)}.`);
    }
  },
  /** Overwrites a part of a file. Throws SondeError: `PATH: Text file busy.` */
  patch(path: string, offset: number, bytes: Uint8Array): void {
    try {
      const file = openSync(path, 'r+');
      try {
        writeSync(file, bytes, 0, bytes.length, offset);
      } finally {
        closeSync(file);
      }
    } catch (error) {
      throw new SondeError(`${path}: ${fileErrorText(error)}.`);
    }
  },
  exists: (path: string): boolean => existsSync(path),
  decompress: { zlib: inflateZlib, zstd: inflateZstd, xz: inflateXz },
};
