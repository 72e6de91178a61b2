import type * as Iced from 'iced-x86';

/** What stands before the opcode. */
export interface Prefixes {
  readonly operandSizes: number;
  readonly segment: string | undefined;
  readonly opcode: number;
}

const segmentPrefixes: Readonly<Record<number, string>> = { 46: 'cs', 54: 'ss', 62: 'ds', 38: 'es' };
const otherPrefixes = new Set([0xf0, 0xf2, 0xf3, 0x67, 0x64, 0x65]);

export function readPrefixes(bytes: Uint8Array): Prefixes {
  let operandSizes = 0;
  let segment: string | undefined;
  let at = 0;
  for (; at < bytes.length; at++) {
    const byte = bytes[at];
    if (byte === 0x66) operandSizes++;
    else if (segmentPrefixes[byte]) segment = segmentPrefixes[byte];
    else if (!otherPrefixes.has(byte)) break;
  }
  if ((bytes[at] & 0xf0) === 0x40) at++; // REX
  return { operandSizes, segment, opcode: bytes[at] };
}

/** Mnemonic padded to six columns and a space. Prefixes stand before it. */
export function padded(text: string): string {
  const [, prefix, mnemonic, operands] = /^((?:(?:rep\w*|lock|bnd|notrack|data16|[cdefgs]s) )*)(\S+) +(.*)$/.exec(text)!;
  return `${prefix}${mnemonic.padEnd(6)} ${operands}`;
}

/** Padding nops carry prefixes without effect: `data16 cs nopw 0x0(%rax,%rax,1)`. */
export function withUselessPrefixes(text: string, { operandSizes, segment }: Prefixes): string {
  if (!text.startsWith('nop')) return text;
  const prefixes = 'data16 '.repeat(Math.max(0, operandSizes - 1)) + (segment ? `${segment} ` : '');
  return prefixes ? prefixes + text.replace(/^(\S+) +/, '$1 ') : text;
}

/** A displacement that is encoded but 0. iced counts a %rip-relative one into the address. */
export function hasZeroDisplacement(instruction: Iced.Instruction): boolean {
  if (instruction.memoryDisplSize === 0) return false;
  return instruction.isIpRelMemoryOperand ? instruction.ipRelMemoryAddress === instruction.nextIP : instruction.memoryDisplacement === 0n;
}
