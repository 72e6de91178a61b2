import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { fourLevels } from '../../src/arch/paging.ts';
import { SondeError } from '../../src/base/errors.ts';
import { Btf } from '../../src/formats/btf/btf.ts';
import { Kallsyms } from '../../src/formats/kallsyms/kallsyms.ts';
import { locateKallsyms } from '../../src/formats/kallsyms/locate.ts';
import { bytesAsSource } from '../../src/formats/kdump/byteSource.ts';
import { parseDiskDump } from '../../src/formats/kdump/diskdump.ts';
import { parseElfVmcore, parseNotes } from '../../src/formats/kdump/elfVmcore.ts';
import { unflatten } from '../../src/formats/kdump/flattened.ts';
import { lzoDecompress } from '../../src/formats/kdump/lzo.ts';
import { snappyDecompress } from '../../src/formats/kdump/snappy.ts';
import { parseVmcoreInfo } from '../../src/formats/vmcoreinfo/vmcoreinfo.ts';
import { AddressSpace } from '../../src/kernel/addressSpace.ts';
import { pagesIn } from '../../src/kernel/userPages.ts';
import { SegmentMemory } from '../../src/targets/kernel/physical.ts';

/** Damaged kernel dumps: whatever the bytes, there is an answer or a SondeError, soon. */
const runs = { numRuns: Number(process.env.SONDE_FUZZ_RUNS ?? 200) };
const longest = 2_000;

function endsWell(work: () => unknown): void {
  const begin = Date.now();
  try {
    work();
  } catch (error) {
    if (!(error instanceof SondeError)) throw error;
  }
  assert.ok(Date.now() - begin < longest, 'it took too long');
}

/** Bytes that begin as the format does. */
const after = (head: readonly number[], length = 4096) =>
  fc.uint8Array({ minLength: 64, maxLength: length }).map((bytes) => {
    bytes.set(head.slice(0, bytes.length));
    return bytes;
  });
const ascii = (text: string): number[] => [...Buffer.from(text, 'latin1')];

test('headers of kernel dumps', () => {
  fc.assert(
    fc.property(after([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]), (bytes) => endsWell(() => parseElfVmcore(bytes))),
    runs,
  );
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 2048 }), (bytes) => endsWell(() => parseNotes(bytes))),
    runs,
  );
  const kdump = after(ascii('KDUMP   \x06\0\0\0'), 32_768).map((bytes) => {
    if (bytes.length > 440) new DataView(bytes.buffer).setInt32(428, 4096, true);
    return bytes;
  });
  fc.assert(
    fc.property(kdump, fc.nat(1 << 20), (bytes, frame) =>
      endsWell(() => {
        const dump = parseDiskDump(bytesAsSource(bytes));
        if (dump.state(frame) === 'present') dump.page(frame);
      }),
    ),
    runs,
  );
  fc.assert(
    fc.property(after(ascii('makedumpfile\0\0\0\0')), (bytes) => endsWell(() => unflatten(bytes).read(0, 4096))),
    runs,
  );
});

test('compressed pages', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 5000 }), (bytes) => endsWell(() => lzoDecompress(bytes, 4096))),
    runs,
  );
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 5000 }), (bytes) => endsWell(() => snappyDecompress(bytes, 4096))),
    runs,
  );
});

test('VMCOREINFO, symbol tables, types', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 2048 }), (bytes) => endsWell(() => parseVmcoreInfo(bytes))),
    runs,
  );
  const tables = fc.record({
    count: fc.nat(5000),
    names: fc.uint8Array({ maxLength: 4096 }),
    tokenTable: fc.uint8Array({ maxLength: 2048 }),
    tokenIndex: fc.uint16Array({ minLength: 256, maxLength: 256 }),
    base: fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }),
    from: fc.constantFrom('per-cpu' as const, 'base' as const, 'place' as const),
  });
  fc.assert(
    fc.property(tables, (all) => endsWell(() => new Kallsyms({ ...all, offsets: new Int32Array(all.count) }).nearest(1n << 63n))),
    runs,
  );
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 8192 }), (bytes) => endsWell(() => locateKallsyms(bytes))),
    runs,
  );
  const btf = after([0x9f, 0xeb, 1, 0, 24, 0, 0, 0], 2048);
  fc.assert(
    fc.property(btf, (bytes) => endsWell(() => new Btf(bytes).find('task_struct', [4, 5]))),
    runs,
  );
});

test('page tables that point anywhere, at themselves too', () => {
  const frames = 16;
  const table = fc.uint8Array({ minLength: frames * 4096, maxLength: frames * 4096 }).map((bytes) => {
    // Entries that stay inside the memory: present, at one of its frames.
    const view = new DataView(bytes.buffer);
    for (let at = 0; at < bytes.length; at += 8) {
      const entry = (BigInt(view.getUint8(at) % frames) << 12n) | BigInt(view.getUint8(at + 1));
      view.setBigUint64(at, entry, true);
    }
    return bytes;
  });
  fc.assert(
    fc.property(table, fc.bigInt({ min: 0n, max: 1n << 47n }), (bytes, start) =>
      endsWell(() => {
        const physical = new SegmentMemory(bytesAsSource(bytes), [{ physical: 0, size: bytes.length, fileOffset: 0 }]);
        const space = new AddressSpace(physical, 0, fourLevels);
        let pages = 0;
        for (const _ of pagesIn(space, physical, start & ~0xfffn, (start & ~0xfffn) + (1n << 24n))) pages++;
        assert.equal(pages, 4096);
      }),
    ),
    { numRuns: 20 },
  );
});
