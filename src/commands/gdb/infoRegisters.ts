import { type RegisterGroup, type RegisterNumber, type RegisterType, registerNamed, registers } from '../../arch/registers.ts';
import { SondeError } from '../../base/errors.ts';
import { formatField, framePointer, parsePrintFormat, readRegister } from '../../evaluate/index.ts';
import type { Session } from '../../session/session.ts';
import type { Frame } from '../../unwind/frame.ts';
import type { Command, CommandContext } from '../command.ts';

export const infoRegistersCommands: readonly Command[] = [
  {
    name: 'info registers',
    aliases: ['info r'],
    group: 'status',
    summary: 'List of integer registers and their contents, for selected stack frame.',
    help: 'One or more register names as argument means describe the given registers.\nOne or more register group names as argument means describe the registers in the named register groups.',
    completes: registers.map(({ name }) => name).filter((name) => !/^[yz]mm\d+h$/.test(name)),
    needs: ['registers'],
    run: (args, context) => show(args, 'general', context),
  },
  {
    name: 'info all-registers',
    group: 'status',
    summary: 'List of all registers and their contents, for selected stack frame.',
    help: 'One or more register names as argument means describe the given registers.',
    completes: registers.map(({ name }) => name),
    needs: ['registers'],
    run: (args, context) => show(args, 'all', context),
  },
];

/** The columns of gdb's default_print_one_register_info. */
const valueColumn = 15;
const naturalColumn = 35;

function show(args: string, defaultGroup: RegisterGroup, { session, emit }: CommandContext): void {
  const frame = session.requireFrame();
  const words = args.split(/\s+/).filter((word) => word !== '');
  if (words.length === 0) words.push(defaultGroup);
  for (const word of words) {
    for (const register of meantBy(word, frame)) {
      const text = registerText(session, frame, register, word.replace(/^\$/, ''));
      emit({ kind: 'register', data: { name: registers[register].name }, text: () => text });
    }
  }
}

function meantBy(word: string, frame: Frame): readonly RegisterNumber[] {
  const name = word.replace(/^\$/, '');
  const register = name && registerNamed(name);
  if (typeof register === 'number') return [register];
  if (word.startsWith('$')) throw new SondeError(`Invalid register \`${word.slice(1)}'`);
  const group = groups[name];
  if (!group) throw new SondeError(`Invalid register \`${word}'`);
  const widest = widestVector(frame);
  return registers.flatMap((info, number) => (group(info.groups, info.type, widest, info.name) && exists(number, frame) ? [number] : []));
}

type GroupTest = (groups: readonly RegisterGroup[], type: RegisterType, widest: RegisterType, name: string) => boolean;

const vectorTypes: readonly RegisterType[] = ['vec128', 'vec256', 'vec512'];
/** Of the vector registers, which overlap, only the widest are shown. */
const inGroup =
  (group: RegisterGroup): GroupTest =>
  (groups, type, widest) =>
    groups.includes(group) && (!vectorTypes.includes(type) || type === widest);

const groups: Readonly<Record<string, GroupTest>> = {
  general: inGroup('general'),
  float: inGroup('float'),
  vector: inGroup('vector'),
  all: inGroup('all'),
  system: inGroup('system'),
  sse: (_, type) => type === 'vec128' || type === 'mxcsr',
  mmx: () => false,
};

function widestVector(frame: Frame): RegisterType {
  if (frame.registers.bytes(registerNamed('zmm0')!)) return 'vec512';
  return frame.registers.bytes(registerNamed('ymm0')!) ? 'vec256' : 'vec128';
}

/** AVX-512's registers are only there where the processor has them. */
const exists = (register: RegisterNumber, frame: Frame): boolean => {
  const { xsave, parts } = registers[register];
  return !(xsave || parts) || frame.registers.bytes(register) !== undefined || frame.registers.where(register).kind !== 'register';
};

/** One line: the name as the user gave it, the value in hexadecimal, then naturally. */
function registerText(session: Session, frame: Frame, register: RegisterNumber, name: string): string {
  const { type } = registers[register];
  const context = session.evaluationContext(frame);
  const value = name === 'fp' ? framePointer(frame, context) : readRegister(register, frame);
  const label = groups[name] ? registers[register].name : name;
  const head = `${label} `.padEnd(valueColumn);
  if (value.absence) return `${head}${value.absence === 'unavailable' ? '<unavailable>' : '<not saved>'}\n`;
  if (type === 'x87') {
    const raw = Buffer.from(value.bytes).reverse().toString('hex');
    return `${`${head}${formatField(value, undefined, context)} `.padEnd(naturalColumn)}(raw 0x${raw})\n`;
  }
  const hexadecimal = `${head}${formatField(value, parsePrintFormat('x', 'print'), context)}`;
  if (vectorTypes.includes(type) || type === 'v2ui128') return `${hexadecimal}\n`;
  return `${`${hexadecimal} `.padEnd(naturalColumn)}${formatField(value, undefined, context)}\n`;
}
