import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, test } from 'node:test';
import { compareLines, firstDifference, readScript, runSonde } from './compare.ts';
import { type Dump, debugKernel, findDumps } from './dumps.ts';
import { guestPages, shownPages } from './pagemap.ts';
import { prepareDumps, preparePeer } from './prepare.ts';

const noDumps = prepareDumps();
const noPeer = noDumps ?? preparePeer();
const dumps = noDumps ? [] : findDumps().filter(({ name }) => ['live', 'panic', 'nokaslr', 'la57'].includes(name));
const folder = join(import.meta.dirname, 'scripts');
const scripts = readdirSync(folder)
  .filter((name) => name.endsWith('.crash'))
  .map((name) => join(folder, name));

describe('crash with its debug kernel and sonde with the dump alone print the same', { skip: noPeer }, () => {
  for (const dump of dumps) {
    for (const script of scripts) {
      test(`${basename(script, '.crash')} on ${dump.name}`, () => {
        const lines = readScript(script, dump);
        const outcomes = compareLines(
          lines.map(({ command }) => command),
          dump,
        );
        const wrong = outcomes.filter(({ agrees }, index) => agrees === (lines[index].differs !== undefined));
        assert.equal(wrong.length, 0, wrong.map(firstDifference).join('\n'));
      });
    }
  }
});

describe('every format of a dump says the same', { skip: noDumps }, () => {
  // What no filter leaves out: -d 31 drops pages of user memory, caches and free ones.
  const commands = [
    ...['ps', 'ps -t 1', 'ps -S', 'foreach bt', 'foreach task', 'foreach files', 'foreach sig', 'bt -a', 'bt -c 0', 'bt -f 1', 'bt -e 1'],
    ...[
      'mod',
      'mount',
      'files 1',
      'fuser /',
      'log -m',
      'log -T',
      'sys -c',
      'runq',
      'runq -g',
      'runq -m',
      'swap',
      'task 1',
      'set 1',
      'vm',
      'vm -m',
    ],
    ...['irq', 'irq -s', 'irq -b', 'timer', 'timer -r', 'dev', 'dev -i', 'dev -p', 'net', 'ipcs', 'mach', 'mach -m', 'waitq kthreadd_task'],
    ...[
      'kmem -i',
      'kmem -s',
      'kmem -z',
      'kmem -V',
      'kmem -n',
      'kmem -f',
      'kmem -v',
      'kmem -p 1000000',
      'kmem init_task',
      'kmem -o',
      'kmem -g',
    ],
    ...[
      'struct task_struct.pid,comm init_task',
      'p init_task.comm',
      'p jiffies',
      'rd -s init_task 16',
      'rd linux_banner 8',
      'vtop init_task',
      'sym schedule',
    ],
    ...['dis schedule', 'list -H modules', 'tree -t rbtree vmap_area_root', 'whatis task_struct', 'btop 1000000'],
  ];
  const live = dumps.find(({ name }) => name === 'live') as Dump;
  const expected = noDumps ? [] : runSonde(commands, live.file);
  const formats = noDumps ? [] : readdirSync(live.folder).filter((name) => /^vmcore\.(?!elf$|.*\.log$|.*split2)/.test(name));
  for (const format of formats) {
    test(format, () => {
      const files = [join(live.folder, format)];
      if (format.endsWith('split1')) files.push(join(live.folder, format.replace('split1', 'split2')));
      const said = runSonde(commands, ...files);
      const different = commands.filter((_, index) => said[index] !== expected[index]);
      assert.deepEqual(different, []);
    });
  }
});

describe('with its debug kernel sonde knows lines as crash does', { skip: noPeer }, () => {
  for (const dump of dumps) {
    test(dump.name, () => {
      const tasks = ['t_mutex', 't_sleep', 't_pipe', 'swapper'].map((name) => `bt -l ${dump.lookUp(name)}`);
      const commands = [
        ...tasks,
        'bt -l 1',
        'dis -l schedule',
        'dis -l do_exit 20',
        'sym schedule',
        'sym do_exit',
        `kmem ${dump.lookUp('sym:schedule')}`,
      ];
      const outcomes = compareLines(commands, dump, [dump.file, debugKernel]);
      const wrong = outcomes.filter(({ agrees }) => !agrees);
      assert.equal(wrong.length, 0, wrong.map(firstDifference).join('\n'));
    });
  }
});

describe('sonde and the guest itself say the same', { skip: noDumps }, () => {
  for (const dump of dumps) {
    const truth = (name: string) => readFileSync(join(dump.truth, name), 'utf8');

    test(`the log on ${dump.name}`, () => {
      const [said] = runSonde(['log'], dump.file);
      // What the guest wrote after it had looked is not in its account; lines that go on have no time of their own.
      const own = (text: string) => text.split('\n').map((line) => line.replace(/^\[ *\d+\.\d+\] */, '').trim());
      const seen = own(said);
      for (const line of own(truth('dmesg'))) assert.ok(seen.includes(line), line);
    });

    test(`every page of every process on ${dump.name}`, () => {
      const truth = guestPages(dump);
      // init becomes another program after it has written the account.
      const pids = [...truth.keys()].filter((pid) => pid !== '1');
      const said = runSonde(
        pids.map((pid) => `vm -p ${pid}`),
        dump.file,
      );
      let pages = 0;
      let wrong = 0;
      pids.forEach((pid, index) => {
        const shown = shownPages(said[index]);
        for (const [address, frame] of truth.get(pid) as Map<bigint, bigint>) {
          pages++;
          if (shown.get(address) !== frame) wrong++;
        }
      });
      assert.ok(pages > 1000);
      assert.equal(wrong, 0, `${wrong} of ${pages} pages differ`);
    });

    test(`the slab caches on ${dump.name}`, () => {
      const [said] = runSonde(['kmem -s'], dump.file);
      const shown = new Map(
        [...said.matchAll(/^[0-9a-f]{16} +(\d+) +(\d+) +(\d+) +(\d+) +\S+ +(\S+)$/gm)].map(([, ...row]) => [row[4], row]),
      );
      let same = 0;
      const caches = [...truth('slabinfo').matchAll(/^(\S+) +\d+ +(\d+) +\d+ +\d+ +\d+ : tunables/gm)];
      for (const [, name, objects] of caches) {
        assert.ok(shown.has(name), name);
        if (shown.get(name)?.[2] === objects) same++;
      }
      // The guest went on living between its account and the dump.
      assert.ok(caches.length > 100 && same > caches.length * 0.75, `${same} of ${caches.length} totals are still what they were`);
    });

    test(`modules and mounts on ${dump.name}`, () => {
      const [modules, mounts] = runSonde(['mod', 'mount'], dump.file);
      for (const line of truth('modules').trim().split('\n')) assert.match(modules, new RegExp(` ${line.split(' ')[0]} `));
      for (const line of truth('mounts').trim().split('\n')) assert.match(mounts, new RegExp(` ${line.split(' ')[1]} `));
    });
  }
});
