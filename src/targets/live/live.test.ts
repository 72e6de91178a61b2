import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { R } from '../../arch/registers.ts';
import { MemoryError } from '../../base/errors.ts';
import { fileOffsets, restoreFileOffsets } from '../../linux/fileOffsets.ts';
import { parseStatus, procText } from '../../linux/procfs.ts';
import { exists, sendSignal } from '../../linux/signal.ts';
import { spawn } from '../../linux/spawn.ts';
import { waitUntracedChild } from '../../linux/wait.ts';
import type { TargetEvent } from '../target.ts';
import { attach } from './attach.ts';
import { type LaunchOptions, launch } from './launch.ts';
import type { LiveProcess } from './process.ts';

let directory: string;
let threads: string;
let events: string;
/** Address of `watched` in the program that is mapped without randomisation. */
let watched: bigint;

before(() => {
  directory = mkdtempSync(join(tmpdir(), 'sonde-live-'));
  const sources = new URL('../../../test/programs/live/', import.meta.url).pathname;
  const compile = (name: string): string => {
    const out = join(directory, name);
    execFileSync('gcc', ['-g', '-no-pie', '-pthread', '-o', out, join(sources, `${name}.c`)]);
    return out;
  };
  threads = compile('threads');
  events = compile('events');
  const symbols = execFileSync('nm', [events], { encoding: 'utf8' });
  watched = BigInt(`0x${/^(\S+) . watched$/m.exec(symbols)![1]}`);
});

after(() => rmSync(directory, { recursive: true, force: true }));

const start = (program: string, args = '', options: Partial<LaunchOptions> = {}): LiveProcess =>
  launch({ program, args, environment: process.env, withShell: true, disableRandomization: true, ...options });

const goOn = (target: LiveProcess, tid = target.pid, signal = 0): void => target.resume(tid, 'continue', signal);

/** Runs to the end with every event noted; signals are passed on. */
async function story(target: LiveProcess): Promise<string[]> {
  const told: string[] = [];
  goOn(target);
  for (;;) {
    const event = await target.wait();
    told.push(describe(event));
    if (event.kind === 'exited' || event.kind === 'killed') return told;
    if (event.kind === 'fork' || event.kind === 'vfork') target.release(event.child);
    if ('tid' in event && event.kind !== 'thread exited') goOn(target, event.tid, event.kind === 'signal' ? event.signal : 0);
  }
}

/** Lets the signals go that it stops with, and returns what else comes. */
function endOf(target: LiveProcess): TargetEvent | undefined {
  for (;;) {
    const event = target.waitSync(5000);
    if (event?.kind !== 'signal') return event;
    goOn(target);
  }
}

const describe = (event: TargetEvent): string =>
  [event.kind, 'signal' in event ? event.signal : '', 'code' in event ? event.code : '', 'path' in event ? event.path : '']
    .filter((part) => part !== '')
    .join(' ');

test('a program starts at the loader, with the result of exec in its registers', () => {
  const target = start(events, 'exit');
  assert.equal(target.executable, events);
  assert.equal(target.registers(target.pid).get(R.rax), 0n);
  const loader = target.mappings().find((mapping) => mapping.path.includes('ld-linux') && mapping.execute)!;
  const pc = target.registers(target.pid).get(R.rip)!;
  assert.ok(pc >= loader.start && pc < loader.end);
  target.kill();
  assert.equal(exists(target.pid), false);
});

test('the shell sees redirections and globs', async () => {
  const out = join(directory, 'out');
  writeFileSync(join(directory, 'one.glob'), '');
  assert.deepEqual(await story(start(events, `echo *.glob "two words" > ${out}`, { directory })), ['exited 0']);
  assert.equal(readFileSync(out, 'utf8'), 'one.glob\ntwo words\n');
});

test('without a shell the arguments are only split', async () => {
  const out = join(directory, 'out2');
  writeFileSync(join(directory, 'wrap.sh'), `#!/bin/sh\nexec "$@" > ${out}\n`, { mode: 0o755 });
  await story(start(events, 'echo *.glob "two words"', { directory, withShell: false, wrapper: './wrap.sh' }));
  assert.equal(readFileSync(out, 'utf8'), '*.glob\ntwo words\n');
});

test('events of each kind, in order', async () => {
  assert.deepEqual(await story(start(events, 'exit 7')), ['exited 7']);
  assert.deepEqual(await story(start(events, 'signal')), ['signal 10', 'killed 10']);
  assert.deepEqual(await story(start(events, 'crash')), ['signal 11', 'killed 11']);
  assert.deepEqual(await story(start(events, 'fork')), ['fork', 'signal 17', 'exited 4']);
  assert.deepEqual(await story(start(events, 'vfork')), ['vfork', 'vfork done', 'signal 17', 'exited 5']);
  assert.deepEqual(await story(start(events, 'exec')), ['exec /usr/bin/true', 'exited 0']);
  assert.deepEqual(await story(start(events, 'stop')), ['signal 19', 'group stop 19', 'signal 20', 'group stop 20', 'exited 0']);
});

