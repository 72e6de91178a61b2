import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';

const root = join(import.meta.dirname, '../..');
const sonde = join(root, 'bin/sonde');
const folder = mkdtempSync(join(tmpdir(), 'sonde-memory-'));
after(() => rmSync(folder, { recursive: true, force: true }));
chmodSync(folder, 0o755);

const noRoot = process.getuid?.() === 0 ? undefined : 'page frames are only shown to root';

function compiled(name: string, from = 'test/programs'): string {
  const program = join(folder, name);
  const { status, stderr } = spawnSync('gcc', ['-g', '-O0', join(root, from, `${name}.c`), '-o', program], { encoding: 'utf8' });
  assert.equal(status, 0, stderr);
  return program;
}

interface Answer {
  readonly out: string;
  readonly err: string;
  readonly status: number | null;
}
function run(args: readonly string[], options: { uid?: number; gid?: number } = {}): Answer {
  const { stdout, stderr, status } = spawnSync(sonde, args, { encoding: 'utf8', timeout: 60_000, maxBuffer: 1 << 28, ...options });
  return { out: stdout, err: stderr, status };
}

/** Lines of JSON, of one kind. */
const results = (text: string, kind: string): Record<string, unknown>[] =>
  text
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line))
    .filter((result) => result.kind === kind)
    .flatMap(({ data }) => data);

