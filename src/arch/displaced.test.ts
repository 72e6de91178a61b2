import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { displace } from './displaced.ts';

const x86 = createRequire(import.meta.url)('iced-x86');

const bytes = (text: string): Uint8Array => Uint8Array.from(text.split(' '), (byte) => Number.parseInt(byte, 16));
const code = (text: string, from = 0x401000n, to = 0x402f00n): string | undefined => {
  const displaced = displace(x86, bytes(text), from, to);
  return displaced && [...displaced.code].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
};

test('a plain instruction is copied and followed by a jump back', () => {
  // mov %edi,-0x14(%rbp); the jump goes from 0x402f08 to 0x401003
  assert.equal(code('89 7d ec 90'), '89 7d ec e9 fb e0 ff ff');
});

test('a %rip-relative operand still means the same address', () => {
  // mov 0x2fea(%rip),%eax at 0x401000 reads 0x403ff0; from 0x402f06 that is 0x10ea away
  assert.equal(code('8b 05 ea 2f 00 00'), '8b 05 ea 10 00 00 e9 fb e0 ff ff');
  // with an immediate after the displacement: cmpl $5,0x2fe9(%rip)
  assert.equal(code('83 3d e9 2f 00 00 05'), '83 3d e9 10 00 00 05 e9 fb e0 ff ff');
});

test('a return needs no way back', () => {
  assert.equal(code('c3 90'), 'c3');
  assert.equal(code('f3 c3 90'), 'f3 c3');
  assert.equal(code('c2 10 00 90'), 'c2 10 00');
});

test('what else changes the flow of control stays where it is', () => {
  for (const text of ['eb 10', '74 10', 'e8 00 00 00 00', 'cb', '48 cf', 'ff e0', 'ff d0', '0f 05', 'cc', 'cd 80', 'e2 fe']) {
    assert.equal(code(text), undefined, text);
  }
});

test('out of reach', () => {
  assert.equal(code('89 7d ec', 0x401000n, 0x7fff_f7ff_0000n), undefined);
  assert.equal(code('8b 05 ea 2f 00 00', 0x7fff_f7ff_0000n, 0x401000n), undefined);
  assert.equal(code('ff'), undefined);
});
