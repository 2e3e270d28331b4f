/**
 * Exact sums beyond 2^53 without a bigint per addition: a non-negative whole number is kept as two
 * floats, `high * 2^32 + low` with low below 2^32. Both stay exact up to 2^85.
 */
export const wideBase = 4294967296;
const exactLimit = 9007199254740992;

/** The low part of a non-negative bigint. */
export function lowOfBig(value: bigint): number {
  const number = Number(value);
  return number < exactLimit ? number % wideBase : Number(BigInt.asUintN(32, value));
}
export function highOfBig(value: bigint): number {
  const number = Number(value);
  return number < exactLimit ? Math.floor(number / wideBase) : Number(value >> 32n);
}

export function wideToBig(low: number, high: number): bigint {
  if (high < 2097152) return BigInt(high * wideBase + low);
  return (BigInt(high) << 32n) + BigInt(low);
}

/** Adds a wide number to the one whose low part lies at sums[at] and whose high part follows. */
export function addWide(sums: Float64Array, at: number, low: number, high: number): void {
  const sum = sums[at]! + low;
  const carry = sum >= wideBase ? 1 : 0;
  sums[at] = sum - carry * wideBase;
  sums[at + 1] = sums[at + 1]! + high + carry;
}
