import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { FormatError } from '../../base/errors.ts';
import { parseElf } from '../elf/elf.ts';
import { type CfaRule, type CfiSection, CfiTable, type RegisterRule, scan, type UnwindRow, unwindRow, unwindRows } from './cfi.ts';

/** A CIE (zR, pcrel sdata4; CFA = rsp + 8, return address at CFA − 8) and an FDE for [0x2000, 0x2010) of a function that pushes %rbp. */
function smallSection(): CfiSection {
  const cie = [20, 0, 0, 0, 0, 0, 0, 0, 1, 0x7a, 0x52, 0, 1, 0x78, 16, 1, 0x1b, 0x0c, 7, 8, 0x90, 1, 0, 0];
  const low = 0x2000 - (0x1000 + cie.length + 8);
  const fde = [
    24,
    0,
    0,
    0,
    cie.length + 4,
    0,
    0,
    0,
    ...littleEndian(low),
    ...littleEndian(0x10),
    0,
    0x41,
    0x0e,
    16,
    0x86,
    2,
    0x43,
    0x0d,
    6,
    0x0a,
    0x0b,
    0,
  ];
  return { kind: '.eh_frame', address: 0x1000n, bytes: Uint8Array.from([...cie, ...fde, 0, 0, 0, 0]) };
}
const littleEndian = (value: number): number[] => [value & 255, (value >> 8) & 255, (value >> 16) & 255, (value >> 24) & 255];

test('rows of a function with a frame pointer', () => {
  const fde = new CfiTable({ ehFrame: smallSection() }).fdeAt(0x200fn)!;
  assert.deepEqual([fde.low, fde.high], [0x2000n, 0x2010n]);
  assert.deepEqual([...unwindRows(fde)].map(rowText), ['2000 rsp+8 ra=c-8', '2001 rsp+16 rbp=c-16 ra=c-8', '2004 rbp+16 rbp=c-16 ra=c-8']);
  assert.equal(rowText(unwindRow(fde, 0x2003n)), '2001 rsp+16 rbp=c-16 ra=c-8');
});

test('addresses outside of every FDE have none', () => {
  const table = new CfiTable({ ehFrame: smallSection() });
  assert.equal(table.fdeAt(0x1fffn), undefined);
  assert.equal(table.fdeAt(0x2010n), undefined);
});

const columns = ['rax', 'rdx', 'rcx', 'rbx', 'rsi', 'rdi', 'rbp', 'rsp', ...Array.from({ length: 8 }, (_, i) => `r${8 + i}`), 'ra'];
const signed = (letter: string, offset: bigint): string => `${letter}${offset < 0n ? '' : '+'}${offset}`;
const cfaText = (cfa: CfaRule): string => (cfa.kind === 'register' ? signed(columns[cfa.register], cfa.offset) : 'exp');

/** A rule as readelf spells it; undefined for those that it shows as `u` or `s`. */
function ruleText(rule: RegisterRule): string | undefined {
  if (rule.kind === 'offset') return signed('c', rule.offset);
  if (rule.kind === 'value offset') return signed('v', rule.offset);
  if (rule.kind === 'register') return columns[rule.register];
  if (rule.kind === 'expression') return 'exp';
  return rule.kind === 'value expression' ? 'vexp' : undefined;
}

function rowText({ location, cfa, rules }: UnwindRow): string {
  const parts = [...rules]
    .sort(([a], [b]) => a - b)
    .flatMap(([register, rule]) => (ruleText(rule) ? [`${columns[register]}=${ruleText(rule)}`] : []));
  return [location.toString(16), cfaText(cfa), ...parts].join(' ');
}

/** `readelf --debug-dump=frames-interp`: a table per FDE, its head names the columns. Rows of tables with registers in registers can't be split and are left out. */
function* readelfRows(path: string): Iterable<string> {
  // Its exit status speaks of the separate debug file, which is not wanted here.
  const { stdout: output } = spawnSync('readelf', ['--debug-dump=frames-interp', path], { encoding: 'utf8', maxBuffer: 1 << 28 });
  let heads: readonly string[] | undefined;
  let inFde = false;
  for (const line of output.split('\n')) {
    const words = line.trim().split(/\s+/);
    if (/^[0-9a-f]{8} /.test(line)) inFde = words[3] === 'FDE';
    if (words[0] === 'LOC') heads = words.slice(2);
    else if (words[0] === '') heads = undefined;
    else if (
      heads &&
      inFde &&
      /^[0-9a-f]{16}$/.test(words[0]) &&
      words.length === heads.length + 2 &&
      !/=?\(?r\d+\)?$/.test(words.slice(2).join(' '))
    ) {
      const rules = heads.map((head, index) => [head, words[index + 2]] as const).filter(([, rule]) => rule !== 'u' && rule !== 's');
      yield [BigInt(`0x${words[0]}`).toString(16), words[1], ...rules.map(([head, rule]) => `${head}=${rule}`)].join(' ');
    }
  }
}

for (const path of ['/lib/x86_64-linux-gnu/libc.so.6', '/lib64/ld-linux-x86-64.so.2', process.execPath]) {
  test(`every row of ${path} agrees with readelf`, () => {
    const file = new Uint8Array(readFileSync(path));
    const { sections } = parseElf(file);
    const contents = (name: string) => {
      const section = sections.find((candidate) => candidate.name === name)!;
      return { address: section.address, bytes: file.subarray(section.offset, section.offset + section.size) };
    };
    const ehFrame: CfiSection = { kind: '.eh_frame', ...contents('.eh_frame') };
    const table = new CfiTable({ ehFrame, ehFrameHeader: contents('.eh_frame_hdr') });
    const ours = new Map<string, string>();
    for (const fde of scan(ehFrame)) {
      assert.equal(table.fdeAt(fde.low)?.offset, fde.offset);
      assert.equal(table.fdeAt(fde.high - 1n)?.offset, fde.offset);
      for (const row of unwindRows(fde)) ours.set(row.location.toString(16), rowText(row));
    }
    let count = 0;
    let different = 0;
    for (const expected of readelfRows(path)) {
      const actual = ours.get(expected.slice(0, expected.indexOf(' ')));
      // Hand-written assembly keeps registers in registers: readelf's columns are then not aligned.
      if (actual !== expected && !/=r|=\(/.test(expected)) different++;
      count++;
    }
    assert.ok(count > 500);
    assert.ok(different <= 4, `${different} of ${count} rows differ`);
  });
}

test('damaged bytes give FormatError or other rows, nothing worse', () => {
  const { bytes, ...section } = smallSection();
  const damage = fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.integer({ min: 0, max: 255 })), { minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(damage, fc.nat(bytes.length), (changes, length) => {
      const damaged = bytes.slice(0, length || bytes.length);
      for (const [at, byte] of changes) if (at < damaged.length) damaged[at] = byte;
      try {
        for (const fde of scan({ ...section, bytes: damaged })) [...unwindRows(fde)];
      } catch (error) {
        assert.ok(error instanceof FormatError, String(error));
      }
    }),
    { numRuns: 2000 },
  );
});
