import { arrayOf, builtin, pointerTo } from '../evaluate/builtinTypes.ts';
import type { Member, StructType, Type } from '../program/types.ts';

/** `$_siginfo`: siginfo_t of Linux x86-64 (include/uapi/asm-generic/siginfo.h), with gdb's names, for programs without debug info too. */
const typedef = (name: string, target: Type): Type => ({ kind: 'typedef', name, size: target.size, target });
const pid = typedef('__pid_t', builtin.int);
const uid = typedef('__uid_t', builtin.unsignedInt);
const clock = typedef('__clock_t', builtin.long);
const pointer = pointerTo(builtin.void);

function aggregate(keyword: 'struct' | 'union', name: string | undefined, size: number, members: Member[]): StructType {
  return { kind: 'struct', keyword, name, size, members, bases: [], methods: [], templateArguments: [], declaration: false, nested: [] };
}
const field = (name: string, type: Type, offset: number): Member => ({ name, type, offset });
const fields = (size: number, ...members: Member[]): StructType => aggregate('struct', undefined, size, members);

const signalValue = aggregate('union', 'sigval_t', 8, [field('sival_int', builtin.int, 0), field('sival_ptr', pointer, 0)]);
const bounds = fields(16, field('_lower', pointer, 0), field('_upper', pointer, 8));

const details = aggregate('union', undefined, 112, [
  field('_pad', arrayOf(builtin.int, 28, true), 0),
  field('_kill', fields(8, field('si_pid', pid, 0), field('si_uid', uid, 4)), 0),
  field('_timer', fields(16, field('si_tid', builtin.int, 0), field('si_overrun', builtin.int, 4), field('si_sigval', signalValue, 8)), 0),
  field('_rt', fields(16, field('si_pid', pid, 0), field('si_uid', uid, 4), field('si_sigval', signalValue, 8)), 0),
  field(
    '_sigchld',
    fields(
      32,
      field('si_pid', pid, 0),
      field('si_uid', uid, 4),
      field('si_status', builtin.int, 8),
      field('si_utime', clock, 16),
      field('si_stime', clock, 24),
    ),
    0,
  ),
  field('_sigfault', fields(32, field('si_addr', pointer, 0), field('_addr_lsb', builtin.short, 8), field('_addr_bnd', bounds, 16)), 0),
  field('_sigpoll', fields(16, field('si_band', builtin.long, 0), field('si_fd', builtin.int, 8)), 0),
  field(
    '_sigsys',
    fields(16, field('_call_addr', pointer, 0), field('_syscall', builtin.int, 8), field('_arch', builtin.unsignedInt, 12)),
    0,
  ),
]);

export const signalInfoType = aggregate('struct', 'siginfo', 128, [
  field('si_signo', builtin.int, 0),
  field('si_errno', builtin.int, 4),
  field('si_code', builtin.int, 8),
  field('_sifields', details, 16),
]);
