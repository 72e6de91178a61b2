import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { parseElf } from '../formats/elf/elf.ts';
import { Disassembler, type DisassemblyFlavor, instructionText } from './disassemble.ts';

const disassembler = new Disassembler(createRequire(import.meta.url)('iced-x86'));
const decode = (hex: string, flavor: DisassemblyFlavor, address = 0x1000n) =>
  disassembler.decode(Uint8Array.from(Buffer.from(hex, 'hex')), address, flavor);

const spellings: readonly (readonly [bytes: string, att: string, intel: string])[] = [
  ['55', 'push   %rbp', 'push   rbp'],
  ['4889e5', 'mov    %rsp,%rbp', 'mov    rbp,rsp'],
  ['c3', 'ret', 'ret'],
  ['f3c3', 'repz ret', 'repz ret'],
  ['e8fbffffff', 'call   0x1000', 'call   0x1000'],
  ['ff15e22f0000', 'call   *0x2fe2(%rip)        # 0x3fe8', 'call   QWORD PTR [rip+0x2fe2]        # 0x3fe8'],
  ['488b05feffffff', 'mov    -0x2(%rip),%rax        # 0x1005', 'mov    rax,QWORD PTR [rip+0xfffffffffffffffe]        # 0x1005'],
  ['662e0f1f840000000000', 'cs nopw 0x0(%rax,%rax,1)', 'cs nop WORD PTR [rax+rax*1+0x0]'],
  ['66662e0f1f840000000000', 'data16 cs nopw 0x0(%rax,%rax,1)', 'data16 cs nop WORD PTR [rax+rax*1+0x0]'],
  ['f348ab', 'rep stos %rax,%es:(%rdi)', 'rep stos QWORD PTR es:[rdi],rax'],
  ['48a5', 'movsq  %ds:(%rsi),%es:(%rdi)', 'movs   QWORD PTR es:[rdi],QWORD PTR ds:[rsi]'],
  ['48d1eb', 'shr    %rbx', 'shr    rbx,1'],
  ['69c06d4ec641', 'imul   $0x41c64e6d,%eax,%eax', 'imul   eax,eax,0x41c64e6d'],
  ['ff742450', 'push   0x50(%rsp)', 'push   QWORD PTR [rsp+0x50]'],
  ['64488b042528000000', 'mov    %fs:0x28,%rax', 'mov    rax,QWORD PTR fs:0x28'],
  ['dec9', 'fmulp  %st,%st(1)', 'fmulp  st(1),st'],
  ['6690', 'xchg   %ax,%ax', 'xchg   ax,ax'],
  ['488d04c500000000', 'lea    0x0(,%rax,8),%rax', 'lea    rax,[rax*8+0x0]'],
  ['06', '(bad)', '(bad)'],
];

test('single instructions are spelled as binutils spells them', () => {
  for (const [bytes, att, intel] of spellings) {
    for (const [flavor, expected] of [
      ['att', att],
      ['intel', intel],
    ] as const) {
      const instruction = decode(bytes, flavor);
      assert.equal(instruction && instructionText(instruction, () => undefined), expected);
      assert.equal(instruction?.bytes.length, bytes.length / 2);
    }
  }
});

test('branch targets and rip-relative operands name their symbols', () => {
  const call = decode('e8fbffffff', 'att')!;
  assert.equal(
    instructionText(call, (address) => `<f+${address - 0xff0n}>`),
    'call   0x1000 <f+16>',
  );
  const load = decode('488b0500000000', 'att')!;
  assert.equal(
    instructionText(load, () => '<x>'),
    'mov    0x0(%rip),%rax        # 0x1007 <x>',
  );
});

test('an instruction that the bytes cut short is not decoded', () => {
  assert.equal(decode('e8fbff', 'att'), undefined);
  assert.deepEqual(
    disassembler.decodeAll(Uint8Array.of(0x90, 0xe8), 0n, 'att').map(({ text }) => text),
    ['nop'],
  );
});

/** objdump's lines without its addresses in symbols: `1139\tcall   0x1050`. */
function* objdump(path: string, flavor: DisassemblyFlavor): Iterable<readonly [address: string, text: string]> {
  const output = execFileSync('objdump', ['-d', '-j', '.text', '--no-show-raw-insn', '-M', flavor, path], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  for (const [, address, text] of output.matchAll(/^ +([0-9a-f]+):\t(.*)$/gm)) {
    const plain = text.replace(/ <.*>$/, '').trimEnd();
    yield [
      address,
      plain.replace(/^((?:\w+ )*(?:j\w+|call|loop\w*|xbegin)(?:,p[nt])? +)([0-9a-f]+)$/, '$10x$2').replace(/# ([0-9a-f]+)$/, '# 0x$1'),
    ];
  }
}

const libc = '/lib/x86_64-linux-gnu/libc.so.6';

for (const flavor of ['att', 'intel'] as const) {
  test(`all of libc's text agrees with objdump, ${flavor}`, () => {
    const file = new Uint8Array(readFileSync(libc));
    const text = parseElf(file).sections.find(({ name }) => name === '.text')!;
    const code = file.subarray(text.offset, text.offset + text.size);
    const ours = new Map(disassembler.decodeAll(code, text.address, flavor).map((instruction) => [instruction.address, instruction]));
    const different: string[] = [];
    let count = 0;
    for (const [address, expected] of objdump(libc, flavor)) {
      const instruction = ours.get(BigInt(`0x${address}`));
      const actual = instruction && instructionText(instruction, () => undefined);
      if (actual !== expected) different.push(`${address}: ${expected} | ${actual}`);
      count++;
    }
    assert.ok(count > 300_000);
    assert.deepEqual(different, []);
  });
}
