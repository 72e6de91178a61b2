import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, test } from 'node:test';
import { compareLines, firstDifference, readScript, runSonde } from './compare.ts';
import { type Dump, findDumps } from './dumps.ts';
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
  const commands = ['ps', 'foreach bt', 'mod', 'mount', 'files 1', 'log -m'];
  const live = dumps.find(({ name }) => name === 'live') as Dump;
  const expected = noDumps ? [] : runSonde(commands, live.file);
  const formats = noDumps ? [] : readdirSync(live.folder).filter((name) => /^vmcore\.(?!elf$|.*\.log$|.*split2)/.test(name));
  for (const format of formats) {
    test(format, () => {
      const files = [join(live.folder, format)];
      if (format.endsWith('split1')) files.push(join(live.folder, format.replace('split1', 'split2')));
      assert.deepEqual(runSonde(commands, ...files), expected);
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

    test(`modules and mounts on ${dump.name}`, () => {
      const [modules, mounts] = runSonde(['mod', 'mount'], dump.file);
      for (const line of truth('modules').trim().split('\n')) assert.match(modules, new RegExp(` ${line.split(' ')[0]} `));
      for (const line of truth('mounts').trim().split('\n')) assert.match(mounts, new RegExp(` ${line.split(' ')[1]} `));
    });
  }
});
