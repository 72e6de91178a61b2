import type { Address } from '../base/address.ts';
import type { Kernel } from './kernel.ts';
import { loadedModules } from './modules.ts';

/** Code lies in the last two gigabytes of addresses, modules too: the upper half of an address of code is always this. */
const upperHalf = 0xffff_ffff;

/** Which addresses are code: the kernel's (that of its start too, which may be gone) and its modules'. Ranges are of lower halves. */
export class KernelText {
  readonly #ranges: readonly (readonly [start: number, end: number])[];

  constructor(kernel: Kernel) {
    const range = (start: string, end: string) => [kernel.findSymbol(start), kernel.findSymbol(end)];
    const image = [range('_text', '_etext'), range('_sinittext', '_einittext')];
    const modules = loadedModules(kernel).flatMap(({ regions }) => regions.map(({ base, size }) => [base, base + BigInt(size)]));
    this.#ranges = [...image, ...modules]
      .filter((pair): pair is [Address, Address] => pair.every((address) => address !== undefined && address >> 32n === BigInt(upperHalf)))
      .map(([start, end]) => [Number(start & 0xffff_ffffn), Number(end & 0xffff_ffffn)]);
  }

  holds(address: Address): boolean {
    return address >> 32n === BigInt(upperHalf) && this.#holdsLower(Number(address & 0xffff_ffffn));
  }

  /** The words of `bytes` that are addresses of code, by their index. */
  *wordsIn(bytes: Uint8Array): Iterable<{ readonly index: number; readonly address: Address }> {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (let at = 0; at + 8 <= bytes.length; at += 8) {
      if (view.getUint32(at + 4, true) !== upperHalf || !this.#holdsLower(view.getUint32(at, true))) continue;
      yield { index: at / 8, address: view.getBigUint64(at, true) };
    }
  }

  #holdsLower(lower: number): boolean {
    return this.#ranges.some(([start, end]) => lower >= start && lower < end);
  }
}
