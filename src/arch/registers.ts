/**
 * x86-64 registers in gdb's own order and spelling (`maint print registers`). A RegisterNumber is an index into `registers`:
 * first the raw ones, which a target serves, then the pseudo registers, which are parts of raw ones put together (`parts`).
 * `dwarf` follows System V ABI AMD64 figure 3.36; `user` is the index in struct user_regs_struct
 * (PTRACE_GETREGSET NT_PRSTATUS), in 8-byte units; `fxsave` is the offset in the 512-byte FXSAVE area.
 */
export type RegisterNumber = number;

export type RegisterType =
  | 'int8'
  | 'int16'
  | 'int32'
  | 'int64'
  | 'uint64'
  | 'uint128'
  /** `int`: the x87 control registers. */
  | 'int'
  /** `long`: fs_base, gs_base, orig_rax. */
  | 'long'
  | 'data pointer'
  | 'code pointer'
  | 'eflags'
  | 'mxcsr'
  | 'x87'
  | 'vec128'
  | 'vec256'
  | 'vec512'
  | 'v2ui128';

export type RegisterGroup = 'general' | 'float' | 'vector' | 'system' | 'all';

export interface RegisterInfo {
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  readonly dwarf?: number;
  readonly user?: number;
  readonly fxsave?: number;
  /** XSAVE state component (Intel SDM vol. 1 §13.4) and offset within it. */
  readonly xsave?: { readonly component: XsaveComponent; readonly offset: number };
  /** How `info registers` and `p $reg` type it. */
  readonly type: RegisterType;
  /** Which groups of `info registers` show it, vector registers only if no wider one covers them. */
  readonly groups: readonly RegisterGroup[];
  /** Pseudo registers: the pieces of raw registers it is made of, from the least significant. */
  readonly parts?: readonly RegisterPart[];
}

export interface RegisterPart {
  readonly register: RegisterNumber;
  readonly from: number;
  readonly size: number;
}

/** AVX: upper halves of ymm0-15. Opmask: k0-7. ZMM_Hi256: upper halves of zmm0-15. Hi16_ZMM: zmm16-31. */
export type XsaveComponent = 'avx' | 'opmask' | 'zmmHigh256' | 'high16Zmm';

const count = <T>(length: number, make: (index: number) => T): T[] => Array.from({ length }, (_, index) => make(index));

const general = (name: string, dwarf: number, user: number, type: RegisterType = 'int64'): RegisterInfo => ({
  name,
  size: 8,
  dwarf,
  user,
  type,
  groups: ['general', 'all'],
});
const segment = (name: string, dwarf: number, user: number): RegisterInfo => ({ ...general(name, dwarf, user, 'int32'), size: 4 });
const x87Control = (name: string, fxsave: number, dwarf?: number): RegisterInfo => ({
  name,
  size: 4,
  dwarf,
  fxsave,
  type: 'int',
  groups: ['float', 'all'],
});
const system = (name: string, user: number, dwarf?: number): RegisterInfo => ({
  name,
  size: 8,
  dwarf,
  user,
  type: 'long',
  groups: ['system'],
});

