/** A dump's bytes by file offset, however they are kept: a mapped file, or a flattened stream put back in order. */
export interface ByteSource {
  readonly size: number;
  /** At most to the end of the source; shorter where it ends. The bytes are a view when they lie together. */
  read(offset: number, length: number): Uint8Array;
}

export function bytesAsSource(bytes: Uint8Array): ByteSource {
  return { size: bytes.length, read: (offset, length) => bytes.subarray(offset, offset + length) };
}
