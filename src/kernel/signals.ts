import type { Address } from '../base/address.ts';
import type { Kernel } from './kernel.ts';
import { listEntries } from './lists.ts';
import type { KernelObject } from './object.ts';
import type { Task } from './tasks.ts';

/** _NSIG (arch/x86/include/asm/signal.h). */
export const signalCount = 64;

export interface SignalAction {
  readonly signal: number;
  readonly address: Address;
  /** 0: SIG_DFL, 1: SIG_IGN. */
  readonly handler: Address;
  readonly mask: bigint;
  readonly flags: bigint;
}

export interface Pending {
  readonly signals: bigint;
  readonly queue: readonly { readonly signal: number; readonly info: Address }[];
}

export interface TaskSignals {
  readonly signalStruct: Address;
  readonly threads: number;
  readonly actions: readonly SignalAction[];
  /** TIF_SIGPENDING: there is something to do on the way to user mode. */
  readonly isPending: boolean;
  readonly blocked: bigint;
  readonly private: Pending;
  readonly shared: Pending;
}

const TIF_SIGPENDING = 1n << 2n;

export function taskSignals({ object }: Task): TaskSignals {
  const { kernel } = object;
  const shared = kernel.object('signal_struct', object.pointer('signal'));
  const handlers = object.follow('sighand', 'sighand_struct');
  return {
    signalStruct: shared.address,
    threads: shared.number('nr_threads'),
    actions: handlers ? actionsOf(handlers) : [],
    isPending: (object.value('thread_info.flags') & TIF_SIGPENDING) !== 0n,
    blocked: kernel.word(object.addressOf('blocked')),
    private: pendingAt(kernel, object.addressOf('pending')),
    shared: pendingAt(kernel, shared.addressOf('shared_pending')),
  };
}

function actionsOf(handlers: KernelObject): SignalAction[] {
  const { kernel } = handlers;
  const size = kernel.layouts.size('k_sigaction');
  return Array.from({ length: signalCount }, (_, index) => {
    const action = kernel.object('k_sigaction', handlers.addressOf('action') + BigInt(index * size));
    return {
      signal: index + 1,
      address: action.address,
      handler: action.pointer('sa.sa_handler'),
      mask: kernel.word(action.addressOf('sa.sa_mask')),
      flags: BigInt.asUintN(64, action.value('sa.sa_flags')),
    };
  });
}

function pendingAt(kernel: Kernel, address: Address): Pending {
  const pending = kernel.object('sigpending', address);
  const queue = [...listEntries(kernel, pending.addressOf('list'), 'sigqueue', 'list')].map((entry) => ({
    signal: entry.number('info.si_signo'),
    info: entry.addressOf('info'),
  }));
  return { signals: kernel.word(pending.addressOf('signal')), queue };
}
