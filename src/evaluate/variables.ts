import { registerFromDwarf } from '../arch/registers.ts';
import type { Address } from '../base/address.ts';
import { AbsentError, SondeError } from '../base/errors.ts';
import { type EntryValueRequest, type ExpressionContext, evaluateExpression, evaluateNumber } from '../formats/dwarf/expression.ts';
import { Op } from '../formats/dwarf/opcodes.ts';
import type { Block, FunctionSymbol, Location, Unit, VariableSymbol } from '../program/symbols.ts';
import type { Type } from '../program/types.ts';
import type { Frame } from '../unwind/frame.ts';
import { atAddress } from './access.ts';
import type { EvaluationContext } from './context.ts';
import { withKnownBounds } from './dynamicTypes.ts';
import { entryValue } from './entryValues.ts';
import { locatedValue } from './locations.ts';
import { absentValue, memoryValue, valueFrom } from './makeValue.ts';
import { packInteger } from './scalars.ts';
import { findMinimal, functionOf } from './scope.ts';
import type { Value } from './value.ts';

/**
 * A variable's value in `context.frame`. What is optimized out is a value that says so, not an error. `block` is
 * where the variable was found: if the frame is not in it, an older frame that is gets searched, as gdb does.
 */
export function readVariable(symbol: VariableSymbol, context: EvaluationContext, block?: Block): Value {
  const frame = block && !isStatic(symbol.location) ? hostingFrame(block, context.frame) : context.frame;
  const inFrame = frame === context.frame ? context : { ...context, frame };
  if (symbol.location.kind === 'absent' && symbol.external) {
    // Declared here, defined where there is no debug info: the ELF symbol tells where.
    const minimal = findMinimal(symbol.linkageName ?? symbol.name, context);
    if (minimal && (minimal.kind === 'data' || minimal.kind === 'bss')) return atAddress(symbol.type, minimal.address, context);
  }
  return readLocation(symbol.location, symbol.type, symbol.unit, inFrame, symbol.name, block);
}

/** At a fixed address or without any: its function need not be running. */
const isStatic = (location: Location): boolean =>
  location.kind === 'constant' ||
  (location.kind === 'expression' && [Op.addr, Op.addrx, Op.gnuAddrIndex].includes(location.bytes[0] as never));

/** What is at a location, as a type. `name` and `block` are for messages. */
export function readLocation(location: Location, type: Type, unit: Unit, context: EvaluationContext, name = '', block?: Block): Value {
  switch (location.kind) {
    case 'absent':
      return absentValue(type, 'optimized out');
    case 'constant': {
      const known = withKnownBounds(type, context, undefined);
      const { value } = location;
      if (typeof value === 'bigint') return valueFrom(known, packInteger(value, known.size));
      const bytes = new Uint8Array(known.size);
      bytes.set(value.subarray(0, known.size));
      return valueFrom(known, bytes);
    }
    case 'expression':
      return evaluateLocation(location.bytes, type, unit, context, name, block);
    case 'list': {
      if (!context.frame) throw noFrame(block);
      const pc = context.frame.lookupPc;
      const entry = location.entries().find((candidate) => pc >= candidate.low && pc < candidate.high);
      return entry ? evaluateLocation(entry.bytes, type, unit, context, name, block) : absentValue(type, 'optimized out');
    }
  }
}

function evaluateLocation(bytes: Uint8Array, type: Type, unit: Unit, context: EvaluationContext, name: string, block?: Block): Value {
  try {
    const result = evaluateExpression(bytes, machineContext(unit, context, { name, block }));
    const known = withKnownBounds(type, context, result.kind === 'memory' ? result.address : undefined);
    return result.kind === 'memory' ? memoryValue(known, result.address, context.memory) : locatedValue(result, known, unit, context);
  } catch (error) {
    if (error instanceof AbsentError) return absentValue(type, error.absence);
    throw error;
  }
}

