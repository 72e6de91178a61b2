/**
 * Where `program/` gets files from: it opens none itself. Implemented in `linux/files.ts`; tests hand in what they like.
 */
export interface FileSource {
  /** A file's bytes (mapped, so nothing is copied). Throws SondeError `PATH: No such file or directory.` and the like. */
  read(path: string): Uint8Array;
  exists(path: string): boolean;
  readonly decompress: {
    zlib(bytes: Uint8Array, size: number): Uint8Array;
    zstd(bytes: Uint8Array, size: number): Uint8Array;
    /** Size unknown beforehand; at most `limit` bytes come out. */
    xz(bytes: Uint8Array, limit: number): Uint8Array;
  };
}
