import type { ProcessControl } from './processControl.ts';

/** To be written by its owner. */
export interface RunControl extends ProcessControl {}
