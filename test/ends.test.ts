import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { exists, sendSignal } from '../src/linux/signal.ts';
import { spawn } from '../src/linux/spawn.ts';
import { pollChild } from '../src/linux/wait.ts';
import { Pty, pause, statusOf } from './pty.ts';

/**
 * However sonde ends: nothing that it started is left, what it attached to goes on. See docs/robustness.md. Each end meets each
 * situation several times, at a different moment each time.
 */
const root = new URL('..', import.meta.url).pathname;
const sonde = process.env.SONDE ?? join(root, 'bin/sonde');
const rounds = Number(process.env.SONDE_ROUNDS ?? 2);

let directory: string;
let program: string;
/** Loaded into sonde before anything else: a bug on demand. */
let bug: string;

before(() => {
  directory = mkdtempSync(join(tmpdir(), 'sonde-ends-'));
  program = join(directory, 'threads');
  execFileSync('gcc', ['-g', '-pthread', '-o', program, join(root, 'test/programs/live/threads.c')]);
  bug = join(directory, 'bug.mjs');
  writeFileSync(bug, "process.on('SIGUSR2', () => { throw new Error('a bug on demand'); });\n");
});
after(() => rmSync(directory, { recursive: true, force: true }));

const run = (...args: string[]): Pty =>
  new Pty([process.execPath, '--import', bug, sonde, '-q', '-nx', ...args], { ...process.env, NODE_NO_WARNINGS: '1', TERM: 'dumb' });

const prompt = /^\(sonde\) $/m;

/** Types a command at the prompt and waits for the next one. */
async function command(terminal: Pty, line: string): Promise<void> {
  terminal.type(`${line}\r`);
  await terminal.expect(prompt);
}

/** What sonde may be doing when the end comes. The breakpoint on `tick` is hit all the time and its condition is false. */
const situations: Readonly<Record<string, (terminal: Pty) => Promise<void>>> = {
  'at the prompt': async () => undefined,
  running: async (terminal) => {
    terminal.type('continue\r');
    await terminal.expect(/Continuing\./);
  },
  stepping: async (terminal) => {
    await command(terminal, 'tbreak tick');
    await command(terminal, 'continue');
    terminal.type('step 1000000\r');
    await pause(100);
  },
  'in a software watchpoint': async (terminal) => {
    await command(terminal, 'set can-use-hw-watchpoints 0');
    await command(terminal, 'watch pipe_ends[0] if pipe_ends[0] == -1');
    terminal.type('continue\r');
    await terminal.expect(/Continuing\./);
  },
};

const ends: Readonly<Record<string, (terminal: Pty) => void>> = {
  SIGHUP: ({ pid }) => sendSignal(pid, 1),
  SIGTERM: ({ pid }) => sendSignal(pid, 15),
  SIGKILL: ({ pid }) => sendSignal(pid, 9),
  'an internal error': ({ pid }) => sendSignal(pid, 12),
  'hang-up of the terminal': (terminal) => terminal.hangUp(),
};

/** Ends that need a prompt. */
const typedEnds: Readonly<Record<string, (terminal: Pty) => Promise<void>>> = {
  quit: async (terminal) => {
    terminal.type('quit\r');
    await terminal.expect(/Quit anyway\? \(y or n\) /);
    terminal.type('y\r');
  },
  'end of input': async (terminal) => {
    terminal.type('\x04');
    await terminal.expect(/Quit anyway\? \(y or n\) /);
    terminal.type('\x04');
  },
};

/** Children of a process, by their own account. */
function childrenOf(pid: number): number[] {
  return readdirSync('/proc')
    .map(Number)
    .filter((child) => child > 0 && statusOf(child, 'PPid') === String(pid));
}

async function gone(pid: number): Promise<boolean> {
  for (let waited = 0; waited < 3000; waited += 10) {
    if (!exists(pid) || statusOf(pid, 'State').startsWith('Z')) return true;
    await pause(10);
  }
  return false;
}

async function startedProgram(terminal: Pty): Promise<number> {
  await terminal.expect(prompt);
  await command(terminal, 'break main');
  await command(terminal, 'run');
  await command(terminal, 'break tick if ticks < 0');
  const [inferior, ...others] = childrenOf(terminal.pid);
  assert.deepEqual(others, []);
  return inferior;
}

