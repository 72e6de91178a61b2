import type { PrintLimits } from './context.ts';

/** Characters and strings as gdb escapes, groups and cuts them. `quote` is the quote that must be escaped. */

export interface Unit {
  /** What it prints as when on its own, escaped; */
  readonly text: string;
  /** a hexadecimal escape: a digit after it must be escaped too, or it would be read as part of it. */
  readonly escaped: boolean;
  /** For comparing: repeats are of equal units. */
  readonly key: string;
  /** A digit: see `escaped`. */
  readonly digitEscape?: string;
}

const named: Record<number, string> = { 7: '\\a', 8: '\\b', 9: '\\t', 10: '\\n', 11: '\\v', 12: '\\f', 13: '\\r' };
const printable = /^[\p{L}\p{M}\p{N}\p{P}\p{S}\p{Zs}]$/u;

const numeric = (code: number): string => (code <= 0o777 ? `\\${code.toString(8).padStart(3, '0')}` : `\\x${code.toString(16)}`);

/** One character; `bytes` are the code units that it came from, for its escape. */
function unit(code: number, units: readonly number[], quote: string, ascii: boolean): Unit {
  const key = `${code}`;
  if (named[code]) return { text: named[code], escaped: false, key };
  const isPlain =
    code < 0x80
      ? code >= 0x20 && code < 0x7f
      : !ascii && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff) && printable.test(String.fromCodePoint(code));
  if (!isPlain) return { text: units.map(numeric).join(''), escaped: code > 0o777, key };
  const character = String.fromCodePoint(code);
  if (character === quote || character === '\\') return { text: `\\${character}`, escaped: false, key };
  return { text: character, escaped: false, key, digitEscape: code >= 0x30 && code <= 0x39 ? numeric(code) : undefined };
}

/** `'x'`, with the prefix of a wide one. */
export function quotedCharacter(code: number, prefix: string, limits: PrintLimits): string {
  const only = prefix === '' && code >= 0x80 ? { text: numeric(code & 0xff) } : unit(code, [code], "'", limits.sevenBit);
  return `${prefix}'${only.text}'`;
}

/** Splits code units into characters: UTF-8 for char, UTF-16 for char16_t. What does not decode stands as its bytes. */
function decode(codes: readonly number[], width: number, quote: string, limits: PrintLimits): { units: Unit[]; incomplete: number[] } {
  const units: Unit[] = [];
  for (let at = 0; at < codes.length; ) {
    const code = codes[at];
    if (width === 1 && code >= 0x80 && !limits.sevenBit) {
      const sequence = utf8Sequence(codes, at);
      if (sequence === 'incomplete') return { units, incomplete: codes.slice(at) };
      if (sequence) {
        units.push(unit(sequence.code, codes.slice(at, at + sequence.length), quote, false));
        at += sequence.length;
        continue;
      }
    }
    if (width === 1 && code >= 0x80) {
      units.push({ text: numeric(code), escaped: false, key: `b${code}` });
      at++;
      continue;
    }
    const isPair = width === 2 && code >= 0xd800 && code < 0xdc00 && codes[at + 1] >= 0xdc00 && codes[at + 1] < 0xe000;
    if (isPair)
      units.push(unit(0x10000 + ((code - 0xd800) << 10) + (codes[at + 1] - 0xdc00), codes.slice(at, at + 2), quote, limits.sevenBit));
    else units.push(unit(code, [code], quote, limits.sevenBit));
    at += isPair ? 2 : 1;
  }
  return { units, incomplete: [] };
}

function utf8Sequence(codes: readonly number[], at: number): { code: number; length: number } | 'incomplete' | undefined {
  const first = codes[at];
  const length = first >= 0xf0 && first < 0xf5 ? 4 : first >= 0xe0 && first < 0xf0 ? 3 : first >= 0xc2 && first < 0xe0 ? 2 : 0;
  if (length === 0) return undefined;
  let code = first & (0xff >> (length + 1));
  for (let i = 1; i < length; i++) {
    if (at + i >= codes.length) return 'incomplete';
    const next = codes[at + i];
    if ((next & 0xc0) !== 0x80) return undefined;
    code = (code << 6) | (next & 0x3f);
  }
  const isShortest = code >= [0, 0, 0x80, 0x800, 0x10000][length] && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff);
  return isShortest ? { code, length } : undefined;
}

export interface StringOptions {
  readonly prefix: string;
  readonly width: number;
  /** `...` even if all was printed: there is more that was not read. */
  readonly forceEllipsis?: boolean;
}

/** gdb's printstr: runs longer than `repeats` apart, at most `elements` characters; a terminating null is not shown. */
export function quotedString(allCodes: readonly number[], options: StringOptions, limits: PrintLimits): string {
  const { prefix, width, forceEllipsis = false } = options;
  const codes = !forceEllipsis && allCodes.length > 0 && allCodes[allCodes.length - 1] === 0 ? allCodes.slice(0, -1) : allCodes;
  if (codes.length === 0) return `${prefix}""`;
  // A run counts as a whole, where runs are told: only the first `elements` characters and what repeats the last of them are looked at.
  const { units, incomplete } = decode(codes, width, '"', limits);
  const groups: { unit: Unit; count: number }[] = [];
  let taken = 0;
  let next = 0;
  while (next < units.length && taken < limits.elements) {
    let count = 1;
    const longest = Number.isFinite(limits.repeats) ? units.length : limits.elements - taken;
    while (next + count < units.length && count < longest && units[next + count].key === units[next].key) count++;
    groups.push({ unit: units[next], count });
    next += count;
    taken += count;
  }
  const isFinished = next >= units.length && (incomplete.length === 0 || taken < limits.elements);
  const parts: string[] = [];
  let open = '';
  let afterEscape = false;
  for (const { unit: item, count } of groups) {
    if (count > limits.repeats) {
      if (open !== '') parts.push(`${prefix}"${open}"`);
      open = '';
      afterEscape = false;
      parts.push(`${prefix}'${requoted(item.text)}' <repeats ${count} times>`);
      continue;
    }
    for (let i = 0; i < count; i++) {
      const digit: string | undefined = afterEscape ? item.digitEscape : undefined;
      open += digit ?? item.text;
      afterEscape = item.escaped || digit !== undefined;
    }
  }
  if (open !== '') parts.push(`${prefix}"${open}"`);
  if (incomplete.length > 0 && isFinished) parts.push(`<incomplete sequence ${incomplete.map(numeric).join('')}>`);
  const text = parts.join(', ');
  return forceEllipsis || !isFinished ? `${text}...` : text;
}

/** Escapes for one quote, turned into those for the other. */
function requoted(text: string): string {
  if (text === '\\"') return '"';
  return text === "'" ? "\\'" : text;
}
