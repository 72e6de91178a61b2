import type * as Iced from 'iced-x86';
import { hasZeroDisplacement, type Prefixes, padded, readPrefixes, withUselessPrefixes } from './instructionPrefixes.ts';

/** AT&T syntax as binutils 2.40 prints it: iced's GNU syntax with the spellings in which it differs. */
export function attText(x86: typeof Iced, instruction: Iced.Instruction, bytes: Uint8Array): string {
  formatters ??= { plain: gasFormatter(x86, false), zeroDisplacement: gasFormatter(x86, true) };
  // A displacement that is encoded is printed even if it is 0.
  const encodedZero = hasZeroDisplacement(instruction);
  const text = (encodedZero ? formatters.zeroDisplacement : formatters.plain).format(instruction);
  const prefixes = readPrefixes(bytes);
  let spelled = withIndexScale(text);
  for (const respell of spellings) spelled = respell(spelled, instruction, prefixes);
  return spelled;
}

let formatters: { plain: Iced.Formatter; zeroDisplacement: Iced.Formatter } | undefined;

function gasFormatter(x86: typeof Iced, showZeroDisplacements: boolean): Iced.Formatter {
  const formatter = new x86.Formatter(x86.FormatterSyntax.Gas);
  formatter.hexPrefix = '0x';
  formatter.hexSuffix = '';
  formatter.uppercaseHex = false;
  formatter.ripRelativeAddresses = true;
  formatter.smallHexNumbersInDecimal = false;
  formatter.showBranchSize = false;
  formatter.branchLeadingZeros = false;
  formatter.firstOperandCharIndex = 7;
  formatter.showZeroDisplacements = showZeroDisplacements;
  return formatter;
}

/** `(,%rax,1)` and `(%rbx,%rax,1)`: binutils prints every scale. */
const withIndexScale = (text: string): string => (text.includes('(') ? text.replace(/(\([^(),]*),(%\w+)\)/, '$1,$2,1)') : text);

type Spelling = (text: string, instruction: Iced.Instruction, prefixes: Prefixes) => string;

const poppingArithmetic = /^(fadd|fmul|fsub|fsubr|fdiv|fdivr)p$/;
const comparingX87 = /^(fxch|fucom|fucomp|fcom|fcomp)$/;

const spellings: readonly Spelling[] = [
  // Branches through memory, push and pop have one size only.
  (text) => (/^(notrack |bnd )?(call|jmp)q +\*/.test(text) ? padded(text.replace(/(call|jmp)q/, '$1')) : text),
  (text) => (/^(push|pop)q [^$%]/.test(text) ? padded(text.replace(/^(push|pop)q/, '$1')) : text),
  // Shifts by the implied 1 (opcodes d0, d1) do not show it.
  (text, _, { opcode }) =>
    opcode === 0xd0 || opcode === 0xd1 ? text.replace(/^((?:s[ah][lr]|r[oc][lr])[bwlq]? +)\$(?:0x)?1,/, '$1') : text,
  // Where both registers of a three-operand imul are the same, iced shows one.
  (text) => text.replace(/^(imul[wlq]? +\$[^,]+,)(%\w+)$/, '$1$2,$2'),
  (text) => text.replace(/^sal([bwlq]?) /, 'shl$1 '),
  (text) => (/^(?:rep\w* )?(?:in|out)(?:s[bwl])? /.test(text) ? text.replace('%dx', '(%dx)') : text),
  (text, _, { opcode }) => (opcode === 0xcb || opcode === 0xca || opcode === 0xcf ? text.replace(/^(l|i)retl/, '$1ret') : text),
  (text, _, { segment }) => text.replace(/^xlat +\(/, `xlat   %${segment ?? 'ds'}:(`),
  (text, _, { segment }) =>
    /^(?:rep\w* )?(?:movs|stos|lods|scas|cmps|ins|outs)[bwlq]? /.test(text) ? withStringSegments(text, segment) : text,
  (text) => {
    if (poppingArithmetic.test(text)) return padded(`${text} %st,%st(1)`);
    return comparingX87.test(text) ? padded(`${text} %st(1)`) : text;
  },
  (text) => text.replace(/^rep (ret|jmp|call)/, 'repz $1'),
  (text, _, prefixes) => withUselessPrefixes(text, prefixes),
];

/** String operands name their segments: %ds:(%rsi), %es:(%rdi). */
function withStringSegments(text: string, segment: string | undefined): string {
  return text
    .replace(/(^|[ ,])\(%([re]?)si\)/, (_, before, size) => `${before}%${segment ?? 'ds'}:(%${size}si)`)
    .replace(/(^|[ ,])\(%([re]?)di\)/, '$1%es:(%$2di)');
}
