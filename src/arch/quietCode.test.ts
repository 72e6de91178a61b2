import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { quietExits } from './quietCode.ts';

const x86 = createRequire(import.meta.url)('iced-x86');
const start = 0x1000n;
const exitsOf = (...code: number[]) =>
  quietExits(
    x86,
    (address, length) =>
      Uint8Array.from(code)
        .subarray(Number(address - start))
        .slice(0, length),
    start,
  );

test('a loop without stores ends at the return behind it', () => {
  // dec %rdi; jne start; ret
  assert.deepEqual(exitsOf(0x48, 0xff, 0xcf, 0x75, 0xfb, 0xc3), [0x1005n]);
});

test('both ways of a branch are followed, to a store and to a call', () => {
  // test %eax,%eax; je +2; mov %eax,(%rdi); call
  assert.deepEqual(exitsOf(0x85, 0xc0, 0x74, 0x02, 0x89, 0x07, 0xe8, 0, 0, 0, 0)?.sort(), [0x1004n, 0x1006n]);
});

test('loads are quiet, pushes, stores, system calls and indirect jumps are not', () => {
  assert.deepEqual(exitsOf(0x8b, 0x07, 0xc3), [0x1002n]); // mov (%rdi),%eax; ret
  assert.equal(exitsOf(0x55), undefined); // push %rbp
  assert.equal(exitsOf(0x89, 0x07), undefined); // mov %eax,(%rdi)
  assert.equal(exitsOf(0x0f, 0x05), undefined); // syscall
  assert.equal(exitsOf(0xff, 0xe0), undefined); // jmp *%rax
  assert.equal(exitsOf(0xf3, 0xaa), undefined); // rep stos
});
