import { R, type RegisterInfo, type RegisterNumber, registers, type XsaveComponent } from './registers.ts';

/**
 * The registers of one thread as the kernel lays them out: `user` is struct user_regs_struct (NT_PRSTATUS, 216 bytes), `extended`
 * the XSAVE area in standard format (NT_X86_XSTATE) or, on old machines and in old cores, only the 512 bytes of FXSAVE (NT_PRFPREG).
 * Reads and writes go to these two arrays; whoever owns them carries them to and from the thread.
 */
export class RegisterBlock {
  readonly #user: DataView;
  readonly #layout: ExtendedLayout;

  constructor(
    readonly user: Uint8Array,
    readonly extended: Uint8Array | undefined,
  ) {
    this.#user = new DataView(user.buffer, user.byteOffset, user.byteLength);
    this.#layout = extendedLayout(extended);
  }

  /** A raw register of at most 8 bytes, zero-extended; undefined when this thread does not have it. */
  get(register: RegisterNumber): bigint | undefined {
    const info = registers[register];
    if (info.user !== undefined) {
      if (info.user * 8 + 8 > this.user.length) return undefined;
      const value = this.#user.getBigUint64(info.user * 8, true);
      return info.size === 4 ? value & 0xffffffffn : value;
    }
    const bytes = this.bytes(register);
    return bytes && bytes.length <= 8 ? littleEndian(bytes) : undefined;
  }

  set(register: RegisterNumber, value: bigint): void {
    const { size, user } = registers[register];
    if (user !== undefined) this.#user.setBigUint64(user * 8, BigInt.asUintN(64, value), true);
    else this.setBytes(register, toLittleEndian(value, size));
  }

  /** A raw register, little endian, `registers[register].size` bytes. A copy. */
  bytes(register: RegisterNumber): Uint8Array | undefined {
    const info = registers[register];
    if (info.user !== undefined) {
      const from = info.user * 8;
      return from + 8 <= this.user.length ? this.user.slice(from, from + info.size) : undefined;
    }
    if (!this.extended) return undefined;
    if (info.xsave) return this.#xsaveBytes(info.xsave, info.size);
    if (info.fxsave === undefined) return undefined;
    if (info.type === 'int') return toLittleEndian(BigInt(this.#x87Control(register)), 4);
    return this.extended.slice(info.fxsave, info.fxsave + info.size);
  }

  setBytes(register: RegisterNumber, bytes: Uint8Array): void {
    const info = registers[register];
    if (info.user !== undefined) {
      this.set(register, littleEndian(bytes));
      return;
    }
    const { extended } = this;
    if (!extended) return;
    if (info.xsave) {
      const start = this.#layout.components[info.xsave.component];
      if (start === undefined) return;
      extended.set(bytes.subarray(0, info.size), start + info.xsave.offset);
      this.#markInUse(componentBit[info.xsave.component]);
    } else if (info.fxsave !== undefined) {
      if (register === R.ftag) extended[info.fxsave] = abridgedTag(Number(littleEndian(bytes)));
      else extended.set(bytes.subarray(0, info.type === 'int' ? x87ControlSize(register) : info.size), info.fxsave);
      this.#markInUse(info.type === 'x87' || info.type === 'int' ? 0 : 1);
    }
  }

  /** The widest vector registers of this thread, as `info registers vector` shows them. */
  get widestVector(): 'vec128' | 'vec256' | 'vec512' {
    const { components } = this.#layout;
    if (components.zmmHigh256 !== undefined) return 'vec512';
    return components.avx !== undefined ? 'vec256' : 'vec128';
  }

  #xsaveBytes({ component, offset }: NonNullable<RegisterInfo['xsave']>, size: number): Uint8Array | undefined {
    const start = this.#layout.components[component];
    if (start === undefined) return undefined;
    // A clear bit in XSTATE_BV says that the component is in its initial state, whatever the bytes are.
    if (!this.#inUse(componentBit[component])) return new Uint8Array(size);
    return this.extended!.slice(start + offset, start + offset + size);
  }

  #inUse(bit: number): boolean {
    return (this.extended![xstateBv + (bit >> 3)] & (1 << (bit & 7))) !== 0;
  }

  #markInUse(bit: number): void {
    if (this.#layout.xsave) this.extended![xstateBv + (bit >> 3)] |= 1 << (bit & 7);
  }

  #x87Control(register: RegisterNumber): number {
    const area = this.extended!;
    const view = new DataView(area.buffer, area.byteOffset, area.byteLength);
    const offset = registers[register].fxsave!;
    if (register === R.ftag) return fullTag(area);
    if (register === R.fop) return view.getUint16(offset, true) & 0x7ff;
    return x87ControlSize(register) === 4 ? view.getUint32(offset, true) : view.getUint16(offset, true);
  }
}

