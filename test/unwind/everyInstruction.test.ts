import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { R } from '../../src/arch/registers.ts';
import type { Address } from '../../src/base/address.ts';
import { files } from '../../src/linux/files.ts';
import { openModule } from '../../src/program/elfModule.ts';
import { Program } from '../../src/program/program.ts';
import { symbolicText } from '../../src/program/symbolic.ts';
import { disassembler } from '../../src/session/disassembler.ts';
import { Libraries } from '../../src/session/libraries.ts';
import { launch } from '../../src/targets/live/launch.ts';
import type { LiveProcess } from '../../src/targets/live/process.ts';
import { innermostFrame } from '../../src/unwind/index.ts';

/**
 * A program is stepped through by single instructions from main to its end. A list of what its call and return instructions do is
 * kept beside; before each instruction the unwound stack must be that list: return addresses and CFAs of every frame.
 */

let directory: string;
before(() => {
  directory = mkdtempSync(join(tmpdir(), 'sonde-unwind-'));
});
after(() => rmSync(directory, { recursive: true, force: true }));

interface Call {
  readonly returnAddress: Address;
  readonly cfa: Address;
}

for (const compiler of ['gcc', 'clang']) {
  for (const level of ['-O0', '-O2']) {
    // Lazy binding, so that the dynamic linker's trampoline is on the way too.
    test(`${compiler} ${level}: the stack is right at every instruction`, () => {
      const path = join(directory, `deep-${compiler}${level}`);
      const source = new URL('../programs/unwind/deep.c', import.meta.url).pathname;
      execFileSync(compiler, ['-g', level, '-Wl,-z,lazy', '-o', path, source]);
      const { steps, wrong, maximalDepth } = follow(path);
      assert.deepEqual(wrong, []);
      assert.ok(steps > 3000, `${steps} steps`);
      assert.ok(maximalDepth > 6, `depth ${maximalDepth}`);
    });
  }
}

function follow(path: string): { steps: number; wrong: string[]; maximalDepth: number } {
  const process_ = launch({ program: path, args: '> /dev/null', environment: process.env, withShell: true, disableRandomization: true });
  try {
    const program = new Program();
    const main = openModule(path, files);
    program.setFiles(main, main);
    const libraries = new Libraries(() => '/usr/lib/debug');
    libraries.placeProgram(program, process_);
    runTo(process_, main.minimal.named('main')[0].address);
    libraries.update(program, process_, process_.memory);
    return followFromMain(process_, program);
  } finally {
    process_.kill();
  }
}

function followFromMain(target: LiveProcess, program: Program): { steps: number; wrong: string[]; maximalDepth: number } {
  const registers = target.registers(target.pid);
  const calls: Call[] = [];
  const wrong: string[] = [];
  let maximalDepth = 0;
  for (let steps = 0; ; steps++) {
    const pc = registers.get(R.rip)!;
    const stackPointer = registers.get(R.rsp)!;
    const expected = [pc, ...calls.map(({ returnAddress }) => returnAddress).reverse()];
    const actual: Address[] = [];
    const cfas: (Address | undefined)[] = [];
    for (let frame = innermostFrame({ program, memory: target.memory, registers }); frame && actual.length < 100; frame = frame.older) {
      // No call instruction made these.
      if (frame.kind === 'inline' || frame.kind === 'tail call') continue;
      actual.push(frame.pc);
      cfas.push(frame.cfa);
    }
    maximalDepth = Math.max(maximalDepth, calls.length);
    const right = actual.join() === expected.join() && [...calls].reverse().every(({ cfa }, index) => cfas[index] === cfa);
    if (!right && wrong.length < 10) wrong.push(`${symbolicText(program, pc)}: ${actual.map((address) => symbolicText(program, address))}`);
    const instruction = disassembler().decode(target.memory.read(pc, 15), pc, 'att')!;
    const isSignalReturn = instruction.text === 'syscall' && registers.get(R.rax) === rtSigreturn;
    const signal = step(target, 0);
    if (signal !== SIGTRAP) {
      deliver(target, signal, calls);
    } else if (isSignalReturn) {
      assert.equal(registers.get(R.rip), calls.pop()!.returnAddress);
    } else if (/^(notrack |bnd )*call/.test(instruction.text)) {
      calls.push({ returnAddress: pc + BigInt(instruction.bytes.length), cfa: stackPointer });
    } else if (/^(bnd |repz )*ret/.test(instruction.text)) {
      const call = calls.pop();
      if (!call) return { steps, wrong, maximalDepth };
      assert.equal(registers.get(R.rip), call.returnAddress);
    }
  }
}

const SIGTRAP = 5;
const rtSigreturn = 15n;

/** Into the handler: it returns to the trampoline that the C library put on the stack, and that to where the signal came. */
function deliver(target: LiveProcess, signal: number, calls: Call[]): void {
  const registers = target.registers(target.pid);
  calls.push({ returnAddress: registers.get(R.rip)!, cfa: registers.get(R.rsp)! });
  assert.equal(step(target, signal), SIGTRAP);
  const stackPointer = registers.get(R.rsp)!;
  const trampoline = Buffer.from(target.memory.read(stackPointer, 8)).readBigUInt64LE();
  calls.push({ returnAddress: trampoline, cfa: stackPointer + 8n });
}

/** One instruction; the signal that stopped it. */
function step(target: LiveProcess, signal: number): number {
  target.resume(target.pid, 'step', signal);
  const event = target.waitSync(5000);
  assert.equal(event?.kind, 'signal');
  return event.kind === 'signal' ? event.signal : 0;
}

/** Runs to an address by a breakpoint instruction. */
function runTo(target: LiveProcess, address: Address): void {
  const code = target.memory.read(address, 1).slice();
  target.memory.write(address, Uint8Array.of(0xcc));
  target.resume(target.pid, 'continue', 0);
  assert.equal(target.waitSync(5000)?.kind, 'signal');
  target.memory.write(address, code);
  target.registers(target.pid).set(R.rip, address);
}
