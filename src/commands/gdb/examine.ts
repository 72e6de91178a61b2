import { type Address, hex, wrap64 } from '../../base/address.ts';
import { MemoryError, SondeError } from '../../base/errors.ts';
import { wrapPoint } from '../../base/wrap.ts';
import { builtin, integerOfSize, pointerTo } from '../../evaluate/builtinTypes.ts';
import type { EvaluationContext } from '../../evaluate/context.ts';
import {
  type Format,
  type FormatLetter,
  formatValue,
  parseFormat,
  readString,
  requireKnownLetter,
  splitFormat,
  stringAt,
} from '../../evaluate/index.ts';
import { fetched, integerValue, memoryValue } from '../../evaluate/makeValue.ts';
import { addressOfValue, asInteger } from '../../evaluate/scalars.ts';
import type { Value } from '../../evaluate/value.ts';
import { symbolicText } from '../../program/symbolic.ts';
import type { Type } from '../../program/types.ts';
import { bare } from '../../program/types.ts';
import { disassembler } from '../../session/disassembler.ts';
import { type ExamineState, examineState } from '../../session/examine.ts';
import type { Session } from '../../session/session.ts';
import { type Command, type CommandContext, textResult } from '../command.ts';
import { codeNames, instructionAt, operationText, pcPrefix } from './instructionText.ts';

/** x: memory in any format, going on where the last one ended. */
export const examineCommands: readonly Command[] = [
  {
    name: 'x',
    group: 'data',
    summary: 'Examine memory: x/FMT ADDRESS.',
    help:
      'ADDRESS is an expression for the memory address to examine.\nFMT is a repeat count followed by a format letter and a size letter.\n' +
      'Format letters are o(octal), x(hex), d(decimal), u(unsigned decimal),\n  t(binary), f(float), a(address), i(instruction), c(char), s(string)\n  and z(hex, zero padded on the left).\n' +
      'Size letters are b(byte), h(halfword), w(word), g(giant, 8 bytes).\nThe specified number of objects of the specified size are printed\naccording to the format.  If a negative number is specified, memory is\nexamined backward from the address.\n\n' +
      'Defaults for format and size letters are those previously used.\nDefault count is 1.  Default address is following last thing printed\nwith this command or "print".',
    completes: 'expression',
    repeats: 'without arguments',
    run: examine,
  },
];

async function examine(args: string, context: CommandContext): Promise<void> {
  const { session } = context;
  const state = examineState(session);
  const { format: formatText, rest } = splitFormat(args);
  const asked = parseFormat(formatText ?? '');
  // Hexadecimal is the default of a plain `x`; after a slash without a letter it is the size's own way, decimal, and that is not remembered.
  const chosen = asked.letter ?? state.letter;
  const letter = chosen ?? (formatText === undefined ? 'x' : 'd');
  const size = sizeFor(letter, asked, state);
  const count = asked.count ?? (rest === '' && formatText === undefined ? state.count : 1);
  if (rest !== '') state.next = startAddress(await session.evaluate(rest), session);
  if (state.next === undefined) throw new SondeError('Argument required (starting display address).');
  const start = state.next;
  const reader = new Examination(session, letter, size, context);
  try {
    if (count < 0) reader.backward(start, -count);
    else reader.forward(start, count);
    state.letter = chosen ?? (formatText === undefined ? letter : undefined);
    state.size = letter === 's' ? (asked.size ?? 1) : size;
    state.count = count;
  } finally {
    if (reader.next !== undefined) state.next = reader.next;
    reader.setConveniences();
  }
}

/** Memory in a format, for `display/i` and the like; a format without a size takes what its letter implies. */
export function examineMemory(context: Pick<CommandContext, 'session' | 'emit'>, format: Format, start: Address): void {
  const letter = format.letter ?? 'x';
  const size = sizeFor(letter, { ...format, letter }, { next: undefined, letter, size: 4, count: 1 });
  new Examination(context.session, letter, size, context).forward(start, format.count ?? 1);
}

/** gdb's decode_format: what a letter makes of a size that was not said. */
function sizeFor(letter: FormatLetter, asked: Format, state: ExamineState): 1 | 2 | 4 | 8 {
  if (asked.size !== undefined) return letter === 'a' ? 8 : asked.size;
  switch (letter) {
    case 'a':
      return 8;
    case 'f':
      return asked.letter === undefined ? state.size : state.size === 4 || state.size === 8 ? state.size : 8;
    case 'c':
      return asked.letter === undefined ? state.size : 1;
    case 's':
    case 'i':
      return 1;
    default:
      return state.size;
  }
}

/** An array or function in memory means its own address, anything else its value. */
function startAddress(value: Value, session: Session): Address {
  const type = bare(value.type);
  return addressOfValue(type.kind === 'reference' ? memoryValue(type.target, asInteger(value), session.memory) : value);
}

const perLine: Readonly<Record<number, number>> = { 1: 8, 2: 8, 4: 4, 8: 2 };

class Examination {
  next: Address | undefined;
  #last: Value | undefined;
  readonly #evaluation: EvaluationContext;
  readonly #type: Type;

  constructor(
    readonly session: Session,
    readonly letter: FormatLetter,
    readonly size: 1 | 2 | 4 | 8,
    readonly context: Pick<CommandContext, 'emit'>,
  ) {
    this.#evaluation = session.evaluationContext();
    this.#type = letter === 'f' && size >= 4 ? (size === 4 ? builtin.float : builtin.double) : integerOfSize(size, true);
  }

