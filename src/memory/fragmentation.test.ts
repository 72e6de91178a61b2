import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fragmentationIndex, largestOrder, unusableIndex } from './fragmentation.ts';

// Free blocks of order 0, 1, 2, 3: 4 + 2·2 + 1·4 = 12 pages, none of order 3.
const blocks = [4, 2, 1, 0];

test('the unusable index is the share of free pages in blocks that are too small', () => {
  assert.deepEqual(
    [0, 1, 2, 3].map((order) => unusableIndex(blocks, order)),
    [0, 333, 666, 1000],
  );
  assert.equal(unusableIndex([0, 0], 1), 1000);
});

test('the fragmentation index is -1 where an allocation would succeed, near 1 where only fragmentation is to blame', () => {
  assert.equal(fragmentationIndex(blocks, 2), -1000);
  // 1000 - (1000 + 12·1000/8) / 7 blocks
  assert.equal(fragmentationIndex(blocks, 3), 1000 - Math.floor(2500 / 7));
  assert.equal(fragmentationIndex([100_000, 0], 1), 1000 - Math.floor((1000 + 50_000_000) / 100_000));
  assert.equal(fragmentationIndex([0, 0], 1), 0);
});

test('the largest free block', () => {
  assert.equal(largestOrder(blocks), 2);
  assert.equal(largestOrder([0, 0]), -1);
});
