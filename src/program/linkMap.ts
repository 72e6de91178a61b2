import type { Address } from '../base/address.ts';
import { MemoryError } from '../base/errors.ts';
import { segmentTypes } from '../formats/elf/constants.ts';
import type { Module } from './module.ts';

/** One entry of the dynamic linker's list. */
export interface LinkMapEntry {
  /** Of the `struct link_map` itself. */
  readonly address: Address;
  /** l_name: a path, empty for the program itself. */
  readonly name: string;
  /** l_addr: the load bias. */
  readonly bias: Address;
  readonly dynamic: Address;
}

export interface DynamicLinkerState {
  readonly entries: readonly LinkMapEntry[];
  /** r_brk: the linker calls this address whenever the list changes. */
  readonly breakpoint: Address;
  /** r_state: false while the list is being changed. */
  readonly consistent: boolean;
}

interface Reader {
  read(address: Address, length: number): Uint8Array;
}

const DT_NULL = 0n;
const DT_DEBUG = 21n;
const longestList = 10_000;
const longestName = 4096;

/**
 * The shared libraries of a process: DT_DEBUG of the program's dynamic section points to `struct r_debug`, whose list of `struct link_map` the dynamic
 * linker keeps (<link.h>). Undefined for static programs, and before the dynamic linker has set it up.
 */
export function readLinkMap(program: Module, memory: Reader): DynamicLinkerState | undefined {
  try {
    const debug = debugStructure(program, memory);
    if (debug === undefined || debug === 0n) return undefined;
    const head = words(memory, debug, 4);
    const entries: LinkMapEntry[] = [];
    const seen = new Set<Address>();
    for (let at = head[1]; at !== 0n && !seen.has(at) && entries.length < longestList; ) {
      seen.add(at);
      const [bias, name, dynamic, next] = words(memory, at, 4);
      entries.push({ address: at, bias, dynamic, name: name === 0n ? '' : cString(memory, name) });
      at = next;
    }
    return { entries, breakpoint: head[2], consistent: (head[3] & 0xffffffffn) === 0n };
  } catch (error) {
    if (error instanceof MemoryError) return undefined;
    throw error;
  }
}

function debugStructure(program: Module, memory: Reader): Address | undefined {
  const segment = program.file.programHeaders.find(({ type }) => type === segmentTypes.dynamic);
  if (!segment) return undefined;
  const base = segment.address + program.bias;
  for (let at = 0; at + 16 <= segment.memorySize; at += 16) {
    const [tag, value] = words(memory, base + BigInt(at), 2);
    if (tag === DT_NULL) break;
    if (tag === DT_DEBUG) return value;
  }
  return undefined;
}

function words(memory: Reader, address: Address, count: number): bigint[] {
  const bytes = memory.read(address, count * 8);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: count }, (_, index) => view.getBigUint64(index * 8, true));
}

function cString(memory: Reader, address: Address): string {
  let text = '';
  while (text.length < longestName) {
    const byte = memory.read(address + BigInt(text.length), 1)[0];
    if (byte === 0) break;
    text += String.fromCharCode(byte);
  }
  return new TextDecoder().decode(Uint8Array.from(text, (letter) => letter.charCodeAt(0)));
}
