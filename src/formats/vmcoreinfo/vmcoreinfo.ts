/**
 * The VMCOREINFO note: lines `KEY=VALUE` that the kernel keeps for makedumpfile and crash
 * (kernel/crash_core.c, Documentation/admin-guide/kdump/vmcoreinfo.rst).
 */
export interface VmcoreInfo {
  readonly text: string;
  /** Plain keys: OSRELEASE, PAGESIZE, KERNELOFFSET (hex without 0x), BUILD-ID, CRASHTIME … */
  get(key: string): string | undefined;
  /** `SYMBOL(name)`: a run-time address. */
  symbol(name: string): bigint | undefined;
  /** `NUMBER(name)`: decimal, may be negative (phys_base). */
  number(name: string): bigint | undefined;
  size(name: string): number | undefined;
  offset(name: string): number | undefined;
  length(name: string): number | undefined;
}

const hexadecimal = /^[0-9a-f]+$/i;
const decimal = /^-?\d+$/;

/** Parses the note's descriptor, or the same text found in memory; unknown lines are kept, broken ones ignored. */
export function parseVmcoreInfo(bytes: Uint8Array): VmcoreInfo {
  const text = new TextDecoder('latin1').decode(bytes).replace(/\0[\s\S]*$/, '');
  const values = new Map<string, string>();
  for (const line of text.split('\n')) {
    const equals = line.indexOf('=');
    if (equals > 0) values.set(line.slice(0, equals), line.slice(equals + 1));
  }
  const integer = (key: string): bigint | undefined => {
    const value = values.get(key);
    return value !== undefined && decimal.test(value) ? BigInt(value) : undefined;
  };
  const small = (key: string): number | undefined => {
    const value = integer(key);
    return value === undefined ? undefined : Number(value);
  };
  return {
    text,
    get: (key) => values.get(key),
    symbol: (name) => {
      const value = values.get(`SYMBOL(${name})`);
      return value !== undefined && hexadecimal.test(value) ? BigInt(`0x${value}`) : undefined;
    },
    number: (name) => integer(`NUMBER(${name})`),
    size: (name) => small(`SIZE(${name})`),
    offset: (name) => small(`OFFSET(${name})`),
    length: (name) => small(`LENGTH(${name})`),
  };
}
