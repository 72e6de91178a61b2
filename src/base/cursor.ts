import { FormatError } from './errors.ts';

/**
 * The one byte reader: little endian, over bytes that are handed in, with an `offset` that the reads move. Every read
 * past the end throws FormatError. Numbers that fit are `number`; 64-bit ones are `bigint` unless the name says otherwise.
 */
export class Cursor {
  constructor(
    readonly bytes: Uint8Array,
    public offset = 0,
    /** What the bytes are, for messages: `.debug_info`. */
    readonly name = 'data',
  ) {}

  get atEnd(): boolean {
    return this.offset >= this.bytes.length;
  }

  u8(): number {
    const at = this.#take(1);
    return this.bytes[at];
  }
  i8(): number {
    return (this.u8() << 24) >> 24;
  }
  u16(): number {
    const at = this.#take(2);
    return this.bytes[at] | (this.bytes[at + 1] << 8);
  }
  i16(): number {
    return (this.u16() << 16) >> 16;
  }
  u24(): number {
    const at = this.#take(3);
    return this.bytes[at] | (this.bytes[at + 1] << 8) | (this.bytes[at + 2] << 16);
  }
  u32(): number {
    return this.i32() >>> 0;
  }
  i32(): number {
    const at = this.#take(4);
    const { bytes } = this;
    return bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24);
  }
  u64(): bigint {
    const low = this.u32();
    return (BigInt(this.u32()) << 32n) | BigInt(low);
  }
  i64(): bigint {
    return BigInt.asIntN(64, this.u64());
  }
  /** A 64-bit offset or count; throws where a double cannot hold it exactly, as no file is that long. */
  u64Number(): number {
    const low = this.u32();
    const high = this.u32();
    if (high >= 1 << 21) throw new FormatError(`Value too large at offset ${this.offset - 8} of ${this.name}`);
    return high * 2 ** 32 + low;
  }

  /** LEB128 of any length, cut to 64 bits. */
  uleb(): bigint {
    const start = this.offset;
    const small = this.ulebNumber();
    if (small < 2 ** 49) return BigInt(small);
    this.offset = start;
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = this.u8();
      if (shift < 70n) value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asUintN(64, value);
    }
  }
  /** Signed LEB128, cut to 64 bits. */
  sleb(): bigint {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = this.u8();
      if (shift < 70n) value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asIntN(64, byte & 0x40 && shift < 63n ? value - (1n << (shift + 7n)) : value);
    }
  }
  /** LEB128 as a double: exact below 2**53, and large (never wrapped) above. */
  ulebNumber(): number {
    let byte = this.u8();
    if (byte < 0x80) return byte;
    let value = byte & 0x7f;
    for (let scale = 0x80; ; scale *= 0x80) {
      byte = this.u8();
      if (byte & 0x7f) value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
  }
  slebNumber(): number {
    let value = 0;
    for (let scale = 1; ; scale *= 0x80) {
      const byte = this.u8();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return byte & 0x40 ? value - scale * 0x80 : value;
    }
  }

  /** NUL-terminated, as UTF-8. */
  string(): string {
    const start = this.offset;
    const end = this.bytes.indexOf(0, start);
    if (end < 0 || start > this.bytes.length) throw this.#cutShort();
    this.offset = end + 1;
    return stringOf(this.bytes, start, end);
  }
  /** The next `length` bytes, not copied. */
  take(length: number): Uint8Array {
    const at = this.#take(length);
    return this.bytes.subarray(at, at + length);
  }
  skip(length: number): void {
    this.#take(length);
  }

  #take(length: number): number {
    const at = this.offset;
    if (!(length >= 0 && at >= 0 && at + length <= this.bytes.length)) throw this.#cutShort();
    this.offset = at + length;
    return at;
  }
  #cutShort(): FormatError {
    return new FormatError(`Unexpected end of ${this.name} at offset ${this.offset}`);
  }
}

const utf8 = new TextDecoder();

/** Bytes as UTF-8; short ASCII, which nearly everything is, without going through the decoder. */
export function stringOf(bytes: Uint8Array, start: number, end: number): string {
  if (end - start > 48) return utf8.decode(bytes.subarray(start, end));
  let text = '';
  for (let i = start; i < end; i++) {
    const byte = bytes[i];
    if (byte >= 0x80) return utf8.decode(bytes.subarray(start, end));
    text += String.fromCharCode(byte);
  }
  return text;
}

/** The NUL-terminated string at an offset of a string table; throws FormatError outside of it. */
export function stringAt(table: Uint8Array, offset: number, name = 'string table'): string {
  return new Cursor(table, offset, name).string();
}
