import { setFlagsFromString } from 'node:v8';

/** V8's own value (interrupt_budget in flag-definitions.h). */
const usual = 132 * 1024;
let isExpected = false;

/** Sonde starts with an optimizing compiler that waits (scripts/loader.cjs); a loop over thousands of stops is worth compiling. */
export function expectLongLoop(): void {
  if (isExpected) return;
  isExpected = true;
  setFlagsFromString(`--interrupt-budget=${usual}`);
}
