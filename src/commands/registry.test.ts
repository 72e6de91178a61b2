import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gdbCommands } from './gdb/index.ts';
import { Registry } from './registry.ts';

const registry = new Registry(gdbCommands);
const found = (line: string) => {
  const { command, args } = registry.find(line) ?? {};
  return [command?.name, args];
};

test('reserved short forms win although they are ambiguous', () => {
  const shorts = {
    b: 'break',
    br: 'break',
    c: 'continue',
    d: 'delete',
    f: 'frame',
    h: 'help',
    i: 'info',
    k: 'kill',
    l: 'list',
    n: 'next',
    p: 'print',
    q: 'quit',
    r: 'run',
    s: 'step',
    u: 'until',
  };
  for (const [short, name] of Object.entries(shorts)) assert.equal(found(short)[0], name);
});

test('sub-commands are abbreviated word by word', () => {
  assert.deepEqual(found('i r rip'), ['info registers', 'rip']);
  assert.deepEqual(found('i b'), ['info breakpoints', '']);
  assert.deepEqual(found('inf lo'), ['info locals', '']);
  assert.deepEqual(found('set p pre on'), ['set print pretty', 'on']);
});

test('what is no letter ends a name', () => {
  assert.deepEqual(found('p/x 1'), ['print', '/x 1']);
  assert.deepEqual(found('x/4w $sp'), ['x', '/4w $sp']);
  assert.deepEqual(found('p*a'), ['print', '*a']);
  assert.deepEqual(found('!ls -l'), ['shell', 'ls -l']);
  assert.deepEqual(found('| p 1 | cat'), ['pipe', 'p 1 | cat']);
});

test('empty lines and comments are no commands', () => {
  assert.equal(registry.find('  '), undefined);
  assert.equal(registry.find('# b main'), undefined);
});

test("gdb's sentences for what is unknown", () => {
  assert.throws(() => registry.find('foo 1'), { message: 'Undefined command: "foo".  Try "help".' });
  assert.throws(() => registry.find('info foo'), { message: 'Undefined info command: "foo".  Try "help info".' });
  assert.throws(() => registry.find('set print foo'), { message: 'Undefined set print command: "foo".  Try "help set print".' });
  assert.throws(() => registry.find('unw'), /Undefined command: "unw"/);
});

test('completion offers names, not their short forms', () => {
  assert.deepEqual(registry.completeName('info l'), { words: ['line', 'locals'], from: 5 });
  assert.equal(registry.completeName('print argc'), undefined);
});
