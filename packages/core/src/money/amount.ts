/**
 * Amounts are signed 64-bit integers in an asset's smallest unit. In commands, events and snapshots
 * they are two 32-bit words; where one is below 2^53 it travels as a number, which is then an exact
 * integer; beyond that as a bigint. Never as a fraction.
 */
export const amountMax = 0x7fff_ffff_ffff_ffffn;
/** Numbers below this are exact integers, and so are their sums before they reach it. */
const limit = 9007199254740992;
export const exactLimit: number = limit;
const ppmScale = 1_000_000;

/** High word of a non-negative exact number. */
export function highWord(value: number): number {
  // Compared as 32-bit integers, where V8 knows that it is one.
  return value <= 0x7fff_ffff ? 0 : (value / 4294967296) | 0;
}

/**
 * The fee on a received amount: floor(amount x ppm / 1,000,000), so that it is never more than the
 * rate says. Exact for 0 <= amount < 2^53 and 0 <= ppm <= 1,000,000: the amount is split so that
 * no product passes 2^53.
 */
export function feeOf(amount: number, ppm: number): number {
  if (ppm === 0) return 0;
  const product = amount * ppm;
  if (product < limit) return floorMillionth(product);
  const millions = floorMillionth(amount);
  return millions * ppm + floorMillionth((amount - millions * ppmScale) * ppm);
}

export function feeOfBig(amount: bigint, ppm: number): bigint {
  return (amount * BigInt(ppm)) / 1_000_000n;
}

/** floor(a / 1,000,000) for exact non-negative a: multiplied, which is faster, and put right. */
function floorMillionth(a: number): number {
  const quotient = Math.floor(a * 1e-6);
  const rest = a - quotient * ppmScale;
  if (rest < 0) return quotient - 1;
  return rest >= ppmScale ? quotient + 1 : quotient;
}

/** floor(a / b) for exact non-negative a and positive b: the quotient's rounding is taken back. */
export function floorDivide(a: number, b: number): number {
  const quotient = Math.floor(a / b);
  return quotient * b > a ? quotient - 1 : quotient;
}

/** Scratch for the two words of an amount: low, high. Written by the functions below, read at once. */
const words = new Int32Array(2);
export const wide: Int32Array = words;

/** Puts price x lots x unit (all exact, not negative) into `wide`; false when it is beyond 64 bits. */
export function productToWide(price: number, lots: number, unit: number): boolean {
  const product = price * lots * unit;
  if (product < limit) {
    words[0] = product | 0;
    words[1] = (product / 4294967296) | 0;
    return true;
  }
  return bigToWide(BigInt(price) * BigInt(lots) * BigInt(unit));
}

/** The amount of two words. */
export function bigOfWords(low: number, high: number): bigint {
  return (BigInt(high) << 32n) | BigInt(low >>> 0);
}

/** Puts a non-negative amount into `wide`; false when it is beyond 64 bits. */
export function bigToWide(amount: bigint): boolean {
  if (amount > amountMax) return false;
  words[0] = Number(BigInt.asIntN(32, amount));
  words[1] = Number(amount >> 32n);
  return true;
}