  forward(start: Address, count: number): void {
    if (this.letter === 's') return this.#strings(start, count);
    if (this.letter === 'i') return this.#instructions(start, count);
    let at = start;
    for (let left = count; left > 0; ) {
      const inLine = Math.min(left, this.letter === 'c' || this.size === 1 ? 8 : perLine[this.size]);
      at = this.#line(at, inLine);
      left -= inLine;
    }
    this.next = at;
  }

  backward(start: Address, count: number): void {
    if (this.letter === 's') return this.#stringsBackward(start, count);
    if (this.letter === 'i') return this.#instructionsBackward(start, count);
    const from = wrap64(start - BigInt(count * this.size));
    this.forward(from, count);
    this.next = from;
  }

  /** `$_` is the last address examined, `$__` what was there. */
  setConveniences(): void {
    const last = this.#last;
    if (last?.place.kind !== 'memory') return;
    this.session.values.setConvenience('_', integerValue(pointerTo(last.type), last.place.address));
    // Of a string only the address is kept.
    if (this.letter === 's') this.session.values.clearConvenience('__');
    else this.session.values.setConvenience('__', last);
  }

  /** What was made of a line is shown even if the rest of it cannot be read. */
  #line(start: Address, count: number): Address {
    let text = `${this.#label(start)}:`;
    let at = start;
    try {
      for (let i = 0; i < count; i++) {
        text += '\t';
        const from = at;
        at = wrap64(at + BigInt(this.size));
        // Also where nothing can be read: the next `x` goes on behind it.
        this.next = at;
        const value = fetched(memoryValue(this.#type, from, this.session.memory));
        requireKnownLetter(this.letter);
        text += this.#element(value);
        this.#last = value;
      }
    } catch (error) {
      this.context.emit(textResult(text, 'memory'));
      throw error;
    }
    this.context.emit(textResult(`${text}\n`, 'memory'));
    return at;
  }

  #label(address: Address): string {
    const symbol = symbolicText(this.session.program, address, { names: codeNames(this.session) });
    return symbol ? `${hex(address)} ${symbol}` : hex(address);
  }

  /** x pads what print does not: hexadecimal and binary show the whole size. */
  #element(value: Value): string {
    if (this.letter === 'f' && value.type.kind === 'float') return formatValue(value, undefined, this.#evaluation);
    const text = formatValue(
      value,
      { letter: this.letter === 'x' ? 'z' : this.letter === 'f' || this.letter === 's' ? 'd' : this.letter },
      this.#evaluation,
    );
    return this.letter === 't' ? text.padStart(this.size * 8, '0') : text;
  }

  #strings(start: Address, count: number): void {
    const prefix = { 1: '', 2: 'u', 4: 'U', 8: '' }[this.size];
    const width = this.size === 8 ? 1 : this.size;
    let at = start;
    for (let i = 0; i < count; i++) {
      const { limits } = this.#evaluation;
      const text = stringAt(at, width, prefix, this.#evaluation);
      this.context.emit(textResult(`${this.#label(at)}:\t${text}\n`, 'string'));
      const { codes, terminated } = readString(at, width, limits.elements, this.#evaluation);
      this.#last = memoryValue(this.#type, at, this.session.memory);
      at = wrap64(at + BigInt((codes.length + (terminated ? 1 : 0)) * width));
      this.next = at;
    }
  }

  #stringsBackward(start: Address, count: number): void {
    let at = start;
    for (let i = 0; i < count; i++) at = this.#stringBefore(at);
    this.#strings(at, count);
    this.next = at;
  }

  /** The start of the string that ends right before an address. */
  #stringBefore(address: Address): Address {
    let at = wrap64(address - 1n);
    for (let length = 0; length < 4096; length++) {
      if (this.session.memory.read(wrap64(at - 1n), 1)[0] === 0) return at;
      at = wrap64(at - 1n);
    }
    return at;
  }

  #instructions(start: Address, count: number): void {
    let at = start;
    for (let i = 0; i < count; i++) {
      const head = `${pcPrefix(this.session, at)}${this.#label(at)}:\t`;
      this.next = wrap64(at + 1n);
      try {
        const instruction = instructionAt(this.session, at);
        this.context.emit(textResult(`${head}${wrapPoint(4)}${operationText(this.session, instruction)}\n`, 'instruction'));
        at = wrap64(at + BigInt(instruction.bytes.length));
        this.next = at;
      } catch (error) {
        if (error instanceof MemoryError) this.context.emit(textResult(head, 'instruction'));
        throw error;
      }
    }
  }

  /** Instructions before an address: found from a line's or symbol's start, since code cannot be decoded backwards. */
  #instructionsBackward(start: Address, count: number): void {
    const { program } = this.session;
    const addresses: Address[] = [];
    let end = start;
    while (addresses.length < count) {
      const before = wrap64(end - 1n);
      const from = program.lineAt(before)?.low ?? program.minimalSymbolAt(before)?.symbol.address;
      if (from === undefined || from >= end) throw new SondeError('No line number information available.');
      const bytes = this.session.memory.read(from, Number(end - from));
      addresses.unshift(
        ...disassembler()
          .decodeAll(bytes, from, 'att')
          .map((instruction) => instruction.address),
      );
      end = from;
    }
    const first = addresses[addresses.length - count];
    this.#instructions(first, count);
    this.next = first;
  }
}
