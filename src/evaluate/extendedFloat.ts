/**
 * Floating-point numbers wider than a double, exact: x87's 80 bits and IEEE binary128. A finite number is
 * sign · significand · 2^exponent with a bigint significand; arithmetic rounds to nearest, ties to even, at `precision` bits.
 */
export class ExtendedFloat {
  private constructor(
    readonly kind: 'finite' | 'infinite' | 'nan',
    readonly negative: boolean,
    /** For a NaN: the fraction bits as they are stored, for `nan(0x…)`. */
    readonly significand: bigint,
    readonly exponent: number,
    /** The fraction of a NaN read from a narrower format can be wider than any double: kept with its width. */
    readonly width = 64,
  ) {}

  static readonly nan = new ExtendedFloat('nan', false, 1n << 51n, 0, 52);
  static infinity(negative: boolean): ExtendedFloat {
    return new ExtendedFloat('infinite', negative, 0n, 0);
  }
  static finite(negative: boolean, significand: bigint, exponent: number): ExtendedFloat {
    return new ExtendedFloat('finite', negative, significand, exponent);
  }
  static fromInteger(value: bigint): ExtendedFloat {
    return ExtendedFloat.finite(value < 0n, value < 0n ? -value : value, 0);
  }
  /** A double, exact. */
  static fromNumber(value: number): ExtendedFloat {
    const view = new DataView(new ArrayBuffer(8));
    view.setFloat64(0, value);
    return ExtendedFloat.fromBinary(view.getBigUint64(0), 11, 52);
  }
  /** IEEE interchange format: sign, `exponentBits`, `fractionBits`. */
  static fromBinary(raw: bigint, exponentBits: number, fractionBits: number): ExtendedFloat {
    const fraction = raw & ((1n << BigInt(fractionBits)) - 1n);
    const maximum = (1 << exponentBits) - 1;
    const biased = Number((raw >> BigInt(fractionBits)) & BigInt(maximum));
    const negative = raw >> BigInt(exponentBits + fractionBits) !== 0n;
    const bias = (maximum >> 1) + fractionBits;
    if (biased === maximum)
      return fraction === 0n ? ExtendedFloat.infinity(negative) : new ExtendedFloat('nan', negative, fraction, 0, fractionBits);
    if (biased === 0) return ExtendedFloat.finite(negative, fraction, 1 - bias);
    return ExtendedFloat.finite(negative, fraction | (1n << BigInt(fractionBits)), biased - bias);
  }
  /** Intel SDM vol. 1 §4.2.2: explicit integer bit, exponent bias 16383. */
  static fromX87(significand: bigint, signExponent: number): ExtendedFloat {
    const negative = (signExponent & 0x8000) !== 0;
    const biased = signExponent & 0x7fff;
    if (biased === 0x7fff) {
      return BigInt.asUintN(63, significand) === 0n
        ? ExtendedFloat.infinity(negative)
        : new ExtendedFloat('nan', negative, significand, 0, 64);
    }
    return ExtendedFloat.finite(negative, significand, (biased === 0 ? 1 : biased) - 16383 - 63);
  }

  get isZero(): boolean {
    return this.kind === 'finite' && this.significand === 0n;
  }
  negated(): ExtendedFloat {
    return new ExtendedFloat(this.kind, !this.negative, this.significand, this.exponent, this.width);
  }

