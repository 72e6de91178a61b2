import type * as Iced from 'iced-x86';
import { hasZeroDisplacement, padded, readPrefixes, withUselessPrefixes } from './instructionPrefixes.ts';

/** Intel syntax as binutils 2.40 prints it: iced's with the spellings in which it differs. */
export function intelText(x86: typeof Iced, instruction: Iced.Instruction, bytes: Uint8Array): string {
  formatters ??= { plain: intelFormatter(x86, false), zeroDisplacement: intelFormatter(x86, true) };
  const encodedZero = hasZeroDisplacement(instruction);
  const text = (encodedZero ? formatters.zeroDisplacement : formatters.plain).format(instruction);
  const prefixes = readPrefixes(bytes);
  let spelled = text;
  if (prefixes.opcode >= 0xb8 && prefixes.opcode <= 0xbf && bytes.length >= 10) spelled = spelled.replace(/^mov {4}(r\w+,)/, 'movabs $1');
  // A displacement from rip is shown as the 64-bit number that is added; without a base the segment stands in place of brackets.
  spelled = spelled.replace(/\[rip-(0x[0-9a-f]+)\]/, (_, distance) => `[rip+0x${BigInt.asUintN(64, -BigInt(distance)).toString(16)}]`);
  spelled = spelled.replace(/([cdefgs]s:)?\[(0x[0-9a-f]+)\]/, (_, segment, address) => `${segment ?? 'ds:'}${address}`);
  if (prefixes.opcode === 0xd0 || prefixes.opcode === 0xd1) spelled = spelled.replace(/^(s[ah][lr]|r[oc][lr])( .*),0x1$/, '$1$2,1');
  spelled = spelled.replace(/^sal /, 'shl ');
  spelled = spelled.replace(/^(imul {3}(\w+),)(-?0x[0-9a-f]+)$/, '$1$2,$3');
  if (isStringOpcode(prefixes.opcode)) spelled = withStringSegments(spelled, prefixes.segment);
  else if (spelled.startsWith('f')) spelled = withX87Operands(spelled);
  spelled = spelled.replace(/^rep (ret|jmp|call)/, 'repz $1');
  return withUselessPrefixes(spelled, prefixes);
}

let formatters: { plain: Iced.Formatter; zeroDisplacement: Iced.Formatter } | undefined;

function intelFormatter(x86: typeof Iced, showZeroDisplacements: boolean): Iced.Formatter {
  const formatter = new x86.Formatter(x86.FormatterSyntax.Intel);
  formatter.hexPrefix = '0x';
  formatter.hexSuffix = '';
  formatter.uppercaseHex = false;
  formatter.ripRelativeAddresses = true;
  formatter.smallHexNumbersInDecimal = false;
  formatter.showBranchSize = false;
  formatter.branchLeadingZeros = false;
  formatter.firstOperandCharIndex = 7;
  formatter.alwaysShowScale = true;
  formatter.uppercaseKeywords = true;
  formatter.memorySizeOptions = x86.MemorySizeOptions.Always;
  formatter.showZeroDisplacements = showZeroDisplacements;
  return formatter;
}

/** ins outs, movs cmps, stos lods scas: one-byte opcodes 6c-6f, a4-a7, aa-af. */
const isStringOpcode = (opcode: number): boolean =>
  (opcode >= 0x6c && opcode <= 0x6f) || (opcode >= 0xa4 && opcode <= 0xa7) || (opcode >= 0xaa && opcode <= 0xaf);
const accumulator: Readonly<Record<string, string>> = { b: 'al', w: 'ax', d: 'eax', q: 'rax' };

/** The operands carry the size and their segments: `movs   BYTE PTR es:[rdi],BYTE PTR ds:[rsi]`. */
function withStringSegments(text: string, segment: string | undefined): string {
  const named = text
    .replace(/^((?:rep\w* )?stos)([bwdq])( .*\])$/, (_, name, size, operand) => `${name}${size}${operand},${accumulator[size]}`)
    .replace(
      /^((?:rep\w* )?(?:lods|scas))([bwdq])( +)(\S+ PTR .*\])$/,
      (_, name, size, gap, operand) => `${name}${size}${gap}${accumulator[size]},${operand}`,
    )
    .replace(/^((?:rep\w* )?[a-z]{3,4})[bwdq] /, '$1 ')
    .replace(/(?<!:)\[([re]?si)\]/, `${segment ?? 'ds'}:[$1]`)
    .replace(/(?<!:)\[([re]?di)\]/, 'es:[$1]');
  return named.startsWith('rep') ? named.replace(/ +/g, ' ').replace(/^(rep\w* \w+) /, '$1 ') : padded(named);
}

/** binutils leaves out the implied st of loads, stores and arithmetic with memory, and names the operands of popping arithmetic. */
function withX87Operands(text: string): string {
  if (/^(fadd|fmul|fsub|fsubr|fdiv|fdivr)p$/.test(text)) return padded(`${text} st(1),st`);
  if (/^(fxch|fucom|fucomp|fcom|fcomp)$/.test(text)) return padded(`${text} st(1)`);
  if (/^f(i?st|i?stp|isttp|bstp) /.test(text)) return text.replace(/,st$/, '');
  return text.replace(/^(f\w+ +)st,(\w+ PTR .*)$/, '$1$2').replace(/^(f(?:ld|xch) +)st,(st\(\d\))$/, '$1$2');
}