/** Size of struct user_regs_struct. */
export const userRegistersSize = 27 * 8;

/** Offset of XSTATE_BV in the XSAVE header, which follows the 512 bytes of FXSAVE (Intel SDM vol. 1 §13.4.2). */
const xstateBv = 512;
/** Where ptrace puts XCR0, the mask of supported components: software-reserved bytes of FXSAVE (arch/x86/include/asm/user.h, struct user_xstateregs). */
const featureMask = 464;

const componentBit: Readonly<Record<XsaveComponent, number>> = { avx: 2, opmask: 5, zmmHigh256: 6, high16Zmm: 7 };
const componentEnd: Readonly<Record<XsaveComponent, number>> = { avx: 256, opmask: 64, zmmHigh256: 512, high16Zmm: 1024 };

/**
 * Offsets of the standard format come from CPUID leaf 0xd, which a core does not carry: Intel's processors keep the
 * place of the old MPX state, AMD's do not. The size of the area tells them apart.
 */
const intelOffsets: Readonly<Record<XsaveComponent, number>> = { avx: 576, opmask: 1088, zmmHigh256: 1152, high16Zmm: 1664 };
const amdOffsets: Readonly<Record<XsaveComponent, number>> = { avx: 576, opmask: 832, zmmHigh256: 896, high16Zmm: 1408 };

interface ExtendedLayout {
  readonly xsave: boolean;
  readonly components: Partial<Record<XsaveComponent, number>>;
}

function extendedLayout(area: Uint8Array | undefined): ExtendedLayout {
  if (!area || area.length < 576) return { xsave: false, components: {} };
  const offsets = area.length >= intelOffsets.high16Zmm + componentEnd.high16Zmm ? intelOffsets : amdOffsets;
  const components: Partial<Record<XsaveComponent, number>> = {};
  for (const component of Object.keys(offsets) as XsaveComponent[]) {
    const bit = componentBit[component];
    const supported = area[featureMask + (bit >> 3)] & (1 << (bit & 7));
    if (supported && offsets[component] + componentEnd[component] <= area.length) components[component] = offsets[component];
  }
  return { xsave: true, components };
}

/** fioff and fooff are 32 bits wide in FXSAVE, the others 16. */
const x87ControlSize = (register: RegisterNumber): 2 | 4 => (register === R.fioff || register === R.fooff ? 4 : 2);

/**
 * FXSAVE keeps one bit a register (in use or empty); FSAVE's tag word, which gdb shows, has two:
 * 0 valid, 1 zero, 2 special, 3 empty (Intel SDM vol. 1 §8.1.7, §10.5.1). Register numbers in the tag are physical, TOP is st0.
 */
function fullTag(area: Uint8Array): number {
  const top = (area[3] >> 3) & 7;
  let tag = 0;
  for (let physical = 7; physical >= 0; physical--) {
    const used = area[4] & (1 << physical);
    tag = (tag << 2) | (used ? tagOf(area, 32 + 16 * ((physical + 8 - top) % 8)) : 3);
  }
  return tag;
}

function tagOf(area: Uint8Array, at: number): 0 | 1 | 2 {
  const exponent = ((area[at + 9] & 0x7f) << 8) | area[at + 8];
  const integerBit = area[at + 7] & 0x80;
  if (exponent === 0x7fff) return 2;
  if (exponent === 0) return area.subarray(at, at + 8).every((byte) => byte === 0) ? 1 : 2;
  return integerBit ? 0 : 2;
}

function abridgedTag(tag: number): number {
  let abridged = 0;
  for (let physical = 0; physical < 8; physical++) if (((tag >> (2 * physical)) & 3) !== 3) abridged |= 1 << physical;
  return abridged;
}

function littleEndian(bytes: Uint8Array): bigint {
  let value = 0n;
  for (let i = bytes.length - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[i]);
  return value;
}

function toLittleEndian(value: bigint, size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  for (let i = 0, rest = value; i < size; i++, rest >>= 8n) bytes[i] = Number(rest & 0xffn);
  return bytes;
}
