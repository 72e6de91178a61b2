import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RegisterBlock, userRegistersSize } from './registerBlock.ts';
import { R, registerFromDwarf, registerNamed, registers } from './registers.ts';

/** An XSAVE area as ptrace gives it: XCR0 at 464, XSTATE_BV at 512. */
function xsaveArea(size: number, supported: number, inUse: number): Uint8Array {
  const area = new Uint8Array(size);
  area[464] = supported;
  area[512] = inUse;
  return area;
}
const block = (extended?: Uint8Array): RegisterBlock => new RegisterBlock(new Uint8Array(userRegistersSize), extended);
const avx512 = 0xe7;

test('general registers are where struct user_regs_struct has them', () => {
  const thread = block();
  thread.user[8 * 16] = 0x34; // rip
  thread.user[8 * 16 + 1] = 0x12;
  thread.user[8 * 18 + 7] = 0xff; // above the 32 bits of eflags
  assert.equal(thread.get(R.rip), 0x1234n);
  assert.equal(thread.get(R.eflags), 0n);
  thread.set(R.rax, -1n);
  assert.equal(thread.get(R.rax), 0xffffffffffffffffn);
  assert.deepEqual([...thread.user.subarray(80, 88)], Array(8).fill(255));
});

test('without an extended area there are no vector registers', () => {
  assert.equal(block().bytes(R.xmm0), undefined);
  assert.equal(block(new Uint8Array(512)).bytes(R.ymm0h), undefined);
  assert.equal(block(new Uint8Array(512)).bytes(R.xmm15)?.length, 16);
});

test("the places of AVX-512 state differ between Intel's and AMD's processors", () => {
  for (const [size, opmask, high] of [
    [2696, 1088, 1152],
    [2440, 832, 896],
  ]) {
    const area = xsaveArea(size, avx512, avx512);
    area[opmask + 8] = 7;
    area[high + 32] = 9;
    assert.equal(block(area).get(R.k1), 7n);
    assert.equal(block(area).bytes(R.zmm1h)?.[0], 9);
  }
});

test('a component that is not in use is zero whatever its bytes are; writing puts it to use', () => {
  const area = xsaveArea(832, 0x07, 0x03);
  area[576] = 5;
  const thread = block(area);
  assert.equal(thread.bytes(R.ymm0h)?.[0], 0);
  thread.setBytes(R.ymm0h, new Uint8Array(16).fill(1));
  assert.equal(area[512], 0x07);
  assert.equal(thread.bytes(R.ymm0h)?.[15], 1);
  assert.equal(thread.widestVector, 'vec256');
});

test('the x87 tag word is rebuilt from the one bit that FXSAVE keeps', () => {
  const area = xsaveArea(832, 0x07, 0x07);
  const thread = block(area);
  assert.equal(thread.get(R.ftag), 0xffffn);
  area[3] = 7 << 3; // TOP = 7: st0 is physical register 7
  area[4] = 0x80;
  assert.equal(thread.get(R.ftag), 0x7fffn); // zero
  area.set([0, 0, 0, 0, 0, 0, 0, 0x80, 0xff, 0x3f], 32); // 1.0
  assert.equal(thread.get(R.ftag), 0x3fffn); // valid
  thread.setBytes(R.ftag, Uint8Array.of(0xff, 0x0f, 0, 0));
  assert.equal(area[4], 0xc0);
});

test('names: pseudo registers, standard names, DWARF numbers', () => {
  assert.equal(registerNamed('pc'), R.rip);
  assert.equal(registerNamed('sp'), R.rsp);
  assert.equal(registers[registerNamed('ah')!].parts?.[0].from, 1);
  assert.equal(registers[registerNamed('zmm31')!].size, 64);
  assert.equal(registerNamed('toString'), undefined);
  assert.equal(registerFromDwarf(7), R.rsp);
  assert.equal(registerFromDwarf(17), R.xmm0);
  assert.equal(registerFromDwarf(9999), undefined);
});
