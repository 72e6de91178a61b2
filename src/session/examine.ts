import type { Address } from '../base/address.ts';
import type { FormatLetter } from '../evaluate/format.ts';
import type { Session } from './session.ts';

/** Where the next plain `x` reads and how: what the last one, or `info line`, `info breakpoints`, left behind. */
export interface ExamineState {
  next: Address | undefined;
  /** The last format of `x` or `print/`, which share it; undefined: none yet, x then means hexadecimal. */
  letter: FormatLetter | undefined;
  size: 1 | 2 | 4 | 8;
  count: number;
}

const states = new WeakMap<Session, ExamineState>();

export function examineState(session: Session): ExamineState {
  let state = states.get(session);
  if (!state) {
    state = { next: undefined, letter: undefined, size: 4, count: 1 };
    states.set(session, state);
  }
  return state;
}