for (const [situation, enter] of Object.entries(situations)) {
  for (const [end, doIt] of Object.entries({ ...ends, ...(situation === 'at the prompt' ? typedEnds : {}) })) {
    test(`started, ${situation}, ${end}: the program is gone`, async () => {
      for (let round = 0; round < rounds; round++) {
        const terminal = run(program);
        try {
          const inferior = await startedProgram(terminal);
          await enter(terminal);
          await pause(round * 37);
          await doIt(terminal);
          assert.ok(await gone(inferior), `process ${inferior} is left behind`);
          await terminal.ended();
        } finally {
          terminal.close();
        }
      }
    });
  }
}

/** A process that sonde did not start. */
async function independent(): Promise<number> {
  const pid = spawn({ path: program, argv: [program], group: 'own', randomize: true });
  while (statusOf(pid, 'Threads') !== '5') await pause(5);
  return pid;
}

/** It runs, untraced, and its tick — where the breakpoint was — is executed many times without harm. */
async function assertUnharmed(pid: number): Promise<void> {
  for (let waited = 0; waited < 3000 && statusOf(pid, 'TracerPid') !== '0'; waited += 10) await pause(10);
  assert.equal(statusOf(pid, 'TracerPid'), '0');
  await pause(60);
  assert.equal(pollChild(pid), undefined, 'it died');
  assert.match(statusOf(pid, 'State'), /^[RS]/);
}

for (const [situation, enter] of Object.entries(situations)) {
  for (const [end, doIt] of Object.entries({ ...ends, ...(situation === 'at the prompt' ? typedEnds : {}) })) {
    // Killed while breakpoints are in: docs/robustness.md says what happens.
    if (end === 'SIGKILL' && situation !== 'at the prompt') continue;
    test(`attached, ${situation}, ${end}: the process goes on`, async () => {
      for (let round = 0; round < rounds; round++) {
        const pid = await independent();
        const terminal = run('-p', String(pid));
        try {
          await terminal.expect(prompt);
          await command(terminal, 'break tick if ticks < 0');
          await enter(terminal);
          await pause(round * 37);
          await doIt(terminal);
          await assertUnharmed(pid);
          await terminal.ended();
        } finally {
          terminal.close();
          sendSignal(pid, 9);
        }
      }
    });
  }
}

for (const [end, doIt] of Object.entries(ends)) {
  test(`attaching, ${end}: the process goes on`, async () => {
    for (let round = 0; round < 4 * rounds; round++) {
      const pid = await independent();
      const terminal = run('-p', String(pid));
      try {
        await pause(60 + round * 31);
        if (end === 'an internal error') await terminal.expect(/./); // before that nobody would catch it
        doIt(terminal);
        await terminal.ended();
        await assertUnharmed(pid);
      } finally {
        terminal.close();
        sendSignal(pid, 9);
      }
    }
  });
}

for (const end of ['SIGTERM', 'SIGHUP', 'an internal error', 'quit'] as const) {
  test(`the terminal is as it was: ${end}`, async () => {
    const shell = new Pty(['/bin/bash', '--norc', '--noprofile'], { ...process.env, TERM: 'dumb', PS1: 'shell> ' });
    const settings = async (): Promise<string> => {
      const file = join(directory, 'stty');
      shell.type(`stty -a > ${file}; echo do''ne\r`);
      await shell.expect(/done/);
      await shell.expect(/shell> /);
      return readFileSync(file, 'utf8');
    };
    try {
      await shell.expect(/shell> /);
      const before = await settings();
      shell.type(`${process.execPath} --import ${bug} ${sonde} -q -nx ${program}\r`);
      const [pid] = await until(() => childrenOf(shell.pid));
      await shell.expect(prompt);
      await command(shell, 'break main');
      await command(shell, 'run');
      if (end === 'quit') await typedEnds.quit(shell);
      else {
        shell.type('continue\r');
        await shell.expect(/Continuing\./);
        await pause(100);
        sendSignal(pid, end === 'SIGTERM' ? 15 : end === 'SIGHUP' ? 1 : 12);
      }
      await shell.expect(/shell> /);
      assert.equal(await settings(), before);
    } finally {
      shell.close();
    }
  });
}

async function until<T>(ask: () => T[]): Promise<T[]> {
  for (;;) {
    const found = ask();
    if (found.length > 0) return found;
    await pause(10);
  }
}
