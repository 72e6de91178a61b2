import { MemoryError, SondeError } from '../../base/errors.ts';
import type { EvaluationContext } from '../../evaluate/context.ts';
import { memoryValue } from '../../evaluate/makeValue.ts';
import { pageTableRoot } from '../../kernel/memoryMap.ts';
import { bare, type StructType, type Type } from '../../program/types.ts';
import type { KernelSession } from '../../session/kernelSession.ts';
import { addressOf } from './addressWord.ts';
import { type CrashCommand, type CrashContext, crashResult, UsageError } from './command.ts';
import { selectedCpus } from './cpuSelection.ts';
import { isKernelAddress } from './kernelAddress.ts';
import { memoryLines } from './memoryLines.ts';
import { type Parsed, parseOptions } from './options.ts';
import { structDeclaration } from './structDeclaration.ts';
import { findMember, memberText, splitReference, structNamed, structText } from './structValue.ts';

const synopsis = `struct_name[.member[,member]][-o][-l offset][-rfuxdp]
       [address | symbol][:cpuspec] [count | -c count]`;

const help = `A structure's declaration; at an address its contents. Members by name or path: task_struct.pid,se.load,rlim[1].
  -o  the members' offsets; at an address theirs.
  -l  the address is of a member: its offset, or struct.member.
  -c  so many structures, one behind the other; before the address if negative.
  -r  as rd shows memory. -u  of the selected task's memory.
  -x, -d  in hexadecimal or decimal.
  address:CPUS  of a per-CPU variable.`;

const run: CrashCommand['run'] = (args, context) => {
  const options = parseOptions(args, 'ol:rfuxdpc:');
  if (options.has('p')) throw new SondeError('-p is not there: follow a pointer by p *((struct task_struct *)ADDRESS)->mm');
  const [reference, where, countWord] = options.rest;
  if (reference === undefined) throw new UsageError('');
  const { name, members } = splitReference(reference);
  if (members.some((member) => member === '')) throw new SondeError(`invalid format: ${reference}`);
  const type = requiredType(context, name);
  if (where === undefined) return showDeclaration(type, members, reference, options, context);
  const count = options.value('c') ?? countWord ?? '1';
  if (!/^-?\d+$/.test(count)) throw new SondeError(`invalid count: ${count}`);
  const instance = { type, name, members, options };
  for (const { address, label } of placesOf(where, options, context)) showInstances(instance, address, Number(count), label, context);
};

export const structCommands: readonly CrashCommand[] = [
  { name: 'struct', summary: 'structure contents', synopsis, help, run },
  { name: 'union', summary: 'union contents', synopsis: synopsis.replace('struct_name', 'union_name'), help, run },
  { name: '*', summary: 'structure or union contents', synopsis, help, run },
];

function requiredType({ session: { kernel }, calledAs }: CrashContext, name: string): Type {
  const type = structNamed(kernel, name);
  const wanted = calledAs === 'struct' || calledAs === 'union' ? calledAs : undefined;
  if (!type) {
    if (kernel.types.named(name) || kernel.types.enumeration(name))
      throw new SondeError(`data type mismatch: ${name} is not a ${wanted ?? 'struct or union'}`);
    throw new SondeError(`invalid data structure reference: ${name}`);
  }
  if (wanted !== undefined && (bare(type) as StructType).keyword !== wanted)
    throw new SondeError(`data type mismatch: ${name} is not a ${wanted}`);
  return type;
}

function showDeclaration(type: Type, members: readonly string[], reference: string, options: Parsed, { emit }: CrashContext): void {
  const struct = bare(type) as StructType;
  const member = members.length === 1 ? members[0] : undefined;
  const offsets = options.has('o') || members.length > 0 ? { base: 0n, asAddresses: false } : undefined;
  const text = structDeclaration(type, { offsets, member });
  if (text === undefined) throw new SondeError(`invalid data structure reference: ${reference}`);
  const size = options.has('x') ? `0x${struct.size.toString(16)}` : struct.size;
  const whole = member === undefined ? `${text}SIZE: ${size}\n` : text;
  const data = () => ({
    name: struct.name,
    size: struct.size,
    members: struct.members.map(({ name, offset, type: { size: bytes } }) => ({ name, offset, size: bytes })),
  });
  emit(
    crashResult(
      'structure',
      data,
      () => (members.length > 1 ? 'struct: multiple member format not supported in this syntax\n' : '') + whole,
    ),
  );
}

interface Place {
  readonly address: bigint;
  /** Of a per-CPU variable: whose it is. */
  readonly label: string;
}

