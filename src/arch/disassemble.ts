import type * as Iced from 'iced-x86';
import { type Address, wrap64 } from '../base/address.ts';
import { attText } from './attSpelling.ts';
import { intelText } from './intelSpelling.ts';

export type DisassemblyFlavor = 'att' | 'intel';

export interface DecodedInstruction {
  readonly address: Address;
  readonly bytes: Uint8Array;
  /** As binutils spells it, without symbols: `call   0x401136`, `mov    0x2ee4(%rip),%eax`. */
  readonly text: string;
  /** Where a direct branch or call goes: printed with its symbol. */
  readonly target: Address | undefined;
  /** What a %rip-relative operand points to: printed as a comment, `# 0x404010 <counter>`. */
  readonly relative: Address | undefined;
}

/** `<main+4>` for an address, or undefined. */
export type Symbolizer = (address: Address) => string | undefined;

/** The instruction text with symbols, as `x/i` and `disassemble` print it. */
export function instructionText(instruction: DecodedInstruction, symbolize: Symbolizer): string {
  const { text, target, relative } = instruction;
  if (target !== undefined) return text + suffixed(symbolize(target));
  if (relative !== undefined) return `${text}        # 0x${relative.toString(16)}${suffixed(symbolize(relative))}`;
  return text;
}

const suffixed = (symbol: string | undefined): string => (symbol ? ` ${symbol}` : '');

/** Bytes that no x86-64 instruction exceeds. */
export const maximalInstructionLength = 15;

/** Decodes instructions. The library is handed in: it is a megabyte of WebAssembly, to be loaded at first use. */
export class Disassembler {
  constructor(readonly x86: typeof Iced) {}

  /** One instruction at the start of `bytes`; `(bad)` takes one byte. Undefined: the bytes end within the instruction. */
  decode(bytes: Uint8Array, address: Address, flavor: DisassemblyFlavor): DecodedInstruction | undefined {
    return this.decodeAll(bytes, address, flavor, 1)[0];
  }

  /** Up to `count` instructions from the start of `bytes`. An instruction that the bytes cut short is left out. */
  decodeAll(bytes: Uint8Array, address: Address, flavor: DisassemblyFlavor, count = Infinity): DecodedInstruction[] {
    const { x86 } = this;
    const decoder = new x86.Decoder(64, bytes, x86.DecoderOptions.None);
    const instruction = new x86.Instruction();
    const decoded: DecodedInstruction[] = [];
    try {
      decoder.ip = address;
      while (decoded.length < count && decoder.canDecode) {
        const start = decoder.position;
        decoder.decodeOut(instruction);
        const invalid = instruction.isInvalid;
        if (invalid && decoder.lastError === x86.DecoderError.NoMoreBytes && isCutShort(x86, bytes.subarray(start))) break;
        const at = wrap64(address + BigInt(start));
        if (invalid) {
          decoder.position = start + 1;
          decoder.ip = wrap64(at + 1n);
        }
        decoded.push(describe(x86, instruction, bytes.slice(start, decoder.position), at, flavor));
      }
      return decoded;
    } finally {
      instruction.free();
      decoder.free();
    }
  }
}

/** iced reports every failure at the end of the bytes as a lack of bytes: with more of them an instruction that is cut short becomes one. */
function isCutShort(x86: typeof Iced, rest: Uint8Array): boolean {
  const padded = new Uint8Array(rest.length + maximalInstructionLength);
  padded.set(rest);
  const decoder = new x86.Decoder(64, padded, x86.DecoderOptions.None);
  const instruction = decoder.decode();
  const complete = !instruction.isInvalid;
  instruction.free();
  decoder.free();
  return complete;
}

function describe(
  x86: typeof Iced,
  instruction: Iced.Instruction,
  bytes: Uint8Array,
  address: Address,
  flavor: DisassemblyFlavor,
): DecodedInstruction {
  if (instruction.isInvalid) return { address, bytes, text: '(bad)', target: undefined, relative: undefined };
  const text = (flavor === 'att' ? attText : intelText)(x86, instruction, bytes);
  const kind = instruction.op0Kind;
  const near = kind === x86.OpKind.NearBranch64 || kind === x86.OpKind.NearBranch32 || kind === x86.OpKind.NearBranch16;
  return {
    address,
    bytes,
    text,
    target: near ? instruction.nearBranchTarget : undefined,
    relative: instruction.isIpRelMemoryOperand ? instruction.ipRelMemoryAddress : undefined,
  };
}
