import { SondeError } from '../base/errors.ts';
import type { Kernel } from './kernel.ts';
import type { KernelObject } from './object.ts';

/** A message of the kernel's log. */
export interface LogRecord {
  /** Nanoseconds after the start. */
  readonly time: bigint;
  /** 0 (emergency) to 7 (debug). */
  readonly level: number;
  readonly facility: number;
  /** `T28`: a task's pid; `C1`: a CPU outside of any task. Where the kernel keeps it. */
  readonly caller?: string;
  /** May have several lines; without the last newline. */
  readonly text: string;
  /** `SUBSYSTEM=…`, `DEVICE=…`: what the message is about. */
  readonly dictionary: readonly string[];
}

/** A kernel has no longer log (CONFIG_LOG_BUF_SHIFT is at most 25, and log_buf_len 2 GiB in theory). */
const bufferAtMost = 1 << 28;

/** The kernel's log, oldest first: the ring of 5.10 and later, or the records in log_buf since 3.5. */
export function logRecords(kernel: Kernel): LogRecord[] {
  if (kernel.findSymbol('prb') !== undefined && kernel.layouts.has('printk_ringbuffer')) return ringRecords(kernel);
  if (kernel.findSymbol('log_first_idx') !== undefined) return bufferRecords(kernel);
  throw new SondeError("the kernel's log has a form that is not known here");
}

/** kernel/printk/printk_ringbuffer.h. The state of a descriptor is in the top two bits of its state_var, its id below. */
const states = { committed: 1n, finalized: 2n } as const;
const idMask = (1n << 62n) - 1n;

function ringRecords(kernel: Kernel): LogRecord[] {
  const ring = kernel.object('printk_ringbuffer', kernel.word(kernel.symbol('prb')));
  const countBits = ring.number('desc_ring.count_bits');
  const sizeBits = ring.number('text_data_ring.size_bits');
  if (countBits > 24 || 2 ** sizeBits > bufferAtMost) throw new SondeError('the head of the log is damaged');
  const mask = (1n << BigInt(countBits)) - 1n;
  const data = { at: ring.pointer('text_data_ring.data'), size: 1n << BigInt(sizeBits) };
  const descriptors = ring.pointer('desc_ring.descs');
  const infos = ring.pointer('desc_ring.infos');
  const descriptorSize = BigInt(kernel.layouts.size('prb_desc'));
  const infoSize = BigInt(kernel.layouts.size('printk_info'));
  const head = ring.value('desc_ring.head_id.counter') & idMask;
  let id = ring.value('desc_ring.tail_id.counter') & idMask;
  const records: LogRecord[] = [];
  for (let left = mask + 1n; left > 0n; left--, id = (id + 1n) & idMask) {
    const descriptor = kernel.object('prb_desc', descriptors + (id & mask) * descriptorSize);
    const state = BigInt.asUintN(64, descriptor.value('state_var.counter'));
    const isDone = state >> 62n === states.committed || state >> 62n === states.finalized;
    if (isDone && (state & idMask) === id) {
      const info = kernel.object('printk_info', infos + (id & mask) * infoSize);
      records.push(ringRecord(info, blockText(kernel, data, descriptor, info.number('text_len'))));
    }
    if (id === head) break;
  }
  return records;
}

function ringRecord(info: KernelObject, text: string): LogRecord {
  const about = [
    ['SUBSYSTEM', info.string('dev_info.subsystem')],
    ['DEVICE', info.string('dev_info.device')],
  ];
  return {
    time: info.value('ts_nsec'),
    level: info.number('level'),
    facility: info.number('facility'),
    caller: info.has('caller_id') ? callerName(info.number('caller_id')) : undefined,
    text,
    dictionary: about.filter(([, value]) => value !== '').map(([name, value]) => `${name}=${value}`),
  };
}

/** printk_caller_id: the top bit says CPU. */
const callerName = (id: number): string => (id >= 2 ** 31 ? `C${id - 2 ** 31}` : `T${id}`);

/** A block begins with the id of its descriptor; one that would not fit before the end of the ring lies at its beginning. Odd positions: no text. */
function blockText(kernel: Kernel, data: { at: bigint; size: bigint }, descriptor: KernelObject, length: number): string {
  const begin = BigInt.asUintN(64, descriptor.value('text_blk_lpos.begin'));
  const next = BigInt.asUintN(64, descriptor.value('text_blk_lpos.next'));
  if (begin & 1n || length === 0) return '';
  const wraps = begin / data.size !== next / data.size && next % data.size !== 0n;
  const start = (wraps ? 0n : begin % data.size) + 8n;
  const room = Number(data.size - start);
  return decoded(kernel.memory.read(data.at + start, Math.min(length, Math.max(room, 0))));
}

/** `struct printk_log` (`struct log` before 3.11): header, text, dictionary; a length of 0 says that the next record is at the beginning. */
function bufferRecords(kernel: Kernel): LogRecord[] {
  const struct = kernel.layouts.has('printk_log') ? 'printk_log' : 'log';
  const headerSize = kernel.layouts.size(struct);
  const buffer = kernel.word(kernel.symbol('log_buf'));
  const next = kernel.int(kernel.symbol('log_next_idx'));
  const size = kernel.int(kernel.symbol('log_buf_len'));
  if (size <= 0 || size > bufferAtMost) throw new SondeError('the head of the log is damaged');
  const records: LogRecord[] = [];
  let at = kernel.int(kernel.symbol('log_first_idx'));
  for (let left = size; at !== next && left > 0; left -= headerSize) {
    const record = kernel.object(struct, buffer + BigInt(at));
    const length = record.number('len');
    if (length === 0) {
      if (at === 0) break;
      at = 0;
      continue;
    }
    const body = (from: number, count: number) => decoded(kernel.memory.read(record.address + BigInt(headerSize + from), count));
    const textLength = Math.min(record.number('text_len'), length);
    const dictionary = body(textLength, Math.min(record.number('dict_len'), length));
    records.push({
      time: record.value('ts_nsec'),
      level: record.number('level'),
      facility: record.number('facility'),
      text: body(0, textLength),
      dictionary: dictionary.split('\0').filter((line) => line !== ''),
    });
    at += length;
  }
  return records;
}

const decoder = new TextDecoder();
const decoded = (bytes: Uint8Array): string => decoder.decode(bytes);
