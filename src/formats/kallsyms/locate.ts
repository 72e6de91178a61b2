/** Where the tables of kernel/kallsyms.c lie in a stretch of the kernel's read-only data: offsets into it. */
export interface TablePlaces {
  readonly count: number;
  readonly offsets: number;
  readonly relativeBase: number;
  readonly names: number;
  readonly tokenTable: number;
  readonly tokenIndex: number;
}

const tokens = 256;
/** More symbols than any kernel has. */
const mostSymbols = 2_000_000;

/**
 * Finds the tables without being told where they are, for kernels before 6.0, whose VMCOREINFO does not say. scripts/kallsyms.c writes them one after the
 * other: offsets, relative base, number of symbols, names, markers, token table, token index. The token table is known by its ten digits, the
 * rest by what it says of itself.
 */
export function locateKallsyms(image: Uint8Array): TablePlaces | undefined {
  const view = new DataView(image.buffer, image.byteOffset, image.byteLength);
  for (let at = findDigits(image, 0); at >= 0; at = findDigits(image, at + 1)) {
    const places = fromDigits(image, view, at);
    if (places) return places;
  }
  return undefined;
}

/** Tokens of the digits are the digits themselves, one after the other. */
function findDigits(image: Uint8Array, from: number): number {
  for (let at = image.indexOf(0x30, from); at >= 0; at = image.indexOf(0x30, at + 1)) {
    let digit = 0;
    while (digit < 10 && image[at + digit * 2] === 0x30 + digit && image[at + digit * 2 + 1] === 0) digit++;
    if (digit === 10) return at;
  }
  return -1;
}

function fromDigits(image: Uint8Array, view: DataView, zero: number): TablePlaces | undefined {
  let end = zero;
  for (let token = 0x30; token < tokens; token++) {
    end = image.indexOf(0, end) + 1;
    if (end === 0) return undefined;
  }
  for (const alignment of [8, 4]) {
    const tokenIndex = aligned(end, alignment);
    if (tokenIndex + tokens * 2 > image.length || view.getUint16(tokenIndex, true) !== 0) continue;
    const tokenTable = zero - view.getUint16(tokenIndex + 0x30 * 2, true);
    if (tokenTable < 0 || !isRising(view, tokenIndex)) continue;
    const found = beforeTokens(image, view, tokenTable);
    if (found) return { ...found, tokenTable, tokenIndex };
  }
  return undefined;
}

function isRising(view: DataView, tokenIndex: number): boolean {
  for (let token = 1; token < tokens; token++)
    if (view.getUint16(tokenIndex + token * 2, true) <= view.getUint16(tokenIndex + token * 2 - 2, true)) return false;
  return true;
}

/** Names and what comes between them and the tokens are no longer than this. */
const namesAtMost = 16 << 20;

/**
 * The number of symbols, then the names, then the markers: where each 256th name begins, words of 8 bytes before 4.20. What follows the markers differs
 * (6.2 put the order of names there), so the number is searched for: the one after which exactly so many names lead to markers that agree.
 */
function beforeTokens(image: Uint8Array, view: DataView, tokenTable: number) {
  const first = Math.max(16, tokenTable - namesAtMost);
  for (let at = tokenTable - (tokenTable % 8) - 8; at >= first; at -= 8) {
    const count = view.getUint32(at, true);
    if (count < 1000 || count > mostSymbols || view.getUint32(at + 4, true) !== 0) continue;
    const names = at + 8;
    const block = afterNames(image, names, 256, tokenTable) - names;
    const end = afterNames(image, names, count, tokenTable);
    if (end >= tokenTable || !hasMarkers(view, end, block)) continue;
    const relativeBase = names - 16;
    const offsets = relativeBase - aligned(count * 4, 8);
    if (offsets >= 0) return { count, offsets, relativeBase, names };
  }
  return undefined;
}

function hasMarkers(view: DataView, end: number, block: number): boolean {
  const at = aligned(end, 8);
  const narrow = view.getUint32(aligned(end, 4), true) === 0 && view.getUint32(aligned(end, 4) + 4, true) === block;
  return narrow || (view.getUint32(at, true) === 0 && view.getUint32(at + 4, true) === block) || view.getUint32(at + 8, true) === block;
}

/** The end of so many names: each is its length, in two bytes from 128 on (6.1), and as many bytes. At most `limit`. */
function afterNames(image: Uint8Array, names: number, count: number, limit: number): number {
  let at = names;
  for (let index = 0; index < count && at < limit; index++) {
    const length = image[at];
    if (length === 0) return limit;
    at += length & 0x80 ? 2 + ((length & 0x7f) | (image[at + 1] << 7)) : 1 + length;
  }
  return Math.min(at, limit);
}

const aligned = (value: number, to: number): number => Math.ceil(value / to) * to;
