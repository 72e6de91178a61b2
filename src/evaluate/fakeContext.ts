import { MemoryError, SondeError } from '../base/errors.ts';
import type { DebugInfo, Module } from '../program/module.ts';
import { Program } from '../program/program.ts';
import type { Symbol as ProgramSymbol, Unit } from '../program/symbols.ts';
import type { Type } from '../program/types.ts';
import type { EvaluationContext, PrintLimits } from './context.ts';
import type { Value } from './value.ts';

/** For tests: a program of symbols given as literals, and memory that is one buffer. */
export const defaultLimits: PrintLimits = {
  elements: 200,
  repeats: 10,
  maxDepth: 20,
  pretty: false,
  union: true,
  address: true,
  symbol: true,
  array: false,
  arrayIndexes: false,
  nullStop: false,
  sevenBit: false,
  nibbles: false,
  staticMembers: true,
  outputRadix: 10,
  inputRadix: 10,
};

/** Where the fake memory begins. */
export const base = 0x1000n;

export class FakeContext implements EvaluationContext {
  readonly program = new Program();
  readonly bytes = new Uint8Array(4096);
  readonly frame = undefined;
  readonly values: Value[] = [];
  readonly variables = new Map<string, Value>();
  limits = defaultLimits;
  language: EvaluationContext['language'] = 'c';
  readonly #symbols: ProgramSymbol[] = [];
  readonly #unit = { language: 'c', name: 'fake.c' } as Unit;

  constructor() {
    const named = <K extends ProgramSymbol['kind']>(kind: K, name: string) =>
      this.#symbols.filter((symbol) => symbol.kind === kind && symbol.name === name) as never[];
    const debug = {
      variables: (name: string) => named('variable', name),
      functions: (name: string) => named('function', name),
      types: (name: string) => named('type', name),
      enumerators: (name: string) => named('enumerator', name),
      functionAt: () => undefined,
      sourceFiles: () => [],
      allNames: () => [],
    } as unknown as DebugInfo;
    const module = {
      debug,
      bias: 0n,
      minimal: { named: () => [], at: () => undefined, all: () => [] },
      sections: [],
      containsAddress: () => true,
    } as unknown as Module;
    this.#unit = { ...this.#unit, module };
    this.program.setFiles(module, module);
  }

  readonly memory = {
    read: (address: bigint, length: number): Uint8Array => {
      const from = Number(address - base);
      if (from < 0 || from >= this.bytes.length) throw new MemoryError(address);
      if (from + length > this.bytes.length) throw new MemoryError(base + BigInt(this.bytes.length));
      return this.bytes.slice(from, from + length);
    },
    write: (address: bigint, bytes: Uint8Array): void => {
      const from = Number(address - base);
      if (from < 0 || from + bytes.length > this.bytes.length) throw new MemoryError(address);
      this.bytes.set(bytes, from);
    },
  };

  /** A global at an offset of the fake memory. */
  variable(name: string, type: Type, offset: number, contents?: Uint8Array | readonly number[]): void {
    const address = base + BigInt(offset);
    const bytes = new Uint8Array(9);
    bytes[0] = 0x03; // DW_OP_addr
    new DataView(bytes.buffer).setBigUint64(1, address, true);
    const unit = this.#unit;
    this.#symbols.push({
      kind: 'variable',
      name,
      module: unit.module,
      unit,
      line: 1,
      type,
      isParameter: false,
      external: true,
      artificial: false,
      location: { kind: 'expression', bytes, unit },
    });
    if (contents) this.bytes.set(contents, offset);
  }

  type(name: string, type: Type): void {
    this.#symbols.push({ kind: 'type', name, module: this.#unit.module, unit: this.#unit, line: 1, type });
  }

  enumerator(name: string, type: Type, value: bigint): void {
    this.#symbols.push({ kind: 'enumerator', name, module: this.#unit.module, unit: this.#unit, line: 1, type, value });
  }

  history(index: number | 'last', back = 0): Value {
    const value = this.values[index === 'last' ? this.values.length - 1 - back : index - 1];
    if (!value) throw new SondeError(`History has not yet reached $${index}.`);
    return value;
  }
  convenience(name: string): Value | undefined {
    return this.variables.get(name);
  }
  setConvenience(name: string, value: Value): void {
    this.variables.set(name, value);
  }
  threadLocal(): bigint {
    throw new SondeError('Cannot find thread-local variables');
  }
}
