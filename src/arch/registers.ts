/**
 * x86-64 registers in gdb's own order (gdb/amd64-tdep.c, `info registers`). A RegisterNumber is an index
 * into `registers`. `dwarf` follows System V ABI AMD64 figure 3.36; `user` is the index in
 * struct user_regs_struct (PTRACE_GETREGSET NT_PRSTATUS), in 8-byte units.
 */
export type RegisterNumber = number;

export interface RegisterInfo {
  readonly name: string;
  readonly size: number;
  readonly dwarf?: number;
  readonly user?: number;
  /** How `info registers` and `p $reg` type it. */
  readonly type: 'int64' | 'int32' | 'data pointer' | 'code pointer' | 'eflags' | 'x87' | 'vec128' | 'vec256' | 'mxcsr' | 'uint64';
  /** Which groups of `info registers` show it. */
  readonly group: 'general' | 'float' | 'vector' | 'system';
}

const general = (name: string, dwarf: number, user: number, type: RegisterInfo['type'] = 'int64'): RegisterInfo => ({ name, size: 8, dwarf, user, type, group: 'general' });
const segment = (name: string, dwarf: number, user: number): RegisterInfo => ({ name, size: 4, dwarf, user, type: 'int32', group: 'general' });

export const registers: readonly RegisterInfo[] = [
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
  { name: 'eflags', size: 4, dwarf: 49, user: 18, type: 'eflags', group: 'general' },
  segment('cs', 51, 17),
  segment('ss', 52, 20),
  segment('ds', 53, 23),
  segment('es', 50, 24),
  segment('fs', 54, 25),
  segment('gs', 55, 26),
];

/** Register numbers by name: `R.rip`. */
export const R = Object.fromEntries(registers.map((register, number) => [register.name, number])) as Record<string, RegisterNumber>;
