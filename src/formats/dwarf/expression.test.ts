import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { SondeError } from '../../base/errors.ts';
import { type ExpressionContext, evaluateExpression, evaluateNumber, type StackType } from './expression.ts';
import { Op } from './opcodes.ts';

const int: StackType = { kind: 'integer', size: 4, signed: true };
const double: StackType = { kind: 'float', size: 8 };

/** Register n holds 0x1000 · n; memory holds at each address its own low byte. */
const context: ExpressionContext = {
  register: (dwarf) => (dwarf === 15 ? undefined : 0x1000n * BigInt(dwarf)),
  read: (address, length) => Uint8Array.from({ length }, (_, i) => Number((address + BigInt(i)) & 0xffn)),
  frameBase: () => 0x7000n,
  cfa: () => 0x8000n,
  threadLocal: (offset) => 0x9000n + offset,
  entryValue: (request) => (request.kind === 'location' ? BigInt(request.location[0]) + BigInt(request.dereference ?? 0) : 1n),
  objectAddress: 0xa000n,
  bias: 0x555555554000n,
  unit: {
    addressAt: (index) => 0x100n * BigInt(index),
    baseType: (offset) => (offset === 1 ? int : double),
    unitOffset: 0x40,
    referenceSize: 4,
  },
  callee: (offset) => (offset === 0x50 ? Uint8Array.of(Op.lit0 + 7) : undefined),
  variableValue: (offset) => BigInt(offset),
};
const number = (...bytes: number[]): bigint => evaluateNumber(Uint8Array.from(bytes), context);
const result = (...bytes: number[]) => evaluateExpression(Uint8Array.from(bytes), context);

test('places: memory, registers, values, pieces, absence', () => {
  assert.deepEqual(result(Op.fbreg, 0x70), { kind: 'memory', address: 0x7000n - 16n });
  assert.deepEqual(result(Op.breg0 + 7, 8), { kind: 'memory', address: 0x7008n });
  assert.deepEqual(result(Op.reg0 + 3), { kind: 'register', register: 3 });
  assert.deepEqual(result(Op.regx, 33), { kind: 'register', register: 33 });
  assert.deepEqual(result(Op.callFrameCfa), { kind: 'memory', address: 0x8000n });
  assert.deepEqual(result(Op.lit0 + 5, Op.stackValue), { kind: 'value', value: 5n, type: undefined });
  assert.deepEqual(result(Op.implicitValue, 2, 0xaa, 0xbb), { kind: 'bytes', bytes: Uint8Array.of(0xaa, 0xbb) });
  assert.deepEqual(result(Op.implicitPointer, 0x34, 0x12, 0, 0, 0x7f), { kind: 'implicit pointer', die: 0x1234, offset: -1 });
  assert.deepEqual(result(Op.reg0, Op.piece, 8, Op.piece, 4, Op.lit0 + 1, Op.stackValue, Op.bitPiece, 3, 2), {
    kind: 'pieces',
    pieces: [
      { size: 64, offset: 0, place: { kind: 'register', register: 0 } },
      { size: 32, offset: 0, place: { kind: 'absent' } },
      { size: 3, offset: 2, place: { kind: 'value', value: 1n, type: undefined } },
    ],
  });
  assert.deepEqual(result(), { kind: 'absent' });
});

test('addresses move with the module, thread-local offsets do not', () => {
  assert.equal(number(Op.addr, 0x10, 0, 0, 0, 0, 0, 0, 0), 0x555555554010n);
  assert.equal(number(Op.addr, 0x10, 0, 0, 0, 0, 0, 0, 0, Op.gnuPushTlsAddress), 0x9010n);
  assert.equal(number(Op.addrx, 2), 0x555555554200n);
  assert.equal(number(Op.constx, 2, Op.formTlsAddress), 0x9200n);
});

test('arithmetic: generic values are 64 bits, signed where DWARF says so', () => {
  const minusOne = [Op.const1s, 0xff];
  assert.equal(number(...minusOne), 0xffff_ffff_ffff_ffffn);
  assert.equal(number(...minusOne, Op.lit0 + 1, Op.plus), 0n);
  assert.equal(number(...minusOne, Op.lit0 + 2, Op.div), 0n);
  assert.equal(number(Op.const1s, 0xf8, Op.lit0 + 2, Op.div), 0xffff_ffff_ffff_fffcn);
  assert.equal(number(...minusOne, Op.lit0 + 10, Op.mod), 5n, 'unsigned');
  assert.equal(number(...minusOne, Op.lit0 + 4, Op.shra), 0xffff_ffff_ffff_ffffn);
  assert.equal(number(...minusOne, Op.lit0 + 4, Op.shr), 0x0fff_ffff_ffff_ffffn);
  assert.equal(number(...minusOne, Op.lit0, Op.lt), 1n);
  assert.equal(number(Op.lit0 + 1, Op.lit0 + 2, Op.lit0 + 3, Op.rot, Op.drop), 1n);
  assert.throws(() => number(Op.lit0 + 1, Op.lit0, Op.div), /Division by zero/);
});

test('typed values', () => {
  assert.equal(number(Op.constType, 1, 4, 0xff, 0xff, 0xff, 0xff, Op.convert, 0), 0xffff_ffff_ffff_ffffn, 'int -1, sign-extended');
  const three = [...new Uint8Array(new Float64Array([3]).buffer)];
  assert.equal(number(Op.constType, 2, 8, ...three, Op.dup, Op.mul, Op.convert, 1, Op.convert, 0), 9n);
  assert.equal(number(Op.constType, 2, 8, ...three, Op.reinterpret, 0), 0x4008_0000_0000_0000n);
});

test('memory, entry values, calls, variables', () => {
  assert.equal(number(Op.const2u, 0x00, 0x01, Op.derefSize, 2), 0x0100n);
  assert.equal(number(Op.entryValue, 1, Op.reg0 + 5), 0x55n);
  assert.equal(number(Op.gnuEntryValue, 3, Op.breg0 + 5, 0, Op.deref), 0x55n + 8n);
  assert.throws(() => number(Op.entryValue, 1, Op.lit0), /supported only for/);
  assert.equal(number(Op.call2, 0x10, 0), 7n);
  assert.equal(number(Op.lit0 + 2, Op.call2, 0x11, 0), 2n, 'a callee without a location does nothing');
  assert.equal(number(Op.gnuVariableValue, 9, 0, 0, 0), 9n);
  assert.throws(() => number(Op.breg0 + 15, 0), /optimized out/);
});

test('what is wrong is said, and ends', () => {
  assert.throws(() => number(Op.skip, 0xfd, 0xff), /Loop detected/);
  assert.throws(() => number(Op.plus), /stack only has 0 elements/);
  assert.throws(() => number(0x01), /Unhandled dwarf expression opcode 0x1/);
  assert.throws(() => result(Op.reg0, Op.lit0), /must be used either alone/);
  assert.throws(() => number(Op.bra, 0x00, 0x7f), /Branch out of|stack only has/);
});

test('any bytes give a result or a SondeError', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
      try {
        evaluateExpression(bytes, context);
      } catch (error) {
        assert.ok(error instanceof SondeError, String(error));
      }
    }),
    { numRuns: 3000 },
  );
});
