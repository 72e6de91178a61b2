import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MessageChannel, receiveMessageOnPort, Worker } from 'node:worker_threads';
import { SondeError } from '../../base/errors.ts';
import { PhysicalError, type PhysicalMemory } from './physical.ts';

/** What is fetched at a time: an answer takes about a millisecond however long it is. */
const blockSize = 1 << 20;
const fourGigabytes = 2 ** 32;
/** Where QEMU's machine types end low memory: the rest lies above 4 GiB (hw/i386/pc_q35.c, pc_piix.c). */
const lowMemoryEnds = [0xc000_0000, 0xb000_0000, 0x8000_0000];
/** Longest that QEMU may take to answer. */
const patience = 10_000;

/**
 * The memory of a QEMU guest that runs, through its monitor (QMP): `pmemsave` writes it to a file that is read back. The guest is not stopped. Blocks are kept until `forget`.
 * Throws SondeError where there is no monitor at the socket, or it is not this machine's.
 */
export class QmpMemory implements PhysicalMemory {
  readonly end: number;
  readonly #monitor: Monitor;
  readonly #folder = mkdtempSync(join(tmpdir(), 'sonde-qmp-'));
  readonly #ranges: readonly { start: number; end: number }[];
  readonly #blocks = new Map<number, Uint8Array>();

  constructor(socket: string) {
    this.#monitor = new Monitor(socket);
    process.once('exit', () => rmSync(this.#folder, { recursive: true, force: true }));
    const summary = this.#monitor.ask('query-memory-size-summary') as { 'base-memory'?: number };
    const size = summary['base-memory'] ?? 0;
    const low = size <= Math.min(...lowMemoryEnds) ? size : lowMemoryEnds.find((end) => this.#hasMemory(end - 4096));
    if (!low) throw new SondeError(`${socket}: QEMU does not say how much memory its guest has`);
    this.#ranges = [{ start: 0, end: low }, ...(size > low ? [{ start: fourGigabytes, end: fourGigabytes + size - low }] : [])];
    this.end = this.#ranges[this.#ranges.length - 1].end;
  }

  ranges(): Iterable<{ start: number; end: number }> {
    return this.#ranges;
  }

  forget(): void {
    this.#blocks.clear();
  }

  read(physical: number, length: number): Uint8Array {
    const within = physical % blockSize;
    const block = this.#block(physical - within);
    if (within + length <= block.length) return block.subarray(within, within + length);
    if (within >= block.length) throw new PhysicalError(BigInt(physical), 'not in dump');
    const out = new Uint8Array(length);
    const first = block.subarray(within);
    out.set(first);
    out.set(this.read(physical + first.length, length - first.length), first.length);
    return out;
  }

  #block(start: number): Uint8Array {
    const known = this.#blocks.get(start);
    if (known) return known;
    const range = this.#ranges.find((candidate) => start >= candidate.start && start < candidate.end);
    if (!range) throw new PhysicalError(BigInt(start), 'not in dump');
    const block = this.#save(start, Math.min(blockSize, range.end - start));
    this.#blocks.set(start, block);
    return block;
  }

  #hasMemory(physical: number): boolean {
    try {
      return this.#save(physical, 4096).some((byte) => byte !== 0xff);
    } catch {
      return false;
    }
  }

  #save(start: number, size: number): Uint8Array {
    const file = join(this.#folder, 'block');
    this.#monitor.ask('pmemsave', { val: start, size, filename: file });
    return readFileSync(file);
  }
}

/** A monitor asked synchronously: a worker thread talks to it while this thread sleeps. */
class Monitor {
  readonly #wake = new Int32Array(new SharedArrayBuffer(4));
  readonly #answers;
  readonly #worker: Worker;
  readonly #socket: string;

  constructor(socket: string) {
    const { port1, port2 } = new MessageChannel();
    this.#socket = socket;
    this.#answers = port1;
    this.#worker = new Worker(monitorSource, { eval: true, workerData: { socket, wake: this.#wake, port: port2 }, transferList: [port2] });
    this.#worker.unref();
    this.ask('qmp_capabilities');
  }

  ask(execute: string, args?: object): unknown {
    Atomics.store(this.#wake, 0, 0);
    this.#worker.postMessage(JSON.stringify({ execute, arguments: args }));
    Atomics.wait(this.#wake, 0, 0, patience);
    const answer = receiveMessageOnPort(this.#answers)?.message as { return?: unknown; error?: { desc?: string } } | undefined;
    if (answer && 'return' in answer) return answer.return;
    throw new SondeError(`${this.#socket}: ${answer?.error?.desc ?? 'no answer from a QEMU monitor (QMP)'}`);
  }
}

const monitorSource = `
const { parentPort, workerData: { socket, wake, port } } = require('node:worker_threads');
const answer = (message) => { port.postMessage(message); Atomics.store(wake, 0, 1); Atomics.notify(wake, 0); };
const words = { ENOENT: 'No such file or directory', ECONNREFUSED: 'Connection refused', EACCES: 'Permission denied' };
const fail = (error) => answer({ error: { desc: words[error.code] ?? String(error.message ?? error) } });
let text = '', broken;
const connection = require('node:net').connect(socket);
connection.on('error', (error) => { broken = error; fail(error); });
connection.on('data', (data) => {
  text += data;
  for (let end; (end = text.indexOf('\\n')) >= 0; text = text.slice(end + 1)) {
    try {
      const message = JSON.parse(text.slice(0, end));
      if ('return' in message || 'error' in message) answer(message);
    } catch (error) { fail(error); }
  }
});
parentPort.on('message', (message) => { if (broken) fail(broken); else connection.write(message + '\\n'); });
`;
