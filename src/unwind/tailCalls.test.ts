import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Program } from '../program/program.ts';
import type { CallSite, FunctionSymbol } from '../program/symbols.ts';
import { tailCallsBetween } from './tailCalls.ts';

/** Functions of 0x100 bytes by letter; `calls` are `callee@offset`, with `!` for a tail call and `?` for an unknown callee. */
function programOf(functions: Readonly<Record<string, readonly string[]>>): Program {
  const entryOf = (name: string): bigint => BigInt((name.charCodeAt(0) - 96) * 0x100);
  const symbols = Object.entries(functions).map(([name, calls]) => ({
    name,
    entry: entryOf(name),
    callSites: calls.map((call): CallSite => {
      const [, callee, tail, offset] = /^(.)(!?)@(\d+)$/.exec(call)!;
      const target = callee === '?' ? undefined : { name: callee, entry: entryOf(callee) };
      return { returnAddress: entryOf(name) + BigInt(offset), tailCall: tail === '!', target, parameters: [] };
    }),
  }));
  const functionAt = (address: bigint) =>
    symbols.find(({ entry }) => address >= entry && address < entry + 0x100n) as unknown as FunctionSymbol | undefined;
  return { functionAt } as unknown as Program;
}
const between = (functions: Readonly<Record<string, readonly string[]>>, returnAddress: bigint, callee: bigint): string[] =>
  tailCallsBetween(programOf(functions), returnAddress, callee).map((site) => site.returnAddress.toString(16));

test('a direct call has none', () => {
  assert.deepEqual(between({ a: ['b@16'], b: [] }, 0x110n, 0x200n), []);
});

test('a chain of jumps, the innermost first', () => {
  assert.deepEqual(between({ a: ['b@16'], b: ['c!@32'], c: ['d!@48'], d: [] }, 0x110n, 0x400n), ['330', '220']);
});

test('of two ways only what they share', () => {
  const functions = { a: ['b@16'], b: ['c!@32', 'd!@48'], c: ['e!@16'], d: ['e!@16'], e: ['f!@64'], f: [] };
  assert.deepEqual(between(functions, 0x110n, 0x600n), ['540']);
});

test('ways without anything in common say nothing', () => {
  assert.deepEqual(between({ a: ['b@16'], b: ['c!@32', 'd!@48'], c: ['e!@16'], d: ['e!@16'], e: [] }, 0x110n, 0x500n), []);
});

test('an unknown callee on the way makes everything uncertain', () => {
  assert.deepEqual(between({ a: ['b@16'], b: ['c!@32', '?!@48'], c: [] }, 0x110n, 0x300n), []);
  assert.deepEqual(between({ a: ['?@16'], c: [] }, 0x110n, 0x300n), []);
});

test('recursion by jumps ends', () => {
  assert.deepEqual(between({ a: ['b@16'], b: ['b!@32', 'c!@48'], c: [] }, 0x110n, 0x300n), ['230']);
});