describe('pages of a live process', { skip: noRoot }, () => {
  let child: ChildProcess;
  let account = '';
  before(async () => {
    child = spawn(compiled('pagestate'), [join(folder, 'backing')], { stdio: ['ignore', 'pipe', 'inherit'] });
    for await (const chunk of child.stdout ?? []) {
      account += chunk;
      if (account.endsWith('END\n')) break;
    }
  });
  after(() => child.kill('SIGKILL'));

  test('vm -p says of every page what the program itself reads of it', () => {
    const shown = new Map(results(run(['vm', '-p', String(child.pid), '--json']).out, 'pages').map((page) => [page.virtual, page]));
    let pages = 0;
    let area = '';
    for (const line of account.split('\n')) {
      const [first, state, frame] = line.split(' ');
      if (first === 'AREA') area = state;
      if (!/^[0-9a-f]+$/.test(first)) continue;
      const page = shown.get(`0x${first}`);
      assert.ok(page, `${area} ${first}`);
      if (state === 'present') assert.equal(page.physical, `0x${(BigInt(`0x${frame}`) << 12n).toString(16)}`, `${area} ${first}`);
      else assert.match(String(page.place), wherePattern(area), `${area} ${first}`);
      pages++;
    }
    assert.ok(pages > 600);
  });

  test('its pages in memory add up to what smaps says', () => {
    const areas = readFileSync(`/proc/${child.pid}/smaps`, 'utf8').split(/^(?=[0-9a-f]+-[0-9a-f]+ )/m);
    const shown = results(run(['vm', '-p', String(child.pid), '--json']).out, 'pages').filter(({ physical }) => physical !== undefined);
    const sparse = /AREA sparse ([0-9a-f]+) ([0-9a-f]+)/.exec(account) as RegExpExecArray;
    const inside = shown.filter(
      ({ virtual }) => Number(virtual) >= Number.parseInt(sparse[1], 16) && Number(virtual) < Number.parseInt(sparse[2], 16),
    );
    assert.equal(inside.length, 22);
    const resident = areas.reduce(
      (sum, text) => sum + (/\[v(dso|var|syscall)/.test(text) ? 0 : Number(/^Rss: +(\d+)/m.exec(text)?.[1] ?? 0)),
      0,
    );
    // smaps leaves out the zero page and the special mappings.
    const zeros = 4;
    const special = shown.filter(({ virtual }) => areas.some((text) => /\[v(dso|var)/.test(text) && isIn(text, Number(virtual)))).length;
    assert.equal(shown.length - zeros - special, resident / 4);
  });

  test('mem map adds up to smaps_rollup, and knows huge pages', () => {
    const rollup = readFileSync(`/proc/${child.pid}/smaps_rollup`, 'utf8');
    const kilobytes = (key: string) => Number(new RegExp(`^${key}: +(\\d+)`, 'm').exec(rollup)?.[1]);
    const [{ total, runs }] = results(run(['mem', 'map', String(child.pid), '--json']).out, 'memory map') as {
      total: Record<string, number>;
      runs: number[];
    }[];
    const special = 4 + 1; // the zero page four times, and what the program has read of the vdso
    assert.ok(total.resident - kilobytes('Rss') / 4 >= 4 && total.resident - kilobytes('Rss') / 4 <= special, JSON.stringify(total));
    assert.equal(total.zero, 4);
    assert.ok(total.huge * 4 >= kilobytes('AnonHugePages'));
    assert.ok(runs.length > 0);
  });

  test('vtop tells the sort of each page', () => {
    const page = (area: string, index = 0) => {
      const [, from] = new RegExp(`AREA ${area} ([0-9a-f]+)`).exec(account) as RegExpExecArray;
      return run(['vtop', String(child.pid), (BigInt(`0x${from}`) + BigInt(index * 4096)).toString(16)]).out;
    };
    assert.match(page('sparse'), / {6}KIND: anonymous\n/);
    assert.match(page('sparse', 1), /\n?[0-9a-f]+ +\(not mapped\)\n/);
    assert.match(page('zero'), /KIND: the zero page/);
    assert.match(page('shared'), /KIND: shared memory\n/);
    assert.match(page('shared_file', 1), /KIND: page of a file\n/);
    assert.match(page('private_file'), /KIND: anonymous\n/);
    assert.match(page('private_file', 2), /FILE: .*backing {2}OFFSET: 2000\n/);
  });

  const hugePages = readFileSync('/sys/kernel/mm/transparent_hugepage/enabled', 'utf8').includes('[never]')
    ? 'huge pages are switched off here'
    : undefined;
  test('a huge page is one page: virtual and physical address end alike', { skip: hugePages }, () => {
    const [, from] = /AREA huge ([0-9a-f]+)/.exec(account) as RegExpExecArray;
    const said = run(['vtop', String(child.pid), (BigInt(`0x${from}`) + 0x12345n).toString(16)]).out;
    assert.match(said, /KIND: anonymous, transparent huge page\n/);
    assert.match(said, /LARGE PAGE: 2 MiB from frame 0x[0-9a-f]+; this is page 18 of 512\n/);
    assert.match(said, /agree in their last 21 bits: …012345\n/);
  });
});

/** Where a page is that is not in memory. Shared memory is a file that the kernel keeps for itself. */
const wherePattern = (area: string): RegExp =>
  area === 'shared' ? /^FILE: \/dev\/zero/ : area.endsWith('file') ? /^FILE: .*backing OFFSET: / : /^\(not mapped\)$/;

function isIn(smaps: string, address: number): boolean {
  const [, start, end] = /^([0-9a-f]+)-([0-9a-f]+)/.exec(smaps) as RegExpExecArray;
  return address >= Number.parseInt(start, 16) && address < Number.parseInt(end, 16);
}

test('in a session a page appears at the first write', { skip: noRoot }, () => {
  const program = compiled('firsttouch', 'examples');
  const commands = [
    'break 12',
    'run',
    'info page &data[4096]',
    'next',
    'info page &data[4096]',
    'next',
    'info page large',
    'next',
    'info page &large[0x12345]',
    'kill',
  ];
  const { out } = run(['-nx', '-batch', ...commands.flatMap((command) => ['-ex', command]), program]);
  const parts = out.split(/VIRTUAL +PHYSICAL\n/);
  assert.match(parts[1], /^[0-9a-f]+ +\(not mapped\)\n/);
  assert.match(parts[2], /^[0-9a-f]+ +[0-9a-f]+\n[\s\S]*KIND: anonymous/);
  assert.match(parts[3], /^[0-9a-f]+ +\(not mapped\)\n/);
  assert.match(parts[4], /^[0-9a-f]+ +[0-9a-f]+\n[\s\S]*KIND: anonymous/);
});

test('without root it says what is missing, and shows the rest', { skip: noRoot }, async () => {
  const nobody = 65534;
  const child = spawn('sleep', ['100'], { uid: nobody, gid: nobody, stdio: 'ignore' });
  try {
    const { out, err } = run(['vm', '-p', String(child.pid)], { uid: nobody, gid: nobody });
    assert.match(out, /^[0-9a-f]+ +\(in memory\)$/m);
    assert.equal(err, 'warning: page frames are only shown to root (CAP_SYS_ADMIN)\n');
    assert.match(run(['mem', 'frag'], { uid: nobody, gid: nobody }).err, /^warning: no picture: page frames are only shown to root/);
    assert.equal(run(['vm', '1'], { uid: nobody, gid: nobody }).err, '/proc/1/maps: Permission denied.\n');
  } finally {
    child.kill();
  }
});

describe('what the kernel promises', () => {
  const file = '/proc/sys/vm/overcommit_memory';
  const usual = readFileSync(file, 'utf8');
  let refused: string | undefined = noRoot;
  try {
    writeFileSync(file, usual);
  } catch {
    refused = `${file} can't be written here`;
  }
  after(() => refused === undefined && writeFileSync(file, usual));

  for (const mode of ['0', '1', '2']) {
    test(`mode ${mode}: mem overcommit --would foresees what mmap does`, { skip: refused }, () => {
      writeFileSync(file, mode);
      const promise = compiled('promise');
      const facts = JSON.parse(run(['mem', 'overcommit', '--json']).out.split('\n')[0]).data;
      const machine = facts.ram + facts.swap;
      // Near each limit on both sides; what is committed moves a little.
      const margin = 400_000;
      const sizes = [
        1024,
        facts.limit - facts.committed - margin,
        facts.limit - facts.committed + margin,
        machine - 4096,
        machine + margin,
        machine * 10,
      ].filter((size) => size > 0);
      const happened = spawnSync(promise, sizes.map(String), { encoding: 'utf8' }).stdout.trim().split('\n');
      sizes.forEach((size, index) => {
        const { out } = run(['mem', 'overcommit', '--would', `${size}k`]);
        assert.match(out, new RegExp(`^\\* mode ${mode}: ${happened[index]} `, 'm'), `${size} kB in mode ${mode}:\n${out}`);
      });
    });
  }

  test('sizes have units, others are refused in a line', () => {
    assert.match(run(['mem', 'overcommit', '--would', '40G']).out, /Would a private mapping of 41943040 kB succeed\?/);
    assert.equal(run(['mem', 'overcommit', '--would', 'much']).err, 'Invalid size: much\n');
    assert.equal(run(['mem', 'overcommit', '--would', 'much']).status, 1);
  });
});

test('the picture has a letter for every page block of a zone', { skip: noRoot }, () => {
  const { out } = run(['mem', 'frag', '--json']);
  const zones = readFileSync('/proc/zoneinfo', 'utf8').split(/^(?=Node)/m);
  for (const { zone, picture } of results(out, 'page blocks') as { zone: string; picture: string[] }[]) {
    const text = zones.find((part) => new RegExp(`zone +${zone}\\n`).test(part)) ?? '';
    const [start, spanned] = [/start_pfn: +(\d+)/, /spanned +(\d+)/].map((pattern) => Number(pattern.exec(text)?.[1]));
    assert.equal(picture.join('').length, Math.ceil((start + spanned) / 512) - Math.floor(start / 512), zone);
  }
});

test('mem compact changes nothing with --dry-run, and is refused without root', { skip: noRoot }, () => {
  const { out, status } = run(['mem', 'compact', '--dry-run']);
  assert.equal(status, 0);
  assert.match(out, /^Before:\n/);
  assert.doesNotMatch(out, /After:/);
  assert.equal(run(['mem', 'compact'], { uid: 65534, gid: 65534 }).err, 'mem compact: Operation not permitted: only root may\n');
  assert.equal(run(['mem', 'compact', '--node', '99']).err, 'there is no memory node 99\n');
});

test('mem compact moves pages and counts them', { skip: noRoot }, () => {
  const { out, err } = run(['mem', 'compact']);
  if (/Operation not permitted|Read-only/.test(err)) return; // a container may keep this from root
  assert.match(out, /^After:\n/m);
  assert.match(out, /compact_\w+: \+\d+|no counter of compaction moved/);
});

test('what names no process is refused in one line', () => {
  for (const [args, message] of [
    [['vm', '4194303'], 'no process 4194303\n'],
    [['vm', 'init'], 'Illegal process-id: init.\n'],
    [['vm'], 'No current process: you must name one.\n'],
    [['vm', '-z', '1'], "vm: invalid option -- 'z'\n"],
    [['vtop', '1', 'zzz'], 'invalid address: zzz\n'],
  ] as const) {
    const { err, status } = run(args);
    assert.deepEqual([err, status], [message, 1]);
  }
});
