import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { MemoryError } from '../base/errors.ts';
import { GlibcHeap, type HeapMemory } from './heap.ts';

const start = 0x555555559000n;

/** Memory of a heap that begins at `start`. */
const memory = (bytes: Uint8Array): HeapMemory => ({
  read: (address, length) => {
    const at = Number(address - start);
    if (at < 0 || at + length > bytes.length) throw new MemoryError(address);
    return bytes.slice(at, at + length);
  },
});

/** Chunks by size with the flag of the one before it in use; the last is the top. */
function heapOf(...chunks: readonly { size: number; before?: boolean }[]): { bytes: Uint8Array; heap: () => GlibcHeap } {
  const bytes = new Uint8Array(chunks.reduce((sum, { size }) => sum + size, 0));
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const { size, before = true } of chunks) {
    view.setBigUint64(at + 8, BigInt(size) | (before ? 1n : 0n), true);
    at += size;
  }
  return { bytes, heap: () => new GlibcHeap(memory(bytes), start, start + BigInt(bytes.length)) };
}

test('a chunk is in use as long as the one behind it says so; the last is the top', () => {
  const { heap } = heapOf({ size: 0x290 }, { size: 0x30 }, { size: 0x40 }, { size: 0x50, before: false }, { size: 0x1000 });
  assert.deepEqual(
    [...heap().chunks()].map(({ size, state }) => [size, state]),
    [
      [0x290, 'in use'],
      [0x30, 'in use'],
      [0x40, 'free'],
      [0x50, 'in use'],
      [0x1000, 'top'],
    ],
  );
});

for (const mixed of [true, false]) {
  test(`chunks in the tcache are free, ${mixed ? 'with' : 'without'} protected links`, () => {
    const { bytes, heap } = heapOf({ size: 0x290 }, { size: 0x30 }, { size: 0x30 }, { size: 0x1000 });
    const view = new DataView(bytes.buffer);
    const [first, second] = [0x290 + 16, 0x2c0 + 16];
    const user = (at: number) => start + BigInt(at);
    const link = (at: number, to: bigint) => view.setBigUint64(at, mixed ? to ^ (user(at) >> 12n) : to, true);
    view.setUint16(16 + 2, 2, true);
    view.setBigUint64(16 + 128 + 8, user(first), true);
    link(first, user(second));
    link(second, 0n);
    const chunk = heap().chunkAt(user(second) + 5n);
    assert.deepEqual([chunk?.state, chunk?.bin, chunk?.place, chunk?.overwritten], ['free', 'tcache', { index: 1, count: 2 }, 16]);
  });
}

test('a size that can not be right ends the walk: something wrote over it', () => {
  const { bytes, heap } = heapOf({ size: 0x290 }, { size: 0x30 }, { size: 0x40 }, { size: 0x1000 });
  new DataView(bytes.buffer).setBigUint64(0x2c0 + 8, 0x4141414141414141n, true);
  assert.equal([...heap().chunks()].at(-1)?.state, 'damaged');
});

test('any bytes are walked to an end', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 16, maxLength: 4096 }), (bytes) => {
      const heap = new GlibcHeap(memory(bytes), start, start + BigInt(bytes.length), start);
      assert.ok([...heap.chunks()].length <= bytes.length / 16 + 1);
    }),
  );
});