function placesOf(word: string, options: Parsed, { session }: CrashContext): Place[] {
  const { kernel } = session;
  const [, symbol, cpus] = /^(\w+):(\S*)$/.exec(word) ?? [];
  if (symbol !== undefined && kernel.findSymbol(symbol) !== undefined) {
    const selected = cpus === '' ? [session.context.cpu] : selectedCpus(kernel, cpus);
    return selected.map((cpu) => {
      const address = kernel.perCpu(symbol, cpu);
      return { address, label: `[${cpu}]: ${address.toString(16)}\n` };
    });
  }
  const address = addressOf(kernel, word);
  if (address === undefined) throw new SondeError(`symbol not found: ${word}\npossible alternatives:\n  (none found)`);
  const isKernels = isKernelAddress(kernel, address);
  if (!options.has('u') && !isKernels) throw new SondeError(`invalid kernel virtual address: ${word}`);
  if (options.has('u') && isKernels) throw new SondeError(`invalid user virtual address: ${word}`);
  return [{ address: BigInt.asUintN(64, address - offsetOf(options.value('l'), session)), label: '' }];
}

/** A number, or a member of a structure: `task_struct.tasks`. Throws SondeError. */
export function offsetOf(word: string | undefined, { kernel }: KernelSession): bigint {
  if (word === undefined) return 0n;
  if (/^(0x[0-9a-f]+|\d+)$/i.test(word)) return BigInt(word);
  const { name, members } = splitReference(word);
  if (members.length !== 1 || !kernel.layouts.has(name, members[0])) throw new SondeError(`invalid structure member: ${word}`);
  return BigInt(kernel.layouts.offset(name, members[0]));
}

/** Values are read from the kernel's memory, or with -u from the selected task's. */
export function evaluationFor(session: KernelSession, options: Parsed): EvaluationContext {
  const context = session.evaluationContext();
  const outputRadix = options.has('x') ? 16 : options.has('d') ? 10 : session.radix;
  const { mm } = session.context;
  const space = options.has('u') && mm ? session.kernel.space(pageTableRoot(mm)) : undefined;
  const memory = space ? { ...context.memory, read: (address: bigint, length: number) => space.read(address, length) } : context.memory;
  return { ...context, memory, limits: { ...context.limits, outputRadix } };
}

interface Instance {
  readonly type: Type;
  readonly name: string;
  readonly members: readonly string[];
  readonly options: Parsed;
}

/** More than anyone reads: a count that was meant as an address. */
const mostInstances = 1 << 20;

function showInstances(instance: Instance, start: bigint, count: number, label: string, context: CrashContext): void {
  const { type, name, members, options } = instance;
  if (Math.abs(count) > mostInstances) throw new SondeError(`invalid count: ${count}`);
  if (options.has('o') && members.length > 1) throw new SondeError('-o option not valid with multiple member format');
  const size = BigInt(type.size);
  const first = count < 0 ? start - BigInt(-count - 1) * size : start;
  const evaluation = evaluationFor(context.session, options);
  for (let index = 0; index < Math.abs(count); index++) {
    const address = BigInt.asUintN(64, first + BigInt(index) * size);
    const before = index === 0 ? label : '\n';
    const data = () => ({ struct: name, address: `0x${address.toString(16)}` });
    const show = (text: string) => context.emit(crashResult('structure', data, () => text));
    try {
      if (options.has('r')) show(before + rawText(address, type.size, evaluation));
      else if (options.has('o')) show(before + addressesText(instance, address));
      else if (members.length === 0) show(before + structText(type, name, address, evaluation));
      else showMembers(instance, address, before, evaluation, show);
    } catch (error) {
      throw error instanceof MemoryError ? unreadable(error, options) : error;
    }
  }
}

function unreadable(error: MemoryError, options: Parsed): SondeError {
  const excluded = error.reason === 'excluded from dump' ? 'page excluded' : 'invalid';
  return new SondeError(
    `${excluded}${excluded === 'invalid' ? ' ' : ': '}${options.has('u') ? 'user' : 'kernel'} virtual address: ${error.address.toString(16)}  type: "gdb_readmem_callback"`,
  );
}

const rawText = (address: bigint, size: number, { memory }: EvaluationContext): string =>
  memoryLines(address, memory.read(address, Math.ceil(size / 8) * 8), {
    width: 64,
    format: 'hex',
    characters: true,
    networkOrder: false,
    name: undefined,
  });

function addressesText({ type, name, members }: Instance, address: bigint): string {
  const [member] = members;
  const text = structDeclaration(type, { offsets: { base: address, asAddresses: true }, member });
  if (text === undefined) throw new SondeError(`invalid data structure reference: ${name}.${member}`);
  return member === undefined ? `${text}SIZE: ${type.size}\n` : text;
}

function showMembers(
  { type, name, members }: Instance,
  address: bigint,
  before: string,
  evaluation: EvaluationContext,
  show: (text: string) => void,
): void {
  const struct = memoryValue(type, address, evaluation.memory);
  for (const [index, path] of members.entries()) {
    const found = findMember(struct, path, evaluation);
    if (!found) throw new SondeError(`invalid data structure reference: ${name}.${path}`);
    show((index === 0 ? before : '') + memberText(path, found, evaluation));
  }
}