const rawRegisters: RegisterInfo[] = [
  general('rax', 0, 10),
  general('rbx', 3, 5),
  general('rcx', 2, 11),
  general('rdx', 1, 12),
  general('rsi', 4, 13),
  general('rdi', 5, 14),
  general('rbp', 6, 4, 'data pointer'),
  general('rsp', 7, 19, 'data pointer'),
  general('r8', 8, 9),
  general('r9', 9, 8),
  general('r10', 10, 7),
  general('r11', 11, 6),
  general('r12', 12, 3),
  general('r13', 13, 2),
  general('r14', 14, 1),
  general('r15', 15, 0),
  general('rip', 16, 16, 'code pointer'),
  { name: 'eflags', size: 4, dwarf: 49, user: 18, type: 'eflags', groups: ['general', 'all'] },
  segment('cs', 51, 17),
  segment('ss', 52, 20),
  segment('ds', 53, 23),
  segment('es', 50, 24),
  segment('fs', 54, 25),
  segment('gs', 55, 26),
  ...count(
    8,
    (i): RegisterInfo => ({ name: `st${i}`, size: 10, dwarf: 33 + i, fxsave: 32 + 16 * i, type: 'x87', groups: ['float', 'all'] }),
  ),
  x87Control('fctrl', 0, 65),
  x87Control('fstat', 2, 66),
  x87Control('ftag', 4),
  x87Control('fiseg', 12),
  x87Control('fioff', 8),
  x87Control('foseg', 20),
  x87Control('fooff', 16),
  x87Control('fop', 6),
  ...count(
    16,
    (i): RegisterInfo => ({ name: `xmm${i}`, size: 16, dwarf: 17 + i, fxsave: 160 + 16 * i, type: 'vec128', groups: ['vector', 'all'] }),
  ),
  { name: 'mxcsr', size: 4, dwarf: 64, fxsave: 24, type: 'mxcsr', groups: ['vector', 'all'] },
  ...count(
    16,
    (i): RegisterInfo => ({ name: `ymm${i}h`, size: 16, xsave: { component: 'avx', offset: 16 * i }, type: 'uint128', groups: [] }),
  ),
  ...count(
    16,
    (i): RegisterInfo => ({
      name: `xmm${16 + i}`,
      size: 16,
      dwarf: 67 + i,
      xsave: { component: 'high16Zmm', offset: 64 * i },
      type: 'vec128',
      groups: ['vector', 'all'],
    }),
  ),
  ...count(
    16,
    (i): RegisterInfo => ({
      name: `ymm${16 + i}h`,
      size: 16,
      xsave: { component: 'high16Zmm', offset: 64 * i + 16 },
      type: 'uint128',
      groups: [],
    }),
  ),
  ...count(
    8,
    (i): RegisterInfo => ({
      name: `k${i}`,
      size: 8,
      dwarf: 118 + i,
      xsave: { component: 'opmask', offset: 8 * i },
      type: 'uint64',
      groups: ['general', 'all'],
    }),
  ),
  ...count(
    16,
    (i): RegisterInfo => ({ name: `zmm${i}h`, size: 32, xsave: { component: 'zmmHigh256', offset: 32 * i }, type: 'v2ui128', groups: [] }),
  ),
  ...count(
    16,
    (i): RegisterInfo => ({
      name: `zmm${16 + i}h`,
      size: 32,
      xsave: { component: 'high16Zmm', offset: 64 * i + 32 },
      type: 'v2ui128',
      groups: [],
    }),
  ),
  system('fs_base', 21, 58),
  system('gs_base', 22, 59),
  system('orig_rax', 15),
];

const rawNumber = new Map(rawRegisters.map((register, number) => [register.name, number]));
const part = (name: string, size: number, from = 0): RegisterPart => ({ register: rawNumber.get(name)!, from, size });
const pseudo = (name: string, type: RegisterType, groups: readonly RegisterGroup[], ...parts: RegisterPart[]): RegisterInfo => ({
  name,
  size: parts.reduce((size, piece) => size + piece.size, 0),
  type,
  groups,
  parts,
});

/** Spelling of the narrow forms of the eight old registers; r8-r15 only take a suffix. */
const oldRegisters = ['a', 'b', 'c', 'd'].map((letter) => ({
  raw: `r${letter}x`,
  byte: `${letter}l`,
  high: `${letter}h`,
  word: `${letter}x`,
}));
const indexRegisters = ['si', 'di', 'bp', 'sp'].map((name) => ({ raw: `r${name}`, byte: `${name}l`, word: name }));
const newRegisters = count(8, (i) => `r${8 + i}`);

