import assert from 'node:assert/strict';
import { test } from 'node:test';
import { basesOf, decodeOrcEntry, findOrcIndex, type OrcLayout } from './orc.ts';

/** `struct orc_entry` up to 6.2, in 6.3, and since 6.4 (arch/x86/include/asm/orc_types.h). */
const common = { size: 6, spOffset: 0, bpOffset: 2, flags: 4, spBase: { shift: 0, bits: 4 }, bpBase: { shift: 4, bits: 4 } };
const older = basesOf(new Uint8Array(0), { ...common, type: { shift: 8, bits: 2 } });
const before63: OrcLayout = { ...common, bases: older, type: { shift: 8, bits: 2 }, end: { shift: 10, bits: 1 } };
const since64: OrcLayout = { ...common, bases: older, type: { shift: 8, bits: 3 }, signal: { shift: 11, bits: 1 } };

const entry = (spOffset: number, bpOffset: number, flags: number): Uint8Array => {
  const bytes = new Uint8Array(6);
  const view = new DataView(bytes.buffer);
  view.setInt16(0, spOffset, true);
  view.setInt16(2, bpOffset, true);
  view.setUint16(4, flags, true);
  return bytes;
};

test('a call: sp + 0x58, bp saved at -0x30', () => {
  const expected = { kind: 'call', sp: 'sp', spOffset: 0x58, bp: 'previous sp', bpOffset: -0x30, signal: false };
  assert.deepEqual(decodeOrcEntry(entry(0x58, -0x30, 0x0015), before63), expected);
  assert.deepEqual(decodeOrcEntry(entry(0x58, -0x30, 0x0215), since64), expected);
});

test('registers saved by entry code: what they belong to was interrupted', () => {
  const old = decodeOrcEntry(entry(8, 0, 0x0105), before63);
  assert.deepEqual([old.kind, old.spOffset, old.signal], ['registers', 8, true]);
  const now = decodeOrcEntry(entry(8, 0, 0x0b05), since64);
  assert.deepEqual([now.kind, now.spOffset, now.signal], ['registers', 8, true]);
  assert.equal(decodeOrcEntry(entry(0, 0, 0x0205), before63).kind, 'hardware frame');
  assert.equal(decodeOrcEntry(entry(0, 0, 0x0c05), since64).kind, 'hardware frame');
});

test('the end of a stack is a bit of its own before 6.4, then a type', () => {
  assert.equal(decodeOrcEntry(entry(0, 0, 0x0400), before63).kind, 'end');
  assert.equal(decodeOrcEntry(entry(0, 0, 0x0100), since64).kind, 'end');
  assert.equal(decodeOrcEntry(entry(0, 0, 0x0000), since64).kind, 'undefined');
});

test('bases that no kernel has are not taken for others', () => {
  assert.deepEqual(
    [decodeOrcEntry(entry(0, 0, 0x020f), since64).sp, decodeOrcEntry(entry(0, 0, 0x0700), since64).kind],
    ['unknown', 'undefined'],
  );
});

test('the range that holds a place', () => {
  // Elements say how far from themselves their range begins: 100, 200, 300.
  const offsets = [100, 200 - 4, 300 - 8];
  const find = (place: number) => findOrcIndex(3, (index) => offsets[index], place);
  assert.deepEqual([99, 100, 199, 200, 299, 300, 5000].map(find), [-1, 0, 0, 1, 1, 2, 2]);
  assert.equal(
    findOrcIndex(0, () => 0, 1),
    -1,
  );
});

test('the numbering of base registers is known by what most entries count from', () => {
  const layout = { ...common, type: { shift: 8, bits: 3 } };
  const entries = (base: number) => Uint8Array.from(Array(8).fill([8, 0, 0, 0, base, 2]).flat());
  assert.equal(basesOf(entries(5), layout)[5], 'sp');
  assert.equal(basesOf(entries(3), layout)[3], 'sp');
  assert.equal(basesOf(entries(3), layout)[8], 'previous sp');
});