test('what keeps a program from starting is said in one line', () => {
  assert.throws(() => start(join(directory, 'absent')), { message: 'During startup program exited with code 127.' });
  writeFileSync(join(directory, 'data'), 'no program');
  assert.throws(() => start(join(directory, 'data'), '2>/dev/null'), { message: 'During startup program exited with code 126.' });
});

/** All five threads of the threaded program, each started. */
async function startThreads(args = ''): Promise<LiveProcess> {
  const target = start(threads, args);
  goOn(target);
  for (let born = 0; born < 4; ) {
    const event = await target.wait();
    if (event.kind === 'thread created') {
      born++;
      goOn(target, event.tid);
      goOn(target, event.by);
    } else if ('tid' in event && event.kind !== 'thread exited') goOn(target, event.tid);
  }
  return target;
}

test('all threads stop, whatever they do, and go on', async () => {
  const target = await startThreads();
  for (let round = 0; round < 20; round++) {
    target.stopAll();
    assert.equal(target.threads().length, 5);
    for (const { tid } of target.threads()) {
      assert.equal(target.isRunning(tid), false);
      assert.ok(target.registers(tid).get(R.rip)! > 0n);
      goOn(target, tid);
    }
  }
  target.kill();
  assert.equal(exists(target.pid), false);
});

test('a main thread that left does not keep the others from stopping', async () => {
  const target = await startThreads('alone');
  await new Promise((resolve) => setTimeout(resolve, 100));
  target.stopAll();
  assert.equal(target.threads().length, 5);
  target.kill();
});

test('a stop met while all are being stopped waits for its thread', async () => {
  const target = await startThreads();
  const [, , sleeper] = target.threads();
  sendSignal(target.pid, 10);
  await settle(20); // it stops one thread; nobody looks yet
  target.stopAll();
  const pending = target.threads().find(({ tid }) => target.pendingEvent(tid));
  assert.ok(pending, 'nobody has the signal');
  assert.equal(target.waitSync(0), undefined);
  goOn(target, sleeper.tid === pending.tid ? target.pid : sleeper.tid);
  assert.equal(target.waitSync(0), undefined);
  goOn(target, pending.tid);
  assert.deepEqual(target.waitSync(0), { kind: 'signal', tid: pending.tid, signal: 10 });
  target.kill();
});

test('no thread is left behind an int3 that it has just executed', async () => {
  const target = await startThreads();
  target.stopAll();
  const symbols = execFileSync('nm', [threads], { encoding: 'utf8' });
  const hot = BigInt(`0x${/^(\S+) . spin$/m.exec(symbols)![1]}`);
  const original = target.memory.read(hot, 1);
  let hits = 0;
  for (let round = 0; round < 300; round++) {
    target.memory.write(hot, Uint8Array.of(0xcc));
    for (const { tid } of target.threads()) goOn(target, tid);
    for (let i = 0; i < round % 7; i++) target.mappings(); // a little time, not always the same
    target.stopAll();
    target.memory.write(hot, original);
    for (const { tid } of target.threads()) {
      if (target.registers(tid).get(R.rip) !== hot + 1n) continue;
      assert.equal(target.pendingEvent(tid)?.kind, 'signal');
      target.registers(tid).set(R.rip, hot);
      target.forgetPendingEvent(tid);
      // Away from it: its first instruction has one byte, so a thread may stand behind it honestly.
      for (let steps = 0; steps < 3; steps++) {
        target.resume(tid, 'step', 0);
        assert.equal(target.waitSync(5000)?.kind, 'signal');
      }
      hits++;
    }
  }
  assert.ok(hits > 100, `only ${hits} hits`);
  target.kill();
});

test('memory: faults name the first bad byte, read-only pages can be written', () => {
  const target = start(events, 'exit');
  const mappings = target.mappings();
  const hole = mappings.find((mapping, i) => mapping.path === events && mappings[i + 1]?.start !== mapping.end)!;
  assert.throws(
    () => target.memory.read(hole.end - 5n, 16),
    (error) => error instanceof MemoryError && error.address === hole.end,
  );
  assert.throws(() => target.memory.read(0xffff_8000_0000_0000n, 1), { message: 'Cannot access memory at address 0xffff800000000000' });
  const code = mappings.find((mapping) => mapping.execute)!;
  target.memory.write(code.start, Uint8Array.of(0xcc, 0x90));
  assert.deepEqual([...target.memory.read(code.start, 2)], [0xcc, 0x90]);
  const large = mappings.find((mapping) => mapping.path.includes('libc') || mapping.path.includes('ld-linux'))!;
  const size = Number(large.end - large.start);
  assert.equal(target.memory.read(large.start, size).length, size);
  target.kill();
});