/** What the DWARF machine may ask, answered from a frame. */
export function machineContext(
  unit: Unit,
  context: EvaluationContext,
  about: { name?: string; block?: Block; objectAddress?: Address } = {},
): ExpressionContext {
  const { frame, memory } = context;
  const needFrame = (): Frame => {
    if (!frame) throw noFrame(about.block);
    return frame;
  };
  return {
    register: (dwarf) => {
      const number = registerFromDwarf(dwarf);
      return number === undefined ? undefined : needFrame().registers.get(number);
    },
    registerBytes: (dwarf) => {
      const number = registerFromDwarf(dwarf);
      return number === undefined ? undefined : needFrame().registers.bytes(number);
    },
    read: (address, length) => memory.read(address, length),
    frameBase: () => frameBase(needFrame(), context),
    cfa: () => {
      const { cfa } = needFrame();
      if (cfa === undefined) throw new AbsentError('unavailable');
      return cfa;
    },
    threadLocal: (offset) => {
      if (!context.frame) throw new SondeError(`Cannot read \`${about.name ?? ''}' without registers`);
      return context.threadLocal(unit.module, offset);
    },
    entryValue: (request: EntryValueRequest) => entryValue(request, needFrame(), context),
    objectAddress: about.objectAddress,
    bias: unit.module.bias,
    unit: unit.expressionHelp,
    callee: (offset) => {
      const location = unit.expressionHelp.dieLocation(offset)?.location;
      return location?.kind === 'expression' ? location.bytes : undefined;
    },
    variableValue: (offset) => {
      const found = unit.expressionHelp.dieLocation(offset);
      if (!found?.type) throw new AbsentError('optimized out');
      const value = readLocation(found.location, found.type, unit, context);
      return BigInt.asUintN(
        64,
        value.bytes.reduceRight((whole, byte) => (whole << 8n) | BigInt(byte), 0n),
      );
    },
  };
}

/** DW_AT_frame_base of the function whose code the frame runs: of the enclosing one for an inlined instance. */
export function frameBase(frame: Frame, context: EvaluationContext): Address {
  const physical = physicalFunction(frame, context);
  const location = physical?.frameBase;
  if (!location) throw new SondeError(`Could not find the frame base for "${physical?.name ?? frame.function?.name ?? '??'}".`);
  const unit = physical.unit;
  const bytes =
    location.kind === 'expression'
      ? location.bytes
      : location.kind === 'list'
        ? location.entries().find((entry) => frame.lookupPc >= entry.low && frame.lookupPc < entry.high)?.bytes
        : undefined;
  if (!bytes) throw new AbsentError('optimized out');
  return evaluateNumber(bytes, machineContext(unit, { ...context, frame }));
}

function physicalFunction(frame: Frame, context: EvaluationContext): FunctionSymbol | undefined {
  return frame.function?.frameBase ? frame.function : context.program.functionAt(frame.lookupPc);
}

/** The bound of a variable length array. */
export function boundFromExpression(bytes: Uint8Array, context: EvaluationContext, objectAddress: Address | undefined): bigint | undefined {
  const unit = context.frame?.function?.unit ?? context.unit;
  return unit && evaluateNumber(bytes, machineContext(unit, context, { objectAddress }));
}

/** The youngest frame, from the given one outwards, whose function has the block. */
function hostingFrame(block: Block, start: Frame | undefined): Frame | undefined {
  const owner = functionOf(block);
  if (!start || !owner) return start;
  for (let frame: Frame | undefined = start; frame; frame = frame.older) {
    const candidate = frame.function;
    if (candidate === owner || (candidate?.entry === owner.entry && candidate?.name === owner.name)) return frame;
  }
  // A frame of the enclosing function shares its stack with the blocks inlined into it.
  if (owner.inlinedAt) return start;
  throw noFrame(block);
}

const noFrame = (block: Block | undefined): SondeError => {
  const name = functionOf(block)?.name;
  return new SondeError(name ? `No frame is currently executing in block ${name}.` : 'No frame selected.');
};