  add(other: ExtendedFloat, precision: number): ExtendedFloat {
    if (this.kind === 'nan') return this;
    if (other.kind === 'nan') return other;
    if (this.kind !== 'finite' || other.kind !== 'finite') return ExtendedFloat.fromNumber(this.toNumber() + other.toNumber());
    const exponent = Math.min(this.exponent, other.exponent);
    const sum = this.#scaled(exponent) + other.#scaled(exponent);
    return ExtendedFloat.finite(sum < 0n, sum < 0n ? -sum : sum, exponent).rounded(precision);
  }
  subtract(other: ExtendedFloat, precision: number): ExtendedFloat {
    return other.kind === 'nan' ? other : this.add(other.negated(), precision);
  }
  multiply(other: ExtendedFloat, precision: number): ExtendedFloat {
    if (this.kind !== 'finite' || other.kind !== 'finite') return ExtendedFloat.fromNumber(this.toNumber() * other.toNumber());
    return ExtendedFloat.finite(
      this.negative !== other.negative,
      this.significand * other.significand,
      this.exponent + other.exponent,
    ).rounded(precision);
  }
  divide(other: ExtendedFloat, precision: number): ExtendedFloat {
    if (this.kind !== 'finite' || other.kind !== 'finite' || other.isZero)
      return ExtendedFloat.fromNumber(this.toNumber() / other.toNumber());
    // Enough quotient bits to round, and a sticky bit for what is left.
    const shift = Math.max(0, precision + 3 + bitLength(other.significand) - bitLength(this.significand));
    const dividend = this.significand << BigInt(shift);
    const quotient = dividend / other.significand;
    const sticky = dividend % other.significand === 0n ? 0n : 1n;
    return ExtendedFloat.finite(
      this.negative !== other.negative,
      (quotient << 1n) | sticky,
      this.exponent - other.exponent - shift - 1,
    ).rounded(precision);
  }
  compare(other: ExtendedFloat): number {
    if (this.kind === 'nan' || other.kind === 'nan') return Number.NaN;
    if (this.kind === 'infinite' || other.kind === 'infinite') return Math.sign(this.#order() - other.#order());
    const exponent = Math.min(this.exponent, other.exponent);
    const difference = this.#scaled(exponent) - other.#scaled(exponent);
    return difference === 0n ? 0 : difference < 0n ? -1 : 1;
  }

  /** Rounded to `precision` significant bits, ties to even. */
  rounded(precision: number): ExtendedFloat {
    const excess = bitLength(this.significand) - precision;
    if (this.kind !== 'finite' || excess <= 0) return this;
    return ExtendedFloat.finite(this.negative, roundShift(this.significand, excess), this.exponent + excess);
  }
  /** Toward zero, as a C cast to an integer does. */
  truncated(): bigint {
    if (this.kind !== 'finite') return -(1n << 63n);
    if (this.exponent > 20000) return 0n;
    const magnitude = this.exponent >= 0 ? this.significand << BigInt(this.exponent) : this.significand >> BigInt(-this.exponent);
    return this.negative ? -magnitude : magnitude;
  }
  /** To the nearest double. */
  toNumber(): number {
    const view = new DataView(new ArrayBuffer(8));
    view.setBigUint64(0, this.toBinary(11, 52));
    return view.getFloat64(0);
  }
  toBinary(exponentBits: number, fractionBits: number): bigint {
    const maximum = (1 << exponentBits) - 1;
    const bias = (maximum >> 1) + fractionBits;
    const sign = this.negative ? 1n << BigInt(exponentBits + fractionBits) : 0n;
    const infinity = BigInt(maximum) << BigInt(fractionBits);
    if (this.kind === 'infinite') return sign | infinity;
    if (this.kind === 'nan') {
      const shift = fractionBits - this.width;
      const fraction = BigInt.asUintN(fractionBits, shift >= 0 ? this.significand << BigInt(shift) : this.significand >> BigInt(-shift));
      return sign | infinity | (fraction === 0n ? 1n : fraction);
    }
    if (this.significand === 0n) return sign;
    let exponent = this.exponent + bitLength(this.significand) - (fractionBits + 1);
    if (exponent < 1 - bias) exponent = 1 - bias; // subnormal
    const shift = exponent - this.exponent;
    let significand = shift > 0 ? roundShift(this.significand, shift) : this.significand << BigInt(-shift);
    if (bitLength(significand) > fractionBits + 1) {
      significand >>= 1n;
      exponent++;
    }
    if (bitLength(significand) <= fractionBits) return sign | significand;
    const biased = exponent + bias;
    if (biased >= maximum) return sign | infinity;
    return sign | (BigInt(biased) << BigInt(fractionBits)) | BigInt.asUintN(fractionBits, significand);
  }
  toX87(): { significand: bigint; signExponent: number } {
    const sign = this.negative ? 0x8000 : 0;
    if (this.kind === 'infinite') return { significand: 1n << 63n, signExponent: sign | 0x7fff };
    if (this.kind === 'nan')
      return {
        significand: this.width === 64 ? this.significand : (1n << 63n) | (this.significand << BigInt(63 - Math.min(63, this.width))),
        signExponent: sign | 0x7fff,
      };
    if (this.significand === 0n) return { significand: 0n, signExponent: sign };
    let exponent = this.exponent + bitLength(this.significand) - 64;
    if (exponent < 1 - 16383 - 63) exponent = 1 - 16383 - 63;
    const shift = exponent - this.exponent;
    let significand = shift > 0 ? roundShift(this.significand, shift) : this.significand << BigInt(-shift);
    if (bitLength(significand) > 64) {
      significand >>= 1n;
      exponent++;
    }
    const biased = bitLength(significand) < 64 ? 0 : exponent + 16383 + 63;
    if (biased >= 0x7fff) return { significand: 1n << 63n, signExponent: sign | 0x7fff };
    return { significand, signExponent: sign | biased };
  }

  /** As C's `%.{digits}g`. */
  toPrecision(digits: number): string {
    const sign = this.negative ? '-' : '';
    if (this.kind === 'infinite') return `${sign}inf`;
    if (this.kind === 'nan') return `${sign}nan(0x${this.significand.toString(16)})`;
    if (this.significand === 0n) return `${sign}0`;
    const { digits: decimal, exponent } = this.#decimal(digits);
    const trimmed = decimal.replace(/0+$/, '') || '0';
    if (exponent < -4 || exponent >= digits) {
      const mantissa = trimmed.length > 1 ? `${trimmed[0]}.${trimmed.slice(1)}` : trimmed;
      return `${sign}${mantissa}e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`;
    }
    if (exponent < 0) return `${sign}0.${'0'.repeat(-exponent - 1)}${trimmed}`;
    const padded = trimmed.padEnd(exponent + 1, '0');
    return padded.length > exponent + 1 ? `${sign}${padded.slice(0, exponent + 1)}.${padded.slice(exponent + 1)}` : sign + padded;
  }

  /** As C's `%.{places}f`. */
  toFixed(places: number): string {
    if (this.kind !== 'finite') return this.toPrecision(1);
    const sign = this.negative ? '-' : '';
    if (this.significand === 0n) return sign + (places > 0 ? `0.${'0'.repeat(places)}` : '0');
    let numerator = this.significand * 10n ** BigInt(places);
    let denominator = 1n;
    if (this.exponent >= 0) numerator <<= BigInt(this.exponent);
    else denominator <<= BigInt(-this.exponent);
    let quotient = numerator / denominator;
    const twice = (numerator % denominator) * 2n;
    if (twice > denominator || (twice === denominator && (quotient & 1n) === 1n)) quotient++;
    const text = quotient.toString().padStart(places + 1, '0');
    return sign + (places > 0 ? `${text.slice(0, -places)}.${text.slice(-places)}` : text);
  }

  /** As C's `%.{places}e`. */
  toExponential(places: number): string {
    if (this.kind !== 'finite') return this.toPrecision(1);
    const { digits, exponent } = this.significand === 0n ? { digits: '0'.repeat(places + 1), exponent: 0 } : this.#decimal(places + 1);
    const mantissa = places > 0 ? `${digits[0]}.${digits.slice(1)}` : digits;
    return `${this.negative ? '-' : ''}${mantissa}e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`;
  }

  /** Exactly `digits` significant decimal digits, and the power of ten of the first. */
  #decimal(digits: number): { digits: string; exponent: number } {
    // log10 of the value, then corrected by looking at the digits.
    let exponent = Math.floor((bitLength(this.significand) + this.exponent - 1) * Math.log10(2));
    for (;;) {
      const scale = digits - 1 - exponent;
      let numerator = this.significand;
      let denominator = 1n;
      if (scale >= 0) numerator *= 10n ** BigInt(scale);
      else denominator *= 10n ** BigInt(-scale);
      if (this.exponent >= 0) numerator <<= BigInt(this.exponent);
      else denominator <<= BigInt(-this.exponent);
      let quotient = numerator / denominator;
      const twice = (numerator % denominator) * 2n;
      if (twice > denominator || (twice === denominator && (quotient & 1n) === 1n)) quotient++;
      const text = quotient.toString();
      if (text.length === digits) return { digits: text, exponent };
      exponent += text.length > digits ? 1 : -1;
    }
  }
  #scaled(exponent: number): bigint {
    const magnitude = this.significand << BigInt(this.exponent - exponent);
    return this.negative ? -magnitude : magnitude;
  }
  #order(): number {
    return this.kind === 'infinite' ? (this.negative ? -1 : 1) : 0;
  }
}

const bitLength = (value: bigint): number => (value === 0n ? 0 : value.toString(2).length);

/** value / 2^shift, to nearest, ties to even. */
function roundShift(value: bigint, shift: number): bigint {
  const quotient = value >> BigInt(shift);
  const rest = value - (quotient << BigInt(shift));
  const half = 1n << BigInt(shift - 1);
  return rest > half || (rest === half && (quotient & 1n) === 1n) ? quotient + 1n : quotient;
}
