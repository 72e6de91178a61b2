import { createRequire } from 'node:module';
import { MessageChannel, receiveMessageOnPort, Worker } from 'node:worker_threads';
import { inflateSync } from 'node:zlib';
import { FormatError } from '../base/errors.ts';

/** zlib, of a known size. Throws FormatError for damaged data. */
export function inflateZlib(bytes: Uint8Array, size: number): Uint8Array {
  try {
    const out = inflateSync(bytes, { maxOutputLength: Math.max(size, 1) });
    if (out.length === size) return out;
  } catch {
    // fall through to the one message
  }
  throw new FormatError('damaged zlib data');
}

export const inflateZstd = (bytes: Uint8Array, size: number): Uint8Array => decompressInWorker('zstd', bytes, size);
export const inflateXz = (bytes: Uint8Array, limit: number): Uint8Array => decompressInWorker('xz', bytes, limit);

let zstdDecoder: { decode(bytes: Uint8Array, size: number): Uint8Array } | undefined;

/** Makes `inflateZstdPage` ready. */
export async function loadZstd(): Promise<void> {
  const { ZSTDDecoder } = await import('zstddec');
  const decoder = new ZSTDDecoder();
  await decoder.init();
  zstdDecoder = decoder;
}

/** A page of a dump: small, and one of thousands, so in this thread. `loadZstd` comes first. Throws FormatError for damaged data. */
export function inflateZstdPage(bytes: Uint8Array, size: number): Uint8Array {
  if (!zstdDecoder) throw new Error('zstd was not loaded');
  try {
    return zstdDecoder.decode(bytes, size);
  } catch {
    throw new FormatError('damaged zstd data');
  }
}

/** Longest that a worker may take before the data counts as damaged. */
const patience = 60_000;

/**
 * The zstd and xz libraries only start asynchronously (WebAssembly), while symbols are read synchronously: a worker thread does the work and
 * this thread sleeps until it is done. Only rare files need it (zstd debug sections, .gnu_debugdata).
 */
function decompressInWorker(kind: 'zstd' | 'xz', bytes: Uint8Array, limit: number): Uint8Array {
  const done = new Int32Array(new SharedArrayBuffer(4));
  const { port1, port2 } = new MessageChannel();
  const library = createRequire(import.meta.url).resolve(kind === 'zstd' ? 'zstddec' : 'xz-decompress');
  const worker = new Worker(workerSource, {
    eval: true,
    workerData: { kind, bytes: bytes.slice(), limit, library, done, port: port2 },
    transferList: [port2],
  });
  worker.unref();
  Atomics.wait(done, 0, 0, patience);
  const answer = receiveMessageOnPort(port1)?.message as Uint8Array | string | undefined;
  void worker.terminate();
  port1.close();
  if (answer instanceof Uint8Array) return answer;
  throw new FormatError(`damaged ${kind} data${answer ? `: ${answer}` : ''}`);
}

const workerSource = `
const { workerData: { kind, bytes, limit, library, done, port } } = require('node:worker_threads');
async function zstd() {
  const { ZSTDDecoder } = await import(library);
  const decoder = new ZSTDDecoder();
  await decoder.init();
  return decoder.decode(bytes, limit);
}
async function xz() {
  const loaded = await import(library);
  const { XzReadableStream } = loaded.default ?? loaded;
  const reader = new XzReadableStream(new Blob([bytes]).stream()).getReader();
  const parts = [];
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    size += value.length;
    if (size > limit) throw new Error('too large');
    parts.push(value);
  }
  return new Uint8Array(Buffer.concat(parts));
}
(kind === 'zstd' ? zstd() : xz())
  .then((out) => port.postMessage(out), (error) => port.postMessage(String(error.message ?? error)))
  .finally(() => { Atomics.store(done, 0, 1); Atomics.notify(done, 0); });
`;