const pseudoRegisters: RegisterInfo[] = [
  ...[...oldRegisters, ...indexRegisters].map(({ raw, byte }) => pseudo(byte, 'int8', [], part(raw, 1))),
  ...newRegisters.map((raw) => pseudo(`${raw}l`, 'int8', [], part(raw, 1))),
  ...oldRegisters.map(({ raw, high }) => pseudo(high, 'int8', [], part(raw, 1, 1))),
  // No `sp`: gdb keeps that name for the stack pointer.
  ...[...oldRegisters, ...indexRegisters.slice(0, 3)].map(({ raw, word }) => pseudo(word, 'int16', [], part(raw, 2))),
  ...newRegisters.map((raw) => pseudo(`${raw}w`, 'int16', [], part(raw, 2))),
  ...[...oldRegisters, ...indexRegisters].map(({ raw, word }) => pseudo(`e${word}`, 'int32', [], part(raw, 4))),
  ...newRegisters.map((raw) => pseudo(`${raw}d`, 'int32', [], part(raw, 4))),
  ...count(32, (i) => pseudo(`ymm${i}`, 'vec256', ['vector', 'all'], part(`xmm${i}`, 16), part(`ymm${i}h`, 16))),
  ...count(32, (i) => pseudo(`zmm${i}`, 'vec512', ['vector', 'all'], part(`xmm${i}`, 16), part(`ymm${i}h`, 16), part(`zmm${i}h`, 32))),
];

export const registers: readonly RegisterInfo[] = [...rawRegisters, ...pseudoRegisters];

/** Register numbers by name: `R.rip`. */
export const R = Object.fromEntries(registers.map((register, number) => [register.name, number])) as Record<string, RegisterNumber>;

/** gdb's names that hold for every architecture. `fp` is %rbp only where that is a frame pointer: evaluate/ knows better. */
const standardNames: Readonly<Record<string, string>> = { pc: 'rip', sp: 'rsp', fp: 'rbp', ps: 'eflags' };

/** Number of a register by the name a user gives it after `$`, pseudo registers and `pc sp fp ps` included. */
export function registerNamed(name: string): RegisterNumber | undefined {
  const number = Object.hasOwn(R, name) ? R[name] : undefined;
  return number ?? (Object.hasOwn(standardNames, name) ? R[standardNames[name]] : undefined);
}

const byDwarf: (RegisterNumber | undefined)[] = [];
rawRegisters.forEach((register, number) => {
  if (register.dwarf !== undefined) byDwarf[register.dwarf] = number;
});

/** Register number of a DWARF register number (System V ABI AMD64 figure 3.36); undefined where the ABI has none. */
export const registerFromDwarf = (dwarf: number): RegisterNumber | undefined => byDwarf[dwarf];

/** Bits of eflags and mxcsr with gdb's names; the unnamed bit 1 of eflags is always set and printed as an empty word. */
export const flagBits: Readonly<Record<'eflags' | 'mxcsr', readonly { readonly name: string; readonly bit: number }[]>> = {
  eflags: [
    ['CF', 0],
    ['', 1],
    ['PF', 2],
    ['AF', 4],
    ['ZF', 6],
    ['SF', 7],
    ['TF', 8],
    ['IF', 9],
    ['DF', 10],
    ['OF', 11],
    ['NT', 14],
    ['RF', 16],
    ['VM', 17],
    ['AC', 18],
    ['VIF', 19],
    ['VIP', 20],
    ['ID', 21],
  ].map(([name, bit]) => ({ name: name as string, bit: bit as number })),
  mxcsr: [
    ['IE', 0],
    ['DE', 1],
    ['ZE', 2],
    ['OE', 3],
    ['UE', 4],
    ['PE', 5],
    ['DAZ', 6],
    ['IM', 7],
    ['DM', 8],
    ['ZM', 9],
    ['OM', 10],
    ['UM', 11],
    ['PM', 12],
    ['FZ', 15],
  ].map(([name, bit]) => ({ name: name as string, bit: bit as number })),
};
