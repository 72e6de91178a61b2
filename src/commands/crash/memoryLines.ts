export type Width = 8 | 16 | 32 | 64;

/** How `rd` shows memory. */
export interface Shape {
  readonly width: Width;
  readonly format: 'hex' | 'signed' | 'unsigned';
  /** The bytes as characters at the end of each line. */
  readonly characters: boolean;
  readonly networkOrder: boolean;
  /** A 64-bit word by what it points to. */
  readonly name: ((word: bigint) => string) | undefined;
}

const lineBytes = 16;
/** Digits of a value of so many bits, in decimal with a sign. */
const decimalWidths: Readonly<Record<Width, number>> = { 8: 4, 16: 6, 32: 11, 64: 16 };

/** Lines of 16 bytes: address, values, characters. The last value may be cut off by the end of `bytes`; it is left out then. */
export function memoryLines(address: bigint, bytes: Uint8Array, shape: Shape): string {
  const size = shape.width / 8;
  const lines: string[] = [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at < bytes.length; at += lineBytes) {
    const values: string[] = [];
    const end = Math.min(at + lineBytes, bytes.length);
    for (let value = at; value + size <= end; value += size) values.push(valueText(view, value, shape));
    const head = `${(address + BigInt(at)).toString(16).padStart(16)}:  `;
    const room = lineBytes / size;
    const width = values[0]?.length ?? 0;
    const gap = ' '.repeat((room - values.length) * (width + 1));
    const tail = shape.characters ? `${gap}  ${characters(bytes.subarray(at, end))}` : '';
    lines.push(`${head}${values.map((value) => `${value} `).join('')}${tail}\n`);
  }
  return lines.join('');
}

function valueText(view: DataView, at: number, { width, format, networkOrder, name }: Shape): string {
  const value = readValue(view, at, width, format === 'signed', !networkOrder);
  if (name) return name(BigInt.asUintN(64, value)).padEnd(16);
  if (format === 'hex') return value.toString(16).padStart(width / 4, '0');
  return value.toString().padStart(format === 'unsigned' && width === 64 ? 20 : decimalWidths[width]);
}

function readValue(view: DataView, at: number, width: Width, signed: boolean, little: boolean): bigint {
  switch (width) {
    case 8:
      return BigInt(signed ? view.getInt8(at) : view.getUint8(at));
    case 16:
      return BigInt(signed ? view.getInt16(at, little) : view.getUint16(at, little));
    case 32:
      return BigInt(signed ? view.getInt32(at, little) : view.getUint32(at, little));
    case 64:
      return signed ? view.getBigInt64(at, little) : view.getBigUint64(at, little);
  }
}

const characters = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.')).join('');
