import assert from 'node:assert/strict';
import { test } from 'node:test';
import { disassembler } from '../../session/disassembler.ts';
import { withoutPadding } from './codeLines.ts';

const texts = (...bytes: number[]): string[] =>
  withoutPadding(disassembler().decodeAll(Uint8Array.from(bytes), 0n, 'att')).map(({ text }) => text.trim());

test('alignment behind a function is not part of it', () => {
  assert.deepEqual(texts(0x5b, 0xc3, 0x66, 0x90, 0x0f, 0x1f, 0x44, 0, 0), ['pop    %rbx', 'ret']);
  assert.deepEqual(texts(0x0f, 0x0b, 0xcc, 0xcc, 0xcc, 0xcc, 0xcc), ['ud2']);
});

test('a return that took the place of a jump to the return thunk is as long as that jump', () => {
  assert.deepEqual(texts(0xc3, 0xcc, 0xcc, 0xcc, 0xcc, 0xcc, 0xcc, 0x90), ['ret', 'int3', 'int3', 'int3', 'int3']);
  assert.deepEqual(texts(0xc3, 0xcc, 0xcc), ['ret']);
});

test('a nop inside a function stays', () => {
  assert.deepEqual(texts(0x0f, 0x1f, 0x44, 0, 0, 0xc3), ['nopl   0x0(%rax,%rax,1)', 'ret']);
});
