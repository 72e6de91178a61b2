import { R, type RegisterNumber, registerFromDwarf } from '../arch/registers.ts';
import { type Address, wrap64 } from '../base/address.ts';
import { FormatError, MemoryError, SondeError } from '../base/errors.ts';
import type { CfaRule, Fde, RegisterRule, UnwindRow } from '../formats/dwarf/cfi.ts';
import type { Program } from '../program/program.ts';
import type { Memory } from '../targets/target.ts';
import type { Activation, Saved, Unwinding } from './activation.ts';
import { evaluateCfiExpression } from './cfiExpression.ts';
import { ModuleCfi } from './moduleCfi.ts';

/**
 * Unwinds by call frame information. In a caller pc is after the call, perhaps already in the next function, so the address
 * before is looked up; a signal trampoline (augmentation S) is where the kernel put pc, exactly.
 */
export function unwindByCfi(program: Program, memory: Memory, activation: Activation): Unwinding | undefined {
  const normal = rowAt(program, activation.lookupPc);
  if (normal && !normal.fde.cie.signalFrame) return new CfiUnwinding(memory, activation, normal.fde, normal.row);
  const trampoline = rowAt(program, activation.pc);
  if (trampoline?.fde.cie.signalFrame) return new CfiUnwinding(memory, activation, trampoline.fde, trampoline.row);
  return undefined;
}

function rowAt(program: Program, address: Address): { fde: Fde; row: UnwindRow } | undefined {
  const module = program.moduleAt(address);
  return module && ModuleCfi.of(module).rowAt(address);
}

class CfiUnwinding implements Unwinding {
  readonly kind: Unwinding['kind'];
  readonly exact = true;
  readonly cfa: Address | undefined;
  readonly stack: Address;
  readonly outermost: boolean;
  readonly failure: string | undefined;
  readonly #rules: ReadonlyMap<RegisterNumber, RegisterRule>;

  constructor(
    readonly memory: Memory,
    readonly activation: Activation,
    fde: Fde,
    row: UnwindRow,
  ) {
    this.kind = fde.cie.signalFrame ? 'signal handler called' : 'normal';
    this.#rules = byRegister(row, fde.cie.returnAddress);
    const { cfa, failure } = this.#tryCfa(row.cfa);
    this.cfa = cfa;
    this.failure = failure;
    this.outermost = this.#rules.get(R.rip)?.kind === 'undefined';
    // gdb's outer_frame_id: a frame without a caller has no place on the stack.
    this.stack = this.outermost ? 0n : (cfa ?? 0n);
  }

  saved(register: RegisterNumber): Saved {
    const rule = this.#rules.get(register);
    // The CFA is by definition what %rsp was before the call, unless it is said otherwise.
    if (!rule) return register === R.rsp && this.cfa !== undefined ? { kind: 'value', value: this.cfa } : { kind: 'same' };
    switch (rule.kind) {
      case 'undefined':
        return { kind: 'not saved' };
      case 'same value':
        return { kind: 'same' };
      case 'offset':
        return { kind: 'memory', address: wrap64(this.#base + rule.offset) };
      case 'value offset':
        return { kind: 'value', value: wrap64(this.#base + rule.offset) };
      case 'register': {
        const source = registerFromDwarf(rule.register);
        return source === undefined ? { kind: 'not saved' } : { kind: 'register', register: source };
      }
      case 'expression':
        return { kind: 'memory', address: this.#evaluate(rule.bytes, [this.#base]) };
      case 'value expression':
        return { kind: 'value', value: this.#evaluate(rule.bytes, [this.#base]) };
    }
  }

  get #base(): Address {
    return this.cfa ?? 0n;
  }

  #tryCfa(rule: CfaRule): { cfa?: Address; failure?: string } {
    try {
      return { cfa: this.#cfa(rule) };
    } catch (error) {
      if (error instanceof MemoryError || error instanceof FormatError || error instanceof SondeError) return { failure: error.message };
      throw error;
    }
  }

  #cfa(rule: CfaRule): Address | undefined {
    if (rule.kind === 'undefined') return undefined;
    if (rule.kind === 'expression') return this.#evaluate(rule.bytes, []);
    const register = registerFromDwarf(rule.register);
    const value = register === undefined ? undefined : this.activation.registers.get(register);
    return value === undefined ? undefined : wrap64(value + rule.offset);
  }

  #evaluate(bytes: Uint8Array, stack: readonly bigint[]): bigint {
    return evaluateCfiExpression(bytes, stack, {
      register: (dwarf) => {
        const register = registerFromDwarf(dwarf);
        return register === undefined ? undefined : this.activation.registers.get(register);
      },
      read: (address, length) => this.memory.read(address, length),
    });
  }
}

/** Rules by our numbers; the column that holds the return address is %rip's rule. */
function byRegister(row: UnwindRow, returnAddress: number): Map<RegisterNumber, RegisterRule> {
  const rules = new Map<RegisterNumber, RegisterRule>();
  for (const [dwarf, rule] of row.rules) {
    const register = dwarf === returnAddress ? R.rip : registerFromDwarf(dwarf);
    if (register !== undefined) rules.set(register, rule);
  }
  return rules;
}
