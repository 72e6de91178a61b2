import type { Address } from '../../base/address.ts';
import type { Mapping } from '../target.ts';

/** What a core file tells of a process. */
export interface CoreContents {
  readonly process: CoreProcess;
  /** The one that a reader shall show first comes first. */
  readonly threads: readonly ThreadContents[];
  /** Signal that the process stopped with; 0 for none. */
  readonly signal: number;
  readonly auxiliaryVector: ReadonlyMap<number, bigint>;
  /** All mappings: those of files are listed, also where their memory is left out. */
  readonly mappings: readonly Mapping[];
  /** The memory that goes in. */
  readonly dumped: readonly Pick<Mapping, 'start' | 'end' | 'read' | 'write' | 'execute'>[];
  readonly memory: { read(address: Address, length: number): Uint8Array };
}

export interface CoreProcess {
  readonly pid: number;
  readonly ppid: number;
  readonly pgrp: number;
  readonly sid: number;
  readonly uid: number;
  readonly gid: number;
  /** As in /proc/PID/stat: `R`, `S`, `D`, `T`, `Z` … */
  readonly state: string;
  readonly nice: number;
  /** PF_*. */
  readonly flags: bigint;
  readonly name: string;
  readonly args: string;
}

export interface ThreadContents {
  readonly tid: number;
  readonly ppid: number;
  readonly pgrp: number;
  readonly sid: number;
  /** struct user_regs_struct. */
  readonly general: Uint8Array;
  /** XSAVE area in the standard format, or the 512 bytes of FXSAVE. */
  readonly extended: Uint8Array | undefined;
  readonly siginfo: Uint8Array | undefined;
}
