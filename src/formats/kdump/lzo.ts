import { FormatError } from '../../base/errors.ts';

/**
 * LZO1X decompression (Documentation/staging/lzo.rst): instructions of literals and matches; the meaning of a byte below
 * 16 depends on how many literals the instruction before it copied.
 */
export function lzoDecompress(input: Uint8Array, outputSize: number): Uint8Array {
  const out = new Uint8Array(outputSize);
  let ip = 0;
  let op = 0;
  /** Literals that the last instruction copied: 0 to 3, or 4 for a longer run. */
  let state = 0;

  const byte = (): number => {
    if (ip >= input.length) throw new FormatError('LZO: the data ends too early');
    return input[ip++];
  };
  const longer = (base: number): number => {
    let length = base;
    let next = byte();
    while (next === 0) {
      length += 255;
      if (length > outputSize + 255) throw new FormatError('LZO: a run is longer than a page');
      next = byte();
    }
    return length + next;
  };
  const literals = (count: number): void => {
    if (ip + count > input.length || op + count > outputSize) throw new FormatError('LZO: literals run past the end');
    out.set(input.subarray(ip, ip + count), op);
    ip += count;
    op += count;
  };
  const match = (distance: number, length: number): void => {
    if (distance > op || op + length > outputSize) throw new FormatError('LZO: a match lies outside the page');
    for (let from = op - distance, end = op + length; op < end; ) out[op++] = out[from++];
  };

  if (input[0] > 17) {
    const count = byte() - 17;
    literals(count);
    state = Math.min(count, 4);
  }
  for (;;) {
    const code = byte();
    let trailing: number;
    if (code < 16) {
      if (state === 0) {
        literals(3 + (code === 0 ? longer(15) : code));
        state = 4;
        continue;
      }
      const distance = (code >> 2) + (byte() << 2) + (state === 4 ? 2049 : 1);
      match(distance, state === 4 ? 3 : 2);
      trailing = code & 3;
    } else if (code >= 64) {
      const distance = ((code >> 2) & 7) + (byte() << 3) + 1;
      match(distance, (code >> 5) + 1);
      trailing = code & 3;
    } else {
      const near = code >= 32;
      const mask = near ? 31 : 7;
      const length = 2 + ((code & mask) === 0 ? longer(mask) : code & mask);
      const low = byte();
      const offset = (low >> 2) + (byte() << 6);
      const distance = near ? offset + 1 : offset + ((code & 8) << 11) + 16384;
      if (!near && distance === 16384) break; // end of stream
      match(distance, length);
      trailing = low & 3;
    }
    literals(trailing);
    state = trailing;
  }
  if (op !== outputSize) throw new FormatError(`LZO: ${op} bytes instead of ${outputSize}`);
  return out;
}
