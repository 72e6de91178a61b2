import { FormatError } from '../../base/errors.ts';

/** Snappy block decompression (google/snappy format_description.txt): a varint length, then literals and copies by the low two bits. */
export function snappyDecompress(input: Uint8Array, outputSize: number): Uint8Array {
  let ip = 0;
  let length = 0;
  for (let shift = 0; ; shift += 7) {
    if (ip >= input.length || shift > 28) throw new FormatError('snappy: bad length');
    length |= (input[ip] & 0x7f) << shift;
    if ((input[ip++] & 0x80) === 0) break;
  }
  if (length !== outputSize) throw new FormatError(`snappy: ${length} bytes instead of ${outputSize}`);
  const out = new Uint8Array(outputSize);
  let op = 0;
  const little = (count: number): number => {
    if (ip + count > input.length) throw new FormatError('snappy: the data ends too early');
    let value = 0;
    for (let i = 0; i < count; i++) value += input[ip++] * 2 ** (8 * i);
    return value;
  };
  while (ip < input.length) {
    const tag = input[ip++];
    if ((tag & 3) === 0) {
      const count = (tag >> 2 < 60 ? tag >> 2 : little((tag >> 2) - 59)) + 1;
      if (ip + count > input.length || op + count > outputSize) throw new FormatError('snappy: a literal runs past the end');
      out.set(input.subarray(ip, ip + count), op);
      ip += count;
      op += count;
      continue;
    }
    const short = (tag & 3) === 1;
    const count = short ? ((tag >> 2) & 7) + 4 : (tag >> 2) + 1;
    const distance = short ? ((tag >> 5) << 8) | little(1) : little((tag & 3) === 2 ? 2 : 4);
    if (distance === 0 || distance > op || op + count > outputSize) throw new FormatError('snappy: a copy lies outside the page');
    for (let from = op - distance, end = op + count; op < end; ) out[op++] = out[from++];
  }
  if (op !== outputSize) throw new FormatError('snappy: the page is incomplete');
  return out;
}
