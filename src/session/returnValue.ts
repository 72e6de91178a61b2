import { R } from '../arch/registers.ts';
import { memoryValue, valueFrom } from '../evaluate/makeValue.ts';
import type { Value } from '../evaluate/value.ts';
import { bare, type Type } from '../program/types.ts';
import type { Memory, RegisterFile } from '../targets/target.ts';

/** How the System V ABI (AMD64, §3.2.3) passes an eight-byte of a value. */
export type EightbyteClass = 'integer' | 'sse' | 'x87' | 'memory' | 'none';

const integerRegisters = [R.rax, R.rdx];
const sseRegisters = [R.xmm0, R.xmm1];

/** What a function of that type has just returned; undefined for void, and where it can't be told. */
export function returnedValue(type: Type, registers: RegisterFile, memory: Memory): Value | undefined {
  const plain = bare(type);
  if (plain.kind === 'void' || plain.kind === 'unspecified') return undefined;
  const classes = classify(type);
  if (classes[0] === 'memory') {
    const address = registers.get(R.rax); // the caller's buffer, which the callee hands back
    return address === undefined ? undefined : memoryValue(type, address, memory);
  }
  if (classes[0] === 'x87') {
    const bytes = registers.bytes(R.st0);
    return bytes && valueFrom(type, padded(bytes, type.size));
  }
  const out = new Uint8Array(classes.length * 8);
  let integers = 0;
  let vectors = 0;
  for (const [index, kind] of classes.entries()) {
    const register = kind === 'sse' ? sseRegisters[vectors++] : integerRegisters[integers++];
    const bytes = register === undefined ? undefined : registers.bytes(register);
    if (!bytes) return undefined;
    out.set(bytes.subarray(0, 8), index * 8);
    // A vector or _Float128 of sixteen bytes lies whole in one register.
    if (kind === 'sse' && wholeVector(type)) {
      out.set(bytes.subarray(0, 16).slice(0, out.length));
      break;
    }
  }
  return valueFrom(type, out.slice(0, type.size));
}

/** Puts a value where its function's caller looks for it; one that is returned through memory is ignored: only the callee knew where. */
export function storeReturnValue({ type, bytes }: Value, registers: RegisterFile): void {
  const classes = classify(type);
  if (bare(type).kind === 'void' || classes[0] === 'memory') return;
  if (classes[0] === 'x87') {
    // As after `fld`: the only entry of the register stack, whose top is 7.
    registers.set(R.fstat, (registers.get(R.fstat) ?? 0n) | (7n << 11n));
    registers.set(R.ftag, 0x3fffn);
    registers.setBytes(R.st0, bytes.slice(0, 10));
    return;
  }
  let integers = 0;
  let vectors = 0;
  for (const [index, kind] of classes.entries()) {
    const register = kind === 'sse' ? sseRegisters[vectors++] : integerRegisters[integers++];
    const whole = registers.bytes(register)?.slice();
    const isWhole = kind === 'sse' && wholeVector(type);
    if (!whole) return;
    whole.set(isWhole ? bytes.subarray(0, 16) : bytes.subarray(index * 8, index * 8 + 8));
    registers.setBytes(register, whole);
    if (isWhole) return;
  }
}

const wholeVector = (type: Type): boolean => {
  const plain = bare(type);
  return (plain.kind === 'array' && plain.vector) || (plain.kind === 'float' && plain.format === 'binary128');
};

/** Class of each eight-byte; one `memory` for what is returned through memory. */
export function classify(type: Type): EightbyteClass[] {
  const plain = bare(type);
  if (plain.kind === 'float' && plain.format === 'x87-80') return ['x87'];
  if (plain.kind === 'complex' && plain.size === 32) return ['memory'];
  if (plain.size > 16 && !(plain.kind === 'array' && plain.vector)) return ['memory'];
  const classes: EightbyteClass[] = Array.from({ length: Math.max(1, Math.ceil(plain.size / 8)) }, () => 'none');
  mark(plain, 0, classes);
  if (classes.includes('memory') || classes.includes('x87')) return ['memory'];
  return classes.map((kind) => (kind === 'none' ? 'sse' : kind));
}

/** Merges a part's class into its eight-byte: INTEGER wins over SSE. */
function mark(type: Type, offset: number, classes: EightbyteClass[]): void {
  const plain = bare(type);
  switch (plain.kind) {
    case 'struct':
      for (const base of plain.bases) mark(base.type, offset + base.offset, classes);
      for (const member of plain.members) if (!member.isStatic) mark(member.type, offset + member.offset, classes);
      return;
    case 'array':
      if (plain.vector) {
        for (let at = 0; at < plain.size; at += 8) merge(classes, offset + at, 'sse');
        return;
      }
      for (let index = 0; index < (plain.count ?? 0) && index * plain.element.size < 16; index++)
        mark(plain.element, offset + index * plain.element.size, classes);
      return;
    case 'float':
      if (plain.format === 'x87-80') merge(classes, offset, 'x87');
      else for (let at = 0; at < plain.size; at += 8) merge(classes, offset + at, 'sse');
      return;
    case 'complex':
      mark(plain.part, offset, classes);
      mark(plain.part, offset + plain.part.size, classes);
      return;
    case 'void':
      return;
    default:
      for (let at = 0; at < plain.size; at += 8) merge(classes, offset + at, 'integer');
  }
}

function merge(classes: EightbyteClass[], offset: number, kind: EightbyteClass): void {
  const index = Math.floor(offset / 8);
  if (index >= classes.length) return;
  const known = classes[index];
  if (known === 'x87' || kind === 'x87') classes[index] = 'x87';
  else if (known === 'integer' || kind === 'integer') classes[index] = 'integer';
  else classes[index] = kind;
}

const padded = (bytes: Uint8Array, size: number): Uint8Array => {
  const out = new Uint8Array(size);
  out.set(bytes.subarray(0, size));
  return out;
};