test('a debug register reports each write', async () => {
  const target = start(events, 'watch');
  target.setDebugRegister(0, { address: watched, length: 8, on: 'write' });
  const values: number[] = [];
  goOn(target);
  for (;;) {
    const event = await target.wait();
    if (event.kind !== 'signal') break;
    assert.equal(target.debugStatus(target.pid), 1);
    assert.equal(target.debugStatus(target.pid), 0);
    values.push(target.memory.read(watched, 1)[0]);
    goOn(target);
  }
  assert.deepEqual(values, [1, 2, 3]);
});

test('a fork of the stopped process is an exact copy that lives on its own', () => {
  const target = start(events, 'exit 3');
  const pc = target.registers(target.pid).get(R.rip)!;
  const before = target.rawRegisters(target.pid).general;
  const code = target.memory.read(pc, 16);
  const child = target.adopt(target.forkStopped(target.pid));
  assert.deepEqual(target.rawRegisters(target.pid).general, before);
  assert.deepEqual(child.rawRegisters(child.pid).general, before);
  assert.deepEqual(child.memory.read(pc, 16), code);
  goOn(child);
  assert.deepEqual(child.waitSync(5000), { kind: 'exited', code: 3 });
  assert.deepEqual(target.relatives, []);
  goOn(target);
  assert.deepEqual(endOf(target), { kind: 'exited', code: 3 });
});

test('files of a fork can be put back to where they stood', () => {
  const input = join(directory, 'input');
  writeFileSync(input, 'first\nsecond\n');
  const target = start(events, `read < ${input} > /dev/null`);
  const offsets = fileOffsets(target.pid);
  assert.equal(offsets.get(0), 0);
  const child = target.adopt(target.forkStopped(target.pid));
  goOn(target);
  assert.deepEqual(endOf(target), { kind: 'exited', code: 0 });
  assert.ok(fileOffsets(child.pid).get(0)! > 0, 'the open file is shared');
  restoreFileOffsets(child.pid, offsets);
  assert.equal(fileOffsets(child.pid).get(0), 0);
  child.kill();
});

test('floating-point and vector registers are read and written', () => {
  const target = start(events, 'exit');
  const registers = target.registers(target.pid);
  const value = Uint8Array.from({ length: 16 }, (_, i) => i);
  registers.setBytes(R.xmm0 + 3, value);
  registers.set(R.rbx, 0x1234_5678_9abc_def0n);
  target.resume(target.pid, 'step', 0);
  assert.equal(target.waitSync(5000)?.kind, 'signal');
  assert.deepEqual(registers.bytes(R.xmm0 + 3), value);
  assert.equal(registers.get(R.rbx), 0x1234_5678_9abc_def0n);
  target.kill();
});

const state = (pid: number): string => parseStatus(procText(pid, 'status') ?? '').get('State') ?? 'gone';
const tracerOf = (pid: number): string => parseStatus(procText(pid, 'status') ?? '').get('TracerPid') ?? 'gone';
const never = (message: string): void => assert.fail(message);

/** A process of its own, neither started nor owned by a target. */
const independent = (...argv: string[]): number => spawn({ path: argv[0], argv, group: 'own', randomize: true });
const reap = (pid: number): void => {
  sendSignal(pid, 9);
  waitUntracedChild(pid);
};
const settle = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

test('attach and detach leave a process as it was: sleeping, stopped, threaded', async () => {
  for (const [program, args, stopped] of [
    [events, 'sleep', false],
    [events, 'sleep', true],
    [threads, undefined, false],
    [threads, undefined, true],
  ] as const) {
    const pid = independent(program, ...(args ? [args] : []));
    await settle(100);
    if (stopped) {
      sendSignal(pid, 19);
      await settle(50);
    }
    const before = state(pid);
    const target = attach(pid, never);
    assert.equal(target.threads().length, program === threads ? 5 : 1);
    assert.equal(tracerOf(pid), String(process.pid));
    target.memory.read(target.registers(pid).get(R.rip)!, 1);
    target.detach();
    await settle(50);
    assert.equal(state(pid), before);
    assert.equal(tracerOf(pid), '0');
    reap(pid);
  }
});

test('a signal that arrives during attach is not lost by detach', async () => {
  const pid = independent(events, 'sleep');
  await settle(50);
  const target = attach(pid, never);
  sendSignal(pid, 15);
  target.detach();
  assert.deepEqual(waitUntracedChild(pid), { kind: 'killed', signal: 15, coreDumped: false });
});

test('who cannot be attached to, and why', async () => {
  assert.throws(() => attach(2 ** 22, never), { message: 'ptrace: No such process.' });
  const zombie = independent('/bin/true');
  await settle(50);
  const warnings: string[] = [];
  assert.throws(() => attach(zombie, (message) => warnings.push(message)), { message: 'ptrace: Operation not permitted.' });
  waitUntracedChild(zombie);
  const target = start(events, 'sleep');
  assert.throws(() => attach(target.pid, (message) => warnings.push(message)), { message: 'ptrace: Operation not permitted.' });
  assert.deepEqual(warnings, [
    `process ${zombie} is a zombie - the process has already terminated`,
    `process ${target.pid} is already traced by process ${process.pid}`,
  ]);
  target.kill();
});
